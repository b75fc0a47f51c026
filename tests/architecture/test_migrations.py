"""Old processes go on working while a release migrates: it adds, and only a later release takes away."""

from importlib import metadata

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tools.migration_rules import faults

# The first release may do anything: nothing of an older one runs beside it. This ends with its last migrations.
FIRST_RELEASE = {
    "community": "0003",
    "discovery": "0011",
    "identity": "0004",
    "kernel": "0002",
    "money": "0007",
    "offering": "0027",
    "trade": "0008",
}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


@pytest.mark.django_db(transaction=True)
def test_migrations_expand_and_name_the_release_whose_leftovers_they_take_away() -> None:
    loader = MigrationLoader(connection, replace_migrations=False)
    complaints = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app not in FIRST_RELEASE or name[:4] <= FIRST_RELEASE[app]:
            continue
        found = list(faults(loader.collect_sql([(migration, False)])))
        contracts = getattr(migration, "contracts", None)
        if contracts is None:
            complaints += [f"{app}.{name}: {one}" for one in found]
        elif _version(contracts) >= _version(metadata.version("jishi")):
            complaints.append(f"{app}.{name} takes away what release {contracts} still uses")
    assert complaints == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE orders_order DROP COLUMN note", "drops a column"),
        ('ALTER TABLE "orders_order" RENAME COLUMN a TO b', "renames"),
        ("ALTER TABLE orders_order RENAME TO orders_old", "renames"),
        ('DROP TABLE "orders_order" CASCADE', "drops the table"),
        (
            'ALTER TABLE "orders_order" ALTER COLUMN "note" TYPE varchar(9) USING "note"::varchar(9)',
            "changes",
        ),
        ("ALTER TABLE orders_order ALTER COLUMN note SET NOT NULL", "forbids NULL"),
        ('ALTER TABLE "orders_order" ADD COLUMN "gift" boolean NOT NULL', "must be given"),
        ('ALTER TABLE "orders_order" ALTER COLUMN "gift" DROP DEFAULT', "drops a default"),
        ("CREATE INDEX gifts ON orders_order (gift)", "CONCURRENTLY"),
        ('CREATE UNIQUE INDEX "gifts" ON public."orders_order" ("gift")', "CONCURRENTLY"),
        ("ALTER TABLE orders_order ADD CONSTRAINT short CHECK (length(note) < 9)", "checked at once"),
        ('ALTER TABLE "orders_order" ADD COLUMN "code" uuid NULL UNIQUE', "checked at once"),
        ("ALTER TABLE orders_order ADD COLUMN gift_id bigint REFERENCES gifts (id)", "checked at once"),
        ("ALTER TABLE orders_order ADD COLUMN a text, ADD CONSTRAINT c CHECK (a > '')", "checked at once"),
        ("ALTER TABLE orders_order ADD a int DEFAULT 0, ADD b numeric(9, 2) NOT NULL", "must be given"),
        ("ALTER TABLE orders_order ADD COLUMN k uuid DEFAULT gen_random_uuid() NOT NULL", "every row anew"),
        (
            'ALTER TABLE "orders_order" ADD COLUMN "k" uuid DEFAULT (GEN_RANDOM_UUID()) NOT NULL',
            "every row anew",
        ),
        ("ALTER TABLE orders_order ADD COLUMN at timestamptz DEFAULT (CLOCK_TIMESTAMP())", "every row anew"),
        ("ALTER TABLE orders_order ADD k int GENERATED ALWAYS AS (a + 1) STORED", "every row anew"),
        ("ALTER TABLE orders_order DROP note", "drops a column"),
        ("TRUNCATE orders_order", "empties"),
        ("SELECT 1;\n  truncate TABLE ONLY orders_order", "empties"),
        ("-- harmless\nSELECT 1; ALTER TABLE orders_order DROP COLUMN note", "drops a column"),
    ],
)
def test_what_old_processes_would_suffer_from_is_named(statement: str, fault: str) -> None:
    (found,) = faults([statement])
    assert found.startswith("orders_order: ")
    assert fault in found


def test_an_index_is_dropped_beside_the_work() -> None:
    (found,) = faults(['DROP INDEX IF EXISTS "gifts"'])
    assert "CONCURRENTLY" in found


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE orders_order ADD COLUMN note text",
        "ALTER TABLE orders_order ADD COLUMN gift boolean DEFAULT false NOT NULL",
        "ALTER TABLE orders_order ADD COLUMN gift boolean NOT NULL DEFAULT false",
        "ALTER TABLE orders_order ADD COLUMN seen_at timestamptz DEFAULT now() NOT NULL",
        'ALTER TABLE "orders_order" ADD COLUMN "seen_at" timestamptz DEFAULT (STATEMENT_TIMESTAMP()) NOT NULL',
        "ALTER TABLE orders_order ADD COLUMN seen_at timestamptz DEFAULT ( now() )",
        "ALTER TABLE orders_order ADD COLUMN note text DEFAULT ('(now(') NOT NULL",
        "ALTER TABLE orders_order DROP CONSTRAINT short",
        "CREATE TRIGGER kept BEFORE TRUNCATE ON orders_order EXECUTE FUNCTION refuse()",
        "REVOKE TRUNCATE ON orders_order FROM shop",
        "DROP INDEX CONCURRENTLY IF EXISTS gifts",
        "CREATE INDEX CONCURRENTLY gifts ON orders_order (gift)",
        "ALTER TABLE orders_order ADD CONSTRAINT short CHECK (length(note) < 9) NOT VALID",
        "ALTER TABLE orders_order VALIDATE CONSTRAINT short",
        "CREATE TABLE gifts (id bigint NOT NULL); CREATE INDEX gifts_id ON gifts (id)",
        "UPDATE orders_order SET note = 'ALTER TABLE orders_order DROP COLUMN note'",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE orders_order; $$",
    ],
)
def test_what_only_adds_is_fine(statement: str) -> None:
    assert list(faults([statement])) == []
