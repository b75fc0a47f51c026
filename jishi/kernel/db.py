"""Transactions and hand-written SQL."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, connections, transaction

from jishi.kernel.errors import ProgrammingError

Params = Sequence[Any] | Mapping[str, Any]


def atomic() -> transaction.Atomic:
    """Open a transaction that commits when the block ends; use as `with atomic():`.

    Durable: it refuses to nest, so a commit is where the code says it is, and there are no savepoints.
    Raises: RuntimeError (Django) inside another transaction.
    """
    return transaction.atomic(durable=True)


def in_transaction() -> bool:
    """Say whether this thread holds a transaction; the one a TestCase wraps around does not count."""
    return any(
        not getattr(block, "_from_testcase", False)
        for one in connections.all(initialized_only=True)
        for block in one.atomic_blocks
    )


def require_transaction(what: str) -> None:
    """Refuse to go on outside a transaction. Raises: ProgrammingError naming `what`."""
    if not connection.in_atomic_block:
        raise ProgrammingError(f"{what} belongs into a transaction")


def rows(sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """Run a query and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(sql: str, params: Params = ()) -> tuple[Any, ...] | None:
    """Run a query and return its first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def execute(sql: str, params: Params = ()) -> int:
    """Run a statement and return the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def lock(name: str) -> None:
    """Wait for the named lock and keep it until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(%s)", [_lock_key(name)])


def try_lock(name: str) -> bool:
    """Take the named lock until the transaction ends, or return False at once when another holds it."""
    found = row("SELECT pg_try_advisory_xact_lock(%s)", [_lock_key(name)])
    return bool(found and found[0])


def _lock_key(name: str) -> int:
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
