"""Migrations step aside for whoever uses a table, clean up after themselves, and run one at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from jishi.entry.cli.migrate import ONLY_ONE, bring_up_to_date
from jishi.kernel.db import row

SECONDS = 1.5
INDEX = "migrations_unfinished"

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held(statement: str) -> Iterator[None]:
    """Hold what a statement of somebody else takes, for a while, in a transaction of his."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(statement)
        end = threading.Timer(SECONDS, other.rollback)
        end.start()
        try:
            yield
        finally:
            end.join()


@pytest.fixture
def _one_migration_is_missing() -> Iterator[None]:
    call_command("migrate", "trade", "0001", verbosity=0)
    try:
        yield
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.usefixtures("_one_migration_is_missing")
def test_a_migration_steps_aside_and_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    with held("LOCK TABLE shipping_forged_scan IN ROW EXCLUSIVE MODE"):
        bring_up_to_date(verbosity=0)
    assert "steps aside and tries again" in capsys.readouterr().out
    assert row("SELECT 1 FROM django_migrations WHERE app = 'trade' AND name LIKE '0002%%'") == (1,)
    assert row("SHOW lock_timeout") == ("0",)


@pytest.mark.usefixtures("_one_migration_is_missing")
def test_an_unfinished_index_is_removed_first() -> None:
    with (
        psycopg.connect(**connection.get_connection_params(), autocommit=True) as other,
        pytest.raises(psycopg.errors.UniqueViolation),
    ):
        other.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {INDEX} ON django_migrations ((true))")
    assert row("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [INDEX]) == (False,)
    bring_up_to_date(verbosity=0)
    assert row("SELECT to_regclass(%s)", [INDEX]) == (None,)


def test_one_process_migrates_at_a_time() -> None:
    waited: list[bool] = []
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ONLY_ONE])

        def let_go() -> None:
            waited.append(True)
            other.execute("SELECT pg_advisory_unlock(%s)", [ONLY_ONE])

        end = threading.Timer(SECONDS, let_go)
        end.start()
        bring_up_to_date(verbosity=0)
        assert waited
        end.join()
