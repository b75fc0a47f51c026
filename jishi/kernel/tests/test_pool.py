"""A connection that waited in the pool: used without a question while its server is there, never when it is not."""

from typing import cast

import psycopg
import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from jishi.kernel.postgres.base import DatabaseWrapper, check_connection


@pytest.fixture
def waiting(db: None) -> psycopg.Connection[tuple[object, ...]]:
    """Give a connection of its own, as one waits in the pool."""
    return psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}, autocommit=True
    )


def test_one_that_is_there_is_not_asked(
    waiting: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: object) -> None:
        raise AssertionError("a round trip for nothing")

    monkeypatch.setattr(ConnectionPool, "check_connection", ask)
    with waiting:
        check_connection(waiting)


def test_one_whose_server_process_is_gone_is_refused(waiting: psycopg.Connection[tuple[object, ...]]) -> None:
    with waiting, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [waiting.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            check_connection(waiting)


def test_the_pool_checks_like_this(db: None) -> None:
    connection.ensure_connection()
    assert cast(DatabaseWrapper, connection).pool._check is check_connection
