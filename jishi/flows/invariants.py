"""The promises that hold at every instant, checked on the real data.

What breaks one is listed, never mended here.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from jishi.flows.invariants_sql import ALL
from jishi.kernel.db import execute, rows

EXAMPLES_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken promise, with a few of the rows that break it."""

    promise: str
    count: int
    examples: tuple[tuple[object, ...], ...]

    def __str__(self) -> str:
        return f"BROKEN: {self.promise}: {self.count}, such as " + "; ".join(
            ", ".join(str(value) for value in one) for one in self.examples
        )


def check() -> list[Violation]:
    """Check every promise at one instant of a running market; empty when all of them hold."""
    is_inside = connection.in_atomic_block
    with transaction.atomic():
        if not is_inside:  # one snapshot for all: a purchase between two queries is no violation
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [violation for promise, sql in ALL.items() if (violation := _check(promise, sql))]


def _check(promise: str, sql: str) -> Violation | None:
    found = rows(sql)
    if not found:
        return None
    return Violation(promise=promise, count=len(found), examples=tuple(found[:EXAMPLES_MAX]))
