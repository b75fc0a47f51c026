"""Emptying the database between transactional tests.

Django's flush knows neither that append-only tables refuse TRUNCATE nor procrastinate's tables, and runs post_migrate
for all apps each time. This one empties what holds rows, triggers off, and leaves Django's lists of models alone.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

KEPT = ("django_migrations", "django_content_type", "auth_permission", "django_site")


def install() -> None:
    """Let every transactional test clean up this way; called once, by the root conftest."""

    def teardown(self: Any) -> None:
        wipe()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


def wipe() -> None:
    """Empty every table but Django's lists. Needs a superuser, as the tests' role is."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in _tables()))
        filled = [name for (name,) in cursor.fetchall()]
        if filled:
            cursor.execute("SET session_replication_role = replica")
            try:
                cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")


@cache
def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace AND relname <> ALL(%s)",
            [list(KEPT)],
        )
        return tuple(name for (name,) in cursor.fetchall())
