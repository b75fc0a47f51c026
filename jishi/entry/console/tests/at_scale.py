"""A market that has been open for years: a few real rows of every kind, made by the services, and copies of them.

A copy keeps what its original says and is a little older: every id (UUIDv7) and every instant moves back by the same
step, so that what belongs together still does, and lists in the order of their ids stay lists in the order of time.
Copies are finished business: what waits for somebody is rare in a large market, and the rare is what lists must find.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from jishi.kernel.db import atomic, execute, row, rows

YEARS = timedelta(days=730)
# What nothing else leads to need not be copied whole: so many rows of it make a long list as well.
NOTES = ("orders_event", "kernel_audit_entry", "kernel_outbox", "procrastinate_jobs")
NOTES_MAX = 16

# What of a copy is not as in its original: it is over.
FINISHED: Mapping[str, Mapping[str, str]] = {
    "orders_order": {
        "status": "'completed'",
        "unsent_count": "0",
        **{f"{did}_at": "placed_at" for did in ("shipped", "delivered", "received", "completed")},
    },
    "payments_part": {"escrow_minor": "0"},
    "payments_refund": {"status": "'done'", "failure": "NULL", "done_at": "requested_at"},
    "payments_callback": {"outcome": "'applied'"},
    "catalog_version": {"status": "'live'"},
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


def fill(tables: Iterable[str], *, copies: int) -> None:
    """Make `copies` of every row of the tables, over the years before; ids among the tables follow."""
    step = YEARS / copies
    names = list(tables)
    ids = _ids_of(names)
    for table in names:
        with atomic():
            # Only the copies' own speed: foreign keys hold by the way ids move, and `orphans` looks after that;
            # append-only tables refuse nothing that is added. CHECKs and unique indexes stand.
            execute("SET LOCAL session_replication_role = replica")
            _copy(table, ids, copies=copies, step=step)
    execute(f"ANALYZE {', '.join(names)}")


def orphans(tables: Iterable[str]) -> list[str]:
    """Return the foreign keys of the tables that lead nowhere."""
    found = rows(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, f.attname "
        "FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1] "
        "WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conrelid = ANY(%s::regclass[])",
        [list(tables)],
    )
    return [
        f"{table}.{column}"
        for table, column, other, key in found
        if row(
            f"SELECT 1 FROM {table} t WHERE {column} IS NOT NULL "
            f"AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.{key} = t.{column}) LIMIT 1"
        )
    ]


def _ids_of(tables: Sequence[str]) -> set[UUID]:
    """Return the ids that the tables' rows have: these are the ones that move."""
    kept = [
        table for table in tables if any(one.name == "id" and one.kind == "uuid" for one in _columns(table))
    ]
    return {found for table in kept for (found,) in rows(f"SELECT id FROM {table}")}


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


def _unique(table: str) -> list[list[str]]:
    """Return the columns of each unique index, in its order."""
    found = rows(
        "SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i, "
        "unnest(i.indkey::int[]) WITH ORDINALITY k(number, place), pg_attribute a "
        "WHERE i.indrelid = %s::regclass AND i.indisunique AND k.place <= i.indnkeyatts "
        "AND a.attrelid = i.indrelid AND a.attnum = k.number GROUP BY i.indexrelid",
        [table],
    )
    return [names for (names,) in found]


def _copy(table: str, ids: set[UUID], *, copies: int, step: timedelta) -> None:
    columns, unique = _columns(table), _unique(table)
    uuids = [one.name for one in columns if one.kind == "uuid"]
    alone = {names[0] for names in unique if len(names) == 1}
    moving = {name for name in uuids if name in alone or _is_of(ids, table, name)}
    distinct = {names[-1] for names in unique if not moving.intersection(names)}
    _stage(table, uuids, alone, ids)
    values = [_value(table, one, moving=one.name in uuids, distinct=one.name in distinct) for one in columns]
    names = ", ".join(f'"{one.name}"' for one in columns)
    execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(values)} FROM original o, generate_series(1, %(copies)s) n",
        {"copies": copies, "step": step, "milliseconds": int(step / timedelta(milliseconds=1))},
    )
    execute("DROP TABLE original")


def _is_of(ids: set[UUID], table: str, column: str) -> bool:
    return any(found in ids for (found,) in rows(f'SELECT DISTINCT "{column}" FROM {table}'))


def _stage(table: str, uuids: Sequence[str], alone: set[str], ids: set[UUID]) -> None:
    """Copy the originals aside, each id beside the time and the rest that it is made of, and whether it moves."""
    parts = [
        f"('x' || left(replace(\"{name}\"::text, '-', ''), 12))::bit(48)::bigint AS \"{name}_made\", "
        f"substr(replace(\"{name}\"::text, '-', ''), 13) AS \"{name}_rest\", "
        + ("1" if name in alone else f'("{name}" = ANY(%(ids)s))::int')
        + f' AS "{name}_moves"'
        for name in uuids
    ]
    execute(
        f"CREATE TEMPORARY TABLE original AS SELECT {', '.join(['*', *parts])}, row_number() OVER () AS place "
        f"FROM {table} LIMIT %(limit)s",
        {"ids": list(ids), "limit": NOTES_MAX if table in NOTES else None},
    )


def _value(table: str, column: Column, *, moving: bool, distinct: bool) -> str:
    """Return what a copy has in a column, as SQL over its original `o` and its number `n`."""
    name = f'"{column.name}"'
    own = FINISHED.get(table, {}).get(column.name)
    if own is not None:
        return f"o.{own} - n * %(step)s" if own.endswith("_at") else own
    if moving:
        made, rest, moves = (f'o."{column.name}_{part}"' for part in ("made", "rest", "moves"))
        return f"(lpad(to_hex({made} - %(milliseconds)s::bigint * n * {moves}), 12, '0') || {rest})::uuid"
    if column.kind == "timestamp with time zone":
        return f"o.{name} - n * %(step)s"
    if not distinct:
        return f"o.{name}"
    if column.kind in ("integer", "bigint"):
        return "1000000000 + n * 1000 + o.place"
    if column.kind == "bytea":
        return f"sha256(o.{name} || int4send(n))"
    return f"left(md5(o.{name} || n), {column.length_max or 32})"
