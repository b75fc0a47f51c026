"""Real threads with real connections of their own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from jishi.kernel.db import rows

T = TypeVar("T")


def in_thread(work: Callable[[], T]) -> T:
    """Run `work` in another thread, with its own database connection, and return what it returns."""
    return in_threads([work])[0].result()


def in_threads(works: Sequence[Callable[[], T]]) -> list[Future[T]]:
    """Run each in a thread of its own, at the same time; wait for all."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [pool.submit(_closing, work) for work in works]


def _closing(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()


def until(done: Callable[[], bool], *, seconds: float = 60.0) -> float:
    """Wait until `done`; return how long that took."""
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < seconds, "waited too long"
        time.sleep(0.05)
    return time.monotonic() - started


def let_the_others_end() -> None:
    """Wait for the transactions of now: one that another test holds open, in whichever database of the server,
    hides what was committed after it began. A state machine that finds something holds one for minutes.
    """
    ((present,),) = rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    until(
        lambda: rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")[0][0] >= present,
        seconds=300,
    )
