"""Transactions and hand-written SQL."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Model

from jishi.kernel.errors import ProgrammingError

if TYPE_CHECKING:
    from jishi.kernel.postgres.base import DatabaseWrapper

Params = Sequence[Any] | Mapping[str, Any]
# `id = ANY (a few ids)` that PostgreSQL plans once for all. It takes an array that it sees for cheaper than the ten
# ids it expects of one that it does not, and so would plan each time anew, which costs more than reading the rows.
ANY_ID = "ANY(ARRAY(SELECT unnest(%s::uuid[])))"
Row = TypeVar("Row", bound=Model)
Read = TypeVar("Read")


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
    return _run(sql, params, _all)


def row(sql: str, params: Params = ()) -> tuple[Any, ...] | None:
    """Run a query and return its first row, or None."""
    return _run(sql, params, _first)


def execute(sql: str, params: Params = ()) -> int:
    """Run a statement and return the number of rows it touched."""
    return _run(sql, params, _count)


def _run(sql: str, params: Params, read: Callable[[Any], Read]) -> Read:
    own = cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
    cursor = own.take_cursor()
    cursor.execute(sql, params)
    answer = read(cursor)
    own.keep_cursor(cursor)
    return answer


def _all(cursor: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _first(cursor: Any) -> tuple[Any, ...] | None:
    found: tuple[Any, ...] | None = cursor.fetchone()
    return found


def _count(cursor: Any) -> int:
    return int(cursor.rowcount)


def instance(model: type[Row], where: str, params: Params) -> Row | None:
    """Read one row as a model instance by a condition in SQL, or None.

    For the few that every request needs: building the query anew costs the ORM four times the reading.
    """
    names, converters, select = _columns_of(model)
    found = row(f"{select} {where} LIMIT 1", params)
    if found is None:
        return None
    values = list(found)
    for place, convert in converters:
        values[place] = convert(values[place], None, connection)
    return model.from_db(connection.alias, names, values)


@cache
def _columns_of(model: type[Model]) -> tuple[list[str], list[tuple[int, Any]], str]:
    """Return a model's attributes, what turns some columns into them, and the beginning of its SELECT."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters = [
        (place, convert)
        for place, field in enumerate(fields)
        if (convert := getattr(field, "from_db_value", None))
    ]
    return (
        [field.attname for field in fields],
        converters,
        f'SELECT {columns} FROM "{model._meta.db_table}" WHERE',
    )


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
