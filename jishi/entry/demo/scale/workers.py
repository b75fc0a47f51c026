"""Processes that write a run's rows, each with its own connection.

Nothing is imported here that needs Django: they set it up themselves.
"""

import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from jishi.entry.cli.chores import use_django
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.processors import processors

if TYPE_CHECKING:
    from jishi.entry.demo.scale.books import Desk
    from jishi.entry.demo.scale.copying import Rows
    from jishi.entry.demo.scale.keys import Keys
    from jishi.entry.demo.scale.wares import Assortment

CHUNK = 2_000  # products or orders that are committed together
PROCESSES_MAX = 8

_work: "tuple[psycopg.Connection[Any], Keys | None, Assortment, Desk | None] | None" = None


@contextmanager
def workers(
    where: dict[str, Any], assortment: "Assortment", desk: "Desk | None"
) -> Iterator[ProcessPoolExecutor]:
    """Give processes that know the run and can write to the database at `where`."""
    pool = ProcessPoolExecutor(
        min(processors(), PROCESSES_MAX),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(where, pickle.dumps((assortment, desk))),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)  # what is being written is finished, the rest is not begun


def each(
    pool: ProcessPoolExecutor, work: Callable[[range], None], total: int, say: Callable[[str], None]
) -> None:
    """Let the processes do all parts of `total`; raise what one of them raised."""
    parts = [range(start, min(start + CHUNK, total)) for start in range(0, total, CHUNK)]
    tenth = max(10, len(parts)) // 10
    for place, _ in enumerate(pool.map(work, parts), start=1):
        if place % tenth == 0 and place < len(parts):
            say(f"  {place * 100 // len(parts)} %")


def _begin(where: dict[str, Any], run: bytes) -> None:
    use_django()
    from jishi.entry.demo.scale import copying
    from jishi.entry.demo.scale.keys import Keys

    global _work  # noqa: PLW0603 - one for the life of a worker process
    connection = psycopg.connect(**where, autocommit=True)
    # A power cut costs this run: nothing of it is worth waiting for a disk.
    connection.execute("SET synchronous_commit = off")
    # From ourselves: what the parent process wrote, over the pipe that started us.
    _work = (connection, Keys.read(connection, copying.COLUMNS), *pickle.loads(run))  # noqa: S301


def _at_work() -> "tuple[psycopg.Connection[Any], Keys | None, Assortment, Desk | None]":
    if _work is None:
        raise ProgrammingError("not in a worker process")
    return _work


def assortment() -> "Assortment":
    """Return the run's products."""
    return _at_work()[2]


def desk() -> "Desk":
    """Return what the run's orders need. Raises: ProgrammingError in a run without orders."""
    found = _at_work()[3]
    if found is None:
        raise ProgrammingError("no orders are wanted")
    return found


def copy(rows: "Rows") -> None:
    """Write rows in one transaction."""
    connection, keys, *_ = _at_work()
    rows.copy(connection, keys)


def draw_numbers(count: int) -> list[int]:
    """Draw the next numbers of orders."""
    drawn = _at_work()[0].execute("SELECT nextval('orders_number') FROM generate_series(1, %s)", [count])
    return [number for (number,) in drawn]
