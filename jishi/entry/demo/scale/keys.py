"""Foreign keys of what a run writes, looked at once for each parent instead of once for each row.

PostgreSQL looks for the parent of every row by itself, which is about a third of what a product costs it. Where
the connected role may let triggers sleep they do, and all parents of a transaction are found, and held as PostgreSQL
holds them, by one statement for each of their tables. A table on which a trigger of our own watches new rows (the
balance of the ledger) is written with its triggers awake.
Docs: docs/decisions/0067-a-parent-is-looked-for-once.md
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import ForeignKeyViolation

_MAY_SLEEP = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
_REFERENCES = """
SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
WHERE c.contype = 'f' AND c.conrelid = ANY(%s::regclass[])
"""
_WATCHED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
WHERE NOT tgisinternal AND tgtype & 4 <> 0 AND tgrelid = ANY(%s::regclass[])
"""  # 4: fires on INSERT
_HOLD = "SELECT count(*) FROM (SELECT FROM {} WHERE id = ANY(%s::uuid[]) FOR KEY SHARE) held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The foreign keys of the tables of a run, as (table, place in its rows, the parents' table)."""

    references: Sequence[tuple[str, int, str]]
    watched: frozenset[str]

    @classmethod
    def read(cls, connection: psycopg.Connection[Any], columns: Mapping[str, str]) -> "Keys | None":
        """Return those of tables, by their columns; None where triggers must stay awake."""
        if not connection.execute(_MAY_SLEEP).fetchall()[0][0]:
            return None
        places = {
            (table, name): place
            for table, names in columns.items()
            for place, name in enumerate(names.split(", "))
        }
        found = connection.execute(_REFERENCES, [list(columns)]).fetchall()
        watched = connection.execute(_WATCHED, [list(columns)]).fetchall()
        return cls(
            # A column that is never written is NULL, and names nobody.
            references=[
                (table, places[table, name], parent)
                for table, name, parent in found
                if (table, name) in places
            ],
            watched=frozenset(table for (table,) in watched),
        )

    def sleep(self, cursor: psycopg.Cursor[Any], table: str) -> None:
        """Let the triggers sleep for a table, until they are woken or the transaction ends."""
        self.wake(cursor) if table in self.watched else _set_role(cursor, "replica")

    def wake(self, cursor: psycopg.Cursor[Any]) -> None:
        """Let the triggers fire again."""
        _set_role(cursor, "origin")

    def hold(self, cursor: psycopg.Cursor[Any], rows: Mapping[str, Sequence[Sequence[Any]]]) -> None:
        """Find the parents of rows, beside those among them, and keep them. Raises: ForeignKeyViolation."""
        parents: dict[str, set[str]] = defaultdict(set)
        for table, place, parent in self.references:
            parents[parent].update(row[place] for row in rows.get(table, ()) if row[place] is not None)
        for parent, ids in parents.items():
            elsewhere = list(ids.difference(row[0] for row in rows.get(parent, ())))
            held = cursor.execute(sql.SQL(_HOLD).format(sql.Identifier(parent)), [elsewhere]).fetchall()[0][0]
            if held != len(elsewhere):
                raise ForeignKeyViolation(f"{len(elsewhere) - held} rows of {parent} are named and not there")


def _set_role(cursor: psycopg.Cursor[Any], role: str) -> None:
    cursor.execute(sql.SQL("SET LOCAL session_replication_role = {}").format(sql.Literal(role)))
