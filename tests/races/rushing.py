"""Real threads on a real database: everybody starts at the same moment, nothing is hidden."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Generic, TypeVar

from django.db import connection

from jishi.kernel.errors import ShopError

T = TypeVar("T")
THREADS = 8  # as many as one web worker has; each holds a connection


@dataclass(frozen=True, slots=True)
class Outcomes(Generic[T]):
    """What came of a rush: results, and the codes of refusals. Anything but a refusal is raised."""

    results: list[T]
    refused: Counter[str]


def rush(calls: Sequence[Callable[[], T]]) -> Outcomes[T]:
    """Run all calls on `THREADS` threads that set off together; wait for all of them."""
    waiting = list(calls)
    threads = min(THREADS, len(waiting))
    barrier = Barrier(threads)

    def work(mine: Sequence[Callable[[], T]]) -> "list[_Result[T] | _Refusal]":
        try:
            barrier.wait(timeout=30)
            return [_outcome(call) for call in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        shares = [waiting[start::threads] for start in range(threads)]
        found = [one for share in pool.map(work, shares) for one in share]
    return Outcomes(
        results=[one.value for one in found if isinstance(one, _Result)],
        refused=Counter(one.code for one in found if isinstance(one, _Refusal)),
    )


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str


def _outcome(call: Callable[[], T]) -> "_Result[T] | _Refusal":
    try:
        return _Result(call())
    except ShopError as error:
        return _Refusal(error.code)
