"""Writing down what happened long ago: nobody is told of it any more.

A history that is brought along (the demo market's, or one from another system) runs through the same services
as the present, but a parcel that arrived in spring is no news in summer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_quiet: ContextVar[bool] = ContextVar("jishi_is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Publish no event and enqueue no job inside the block; what should follow is the caller's to do."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def is_quiet() -> bool:
    """Say whether news of the present block are kept to ourselves."""
    return _is_quiet.get()
