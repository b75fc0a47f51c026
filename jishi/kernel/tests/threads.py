"""Real threads with real connections of their own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

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
