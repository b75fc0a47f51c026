"""The guard around everything that leaves the house: no lock is ever held across a network call."""

from collections.abc import Iterator
from contextlib import contextmanager

from jishi.kernel.db import in_transaction
from jishi.kernel.errors import ProgrammingError


@contextmanager
def network() -> Iterator[None]:
    """Wrap each call to another system: `with network(): client.get(...)`.

    Raises: ProgrammingError inside an open transaction.
    """
    if in_transaction():
        raise ProgrammingError("a network call inside a transaction would hold its locks while others wait")
    yield
