"""Tables that only grow: cut by month on their UUIDv7 id, and closed to UPDATE, DELETE and TRUNCATE.

In a migration: `CreatePartitionedModel(...)` in the place of `CreateModel`, then `append_only("app_table")`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from jishi.kernel import clock
from jishi.kernel.db import execute, lock, row, rows

MONTHS_AHEAD = 3
_PARTITIONED = "CREATE TABLE %(table)s (%(definition)s) PARTITION BY RANGE (id)"

# A row trigger reaches every partition by itself; one for TRUNCATE has to be put on each of them.
_REFUSE_CHANGE = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()"
)
_REFUSE_TRUNCATE = (
    "CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()"
)


def id_floor(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of the millisecond `at`: ids made earlier sort below it."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def milliseconds_of(made: UUID) -> int:
    """Return when a UUIDv7 was made, in milliseconds since 1970."""
    return made.int >> 80


class CreatePartitionedModel(migrations.CreateModel):
    """Create a table cut by range of its UUIDv7 `id`: a default partition and the coming months."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        schema_editor.sql_create_table = _PARTITIONED
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            del schema_editor.sql_create_table
        table = model._meta.db_table
        schema_editor.execute(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
        for statement in _month_statements(table, clock.now().date(), MONTHS_AHEAD):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"{super().describe()}, partitioned by month"


@contextmanager
def as_owner(cursor: Any, table: str) -> Iterator[None]:
    """Act in a migration as the role that `table` belongs to, where that is not the connected one.

    The ledger's tables do: docs/decisions/0051-the-ledger-belongs-to-another-role.md.
    """
    cursor.execute(
        "SELECT relowner::regrole::text FROM pg_class WHERE oid = %s::regclass "
        "AND NOT pg_has_role(relowner, 'USAGE')",
        [table],
    )
    owner = cursor.fetchone()
    if owner is None:
        yield
        return
    cursor.execute(f"GRANT {owner[0]} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
    cursor.execute(f"SET LOCAL ROLE {owner[0]}")
    yield
    cursor.execute("RESET ROLE")
    cursor.execute(f"REVOKE {owner[0]} FROM CURRENT_USER")


class AddIndexAsOwner(migrations.AddIndex):
    """Add an index to a table that may belong to another role than the connected one."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        with schema_editor.connection.cursor() as cursor, as_owner(cursor, table):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def append_only(table: str) -> migrations.RunSQL:
    """Return the migration operation that makes `table` refuse UPDATE, DELETE and TRUNCATE."""
    return migrations.RunSQL(
        sql=[
            _REFUSE_CHANGE.format(table=table),
            _REFUSE_TRUNCATE.format(table=table),
            _for_each_partition(table, _REFUSE_TRUNCATE.format(table="%s")),
        ],
        reverse_sql=[
            f"DROP TRIGGER append_only ON {table}",
            _for_each_partition(table, "DROP TRIGGER IF EXISTS append_only_truncate ON %s"),
            f"DROP TRIGGER append_only_truncate ON {table}",
        ],
    )


def _for_each_partition(table: str, statement: str) -> str:
    family = f"SELECT relid::regclass FROM pg_partition_tree('{table}') WHERE level > 0"
    loop = f"FOR part IN {family} LOOP EXECUTE format('{statement}', part); END LOOP"
    return f"DO $$ DECLARE part text; BEGIN {loop}; END $$"


def make_coming_partitions(*, now: datetime, months: int = MONTHS_AHEAD) -> None:
    """Make this month's and the next `months` partitions of every table that is cut by its `id`."""
    lock("kernel.partitions")
    for table in _partitioned_tables():
        closed = row(
            "SELECT 1 FROM pg_trigger WHERE tgname = 'append_only_truncate' AND tgrelid = %s::regclass",
            [table],
        )
        for name, statement in _months(table, now.astimezone(UTC).date(), months):
            execute(statement)
            if closed:
                execute(_REFUSE_TRUNCATE.format(table=name))


def drop_empty_partitions(table: str, *, before: datetime) -> int:
    """Drop the month partitions of `table` that end before the instant and hold no row; return how many."""
    dropped = 0
    for name in _past_partitions(table, before):
        execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
        if row(f"SELECT 1 FROM {name} LIMIT 1") is None:
            execute(f"DROP TABLE {name}")
            dropped += 1
    return dropped


def drop_past_partitions(table: str, *, before: datetime) -> int:
    """Drop the month partitions of `table` that end before the instant, rows and all; return how many."""
    past = _past_partitions(table, before)
    for name in past:
        execute(f"DROP TABLE {name}")
    return len(past)


def _past_partitions(table: str, before: datetime) -> list[str]:
    found = rows(
        "SELECT relid::regclass::text FROM pg_partition_tree(%s) "
        "WHERE level = 1 AND relid::regclass::text ~ %s",
        [table, r"_y\d{4}m\d{2}$"],
    )
    return [name for (name,) in found if _first_after(name) <= before]


def _partitioned_tables() -> list[str]:
    found = rows(
        "SELECT partrelid::regclass::text FROM pg_partitioned_table p "
        "JOIN pg_class c ON c.oid = p.partrelid JOIN pg_attribute a ON a.attrelid = c.oid "
        "AND a.attnum = p.partattrs[0] WHERE a.attname = 'id' AND a.atttypid = 'uuid'::regtype "
        "AND c.relnamespace = current_schema()::regnamespace "
        # A table that belongs to another role looks after its own months.
        "AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1"
    )
    return [table for (table,) in found]


def _month_statements(table: str, first: date, months: int) -> Iterator[str]:
    for _, statement in _months(table, first, months):
        yield statement


def _months(table: str, first: date, months: int) -> Iterator[tuple[str, str]]:
    start = first.replace(day=1)
    for _ in range(months + 1):
        end = _next_month(start)
        name = f"{table}_y{start:%Y}m{start:%m}"
        bounds = f"FROM ('{id_floor(_midnight(start))}') TO ('{id_floor(_midnight(end))}')"
        yield name, f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES {bounds}"
        start = end


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _first_after(partition: str) -> datetime:
    year, month = partition.rsplit("_y", 1)[1].split("m")
    return _midnight(_next_month(date(int(year), int(month), 1)))
