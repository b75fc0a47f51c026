"""`jishi migrate`: bring the database to the state this code expects, while older processes go on working.

A migration that waits for a lock lets everybody who comes after it wait too. So it gives up before anybody
notices, lets the others pass, and tries again. Nothing of a try that gave up is left behind.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jishi.entry.cli.chores import Commands, use_django
from jishi.entry.cli.places import EngineProblem

LOCK_MS_MAX = 800  # below PostgreSQL's deadlock_timeout: in a deadlock it is we who give up, not a buyer
TRIES_MAX = 120
REST_SECONDS = 1.0
ONLY_ONE = 7_460_318_211  # the lock of whoever migrates; any number that nobody else takes
LOCK_NOT_AVAILABLE = ("55P03", "40P01")


def register(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser("migrate", help="bring the database up to date with this code")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the migrations that are missing. Raises: EngineProblem when they never get their locks."""
    use_django()
    bring_up_to_date(verbosity=1)
    return 0


def bring_up_to_date(*, verbosity: int) -> None:
    """Run the missing migrations, each as often as it takes to get its locks. Raises: EngineProblem."""
    from django.core.management import call_command
    from django.db import OperationalError, connection

    with _alone(connection), _impatient(connection):
        for _ in range(TRIES_MAX):
            try:
                _drop_unfinished_indexes(connection)
                call_command("migrate", interactive=False, verbosity=verbosity)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in LOCK_NOT_AVAILABLE:
                    raise
                print("jishi: a table is in use: the migration steps aside and tries again", flush=True)
                time.sleep(REST_SECONDS)
            else:
                return
    raise EngineProblem("the migrations never got their locks: find the long transaction in pg_stat_activity")


@contextmanager
def _alone(connection: Any) -> Iterator[None]:
    """Let one process migrate at a time. It asks instead of waiting: who waits holds up an index that is built."""
    with connection.cursor() as cursor:
        for _ in range(TRIES_MAX):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONLY_ONE])
            if cursor.fetchone()[0]:
                break
            time.sleep(REST_SECONDS)
        else:
            raise EngineProblem("another process has been migrating for minutes")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONLY_ONE])


@contextmanager
def _impatient(connection: Any) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {LOCK_MS_MAX}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _drop_unfinished_indexes(connection: Any) -> None:
    """Remove what an index that was given up or cut short leaves behind; nobody else builds one now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
