"""Put a test database back to its migrated state after a test that really commits.

Django's own flush truncates every table of its models and announces a migration: our append-only tables
refuse that, it takes most of a second, and rows that migrations put in would be lost. Here triggers sleep
(the tests' role may ask for that, the market's may not), every table is emptied by DELETE, and the rows of
the migrations are put back from a copy.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

COPIES = "pristine"
KEPT = ("django_migrations",)


def install() -> None:
    """Copy what the migrations left, and let every test that commits restore exactly that at its end."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {COPIES} CASCADE")
        cursor.execute(f"CREATE SCHEMA {COPIES}")
        tables = _tables(cursor)
        filled = [table for table in tables if _has_rows(cursor, table)]
        for table in filled:
            cursor.execute(f'CREATE TABLE {COPIES}."{table}" AS TABLE public."{table}"')
        statements = [
            "SET LOCAL session_replication_role = replica",
            *(f'DELETE FROM public."{table}"' for table in tables),
            *(_restore(cursor, table) for table in filled),
        ]
    script = ";\n".join(statements)

    def teardown(case: TransactionTestCase) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(script)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


def _tables(cursor: Any) -> list[str]:
    # A partition is reached through its table.
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
    )
    return [name for (name,) in cursor.fetchall() if name not in KEPT]


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
    return bool(cursor.fetchone()[0])


def _restore(cursor: Any, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [f'public."{table}"'],
    )
    columns = cursor.fetchone()[0]
    return (
        f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE '
        f'SELECT {columns} FROM {COPIES}."{table}"'
    )
