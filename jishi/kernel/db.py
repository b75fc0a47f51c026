"""Transactions and hand-written SQL."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, connections, transaction
from django.db.models import Model

from jishi.kernel.errors import ProgrammingError

Params = Sequence[Any] | Mapping[str, Any]
Row = TypeVar("Row", bound=Model)


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


def instance(model: type[Row], where: str, params: Params) -> Row | None:
    """Read one row as a model instance by a condition in SQL, or None.

    For the few that every request needs: building the query anew costs the ORM four times the reading.
    """
    fields, select = _columns_of(model)
    found = row(f"{select} {where} LIMIT 1", params)
    if found is None:
        return None
    values = [
        value if convert is None else convert(value, None, connection)
        for convert, value in zip((convert for _, convert in fields), found, strict=True)
    ]
    return model.from_db(connection.alias, [name for name, _ in fields], values)


@cache
def _columns_of(model: type[Model]) -> tuple[list[tuple[str, Any]], str]:
    """Return a model's attributes with what turns a column into each, and the beginning of its SELECT."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converted = [(field.attname, getattr(field, "from_db_value", None)) for field in fields]
    return converted, f'SELECT {columns} FROM "{model._meta.db_table}" WHERE'


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
