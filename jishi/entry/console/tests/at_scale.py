"""Years of what desks show beside orders: a few real rows of each table, made by the services, and copies of them.

A copy keeps what its original says and is a little older: its id (UUIDv7) and every instant move back by the same
step, so that lists in the order of their ids stay lists in the order of time. Copies are finished business: what
waits for somebody is rare in a large market, and the rare is what lists must find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from jishi.kernel.db import atomic, execute, row, rows

YEARS = timedelta(days=730)
ORIGINALS_MAX = 16

# What of a copy is not as in its original: it is over.
FINISHED: Mapping[str, Mapping[str, str]] = {
    "payments_callback": {"outcome": "'applied'"},
    "kernel_outbox": {"dispatched_at": "now()"},
    "kernel_dead_letter": {"closed_at": "died_at", "outcome": "'retried'"},
    "procrastinate_jobs": {"status": "'succeeded'"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: str
    length_max: int | None


def copy_all(tables: Sequence[str], *, rows_min: int) -> None:
    """Copy rows of each table until it has at least so many, over the years before."""
    for table in tables:
        found = row(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {ORIGINALS_MAX}) originals")
        copies = rows_min // max(1, found[0] if found else 0) + 1
        with atomic():
            _copy(table, copies=copies, step=YEARS / copies)
    execute(f"ANALYZE {', '.join(tables)}")


def _columns(table: str) -> list[Column]:
    return [
        Column(*found)
        for found in rows(
            "SELECT attname, format_type(atttypid, NULL), CASE WHEN atttypmod > 4 THEN atttypmod - 4 END "
            "FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' ORDER BY attnum",
            [table],
        )
    ]


def _distinct(table: str) -> set[str]:
    """Return the columns whose values no two rows may share: the last one of each unique index."""
    found = rows(
        "SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i, "
        "unnest(i.indkey::int[]) WITH ORDINALITY k(number, place), pg_attribute a "
        "WHERE i.indrelid = %s::regclass AND i.indisunique AND k.place <= i.indnkeyatts "
        "AND a.attrelid = i.indrelid AND a.attnum = k.number GROUP BY i.indexrelid",
        [table],
    )
    return {names[-1] for (names,) in found}


def _copy(table: str, *, copies: int, step: timedelta) -> None:
    columns, distinct = _columns(table), _distinct(table)
    values = [_value(table, one, distinct=one.name in distinct) for one in columns]
    names = ", ".join(f'"{one.name}"' for one in columns)
    execute(
        f"WITH originals AS (SELECT *, row_number() OVER () AS place FROM {table} LIMIT {ORIGINALS_MAX}) "
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(values)} FROM originals o, generate_series(1, %(copies)s) n",
        {"copies": copies, "step": step, "milliseconds": int(step / timedelta(milliseconds=1))},
    )


def _value(table: str, column: Column, *, distinct: bool) -> str:
    """Return what a copy has in a column, as SQL over its original `o` and its number `n`."""
    name = f'"{column.name}"'
    own = FINISHED.get(table, {}).get(column.name)
    if own is not None:
        return f"o.{own} - n * %(step)s" if own.endswith("_at") else own
    if column.kind == "timestamp with time zone":
        return f"o.{name} - n * %(step)s"
    if not distinct:
        return f"o.{name}"
    if column.kind == "uuid":
        made = f"('x' || left(replace(o.{name}::text, '-', ''), 12))::bit(48)::bigint"
        moved = f"lpad(to_hex({made} - %(milliseconds)s::bigint * n), 12, '0')"
        return f"({moved} || substr(replace(o.{name}::text, '-', ''), 13))::uuid"
    if column.kind in ("integer", "bigint"):
        return "1000000000 + n * 1000 + o.place"
    if column.kind == "bytea":
        return f"sha256(o.{name} || int4send(n))"
    return f"left(md5(o.{name} || n), {column.length_max or 32})"
