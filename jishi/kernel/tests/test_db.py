"""Transactions that end where the code says, and the guard around the network."""

from typing import TYPE_CHECKING, cast

import pytest
from django.db import DataError, connection, transaction

from jishi.kernel.db import (
    ANY_ID,
    atomic,
    execute,
    in_transaction,
    lock,
    require_transaction,
    row,
    rows,
    try_lock,
)
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.network import network
from jishi.kernel.tests.threads import in_thread

if TYPE_CHECKING:
    from jishi.kernel.postgres.base import DatabaseWrapper

FIRST_PLANS = 5  # so often PostgreSQL plans for the values at hand before it compares with a plan for all


@pytest.mark.django_db(transaction=True)
def test_a_transaction_refuses_to_nest() -> None:
    with atomic(), pytest.raises(RuntimeError), atomic():
        pass


@pytest.mark.django_db
def test_one_transaction_directly_under_a_test_case_is_fine() -> None:
    assert not in_transaction()
    with atomic():
        assert in_transaction()
        with pytest.raises(RuntimeError), atomic():
            pass


@pytest.mark.django_db(transaction=True)
def test_the_network_is_refused_inside_a_transaction_only() -> None:
    with network():
        pass
    with atomic(), pytest.raises(ProgrammingError), network():
        pass
    with transaction.atomic(), pytest.raises(ProgrammingError), network():
        pass
    with network():
        pass


@pytest.mark.django_db(transaction=True)
def test_what_needs_a_transaction_says_so() -> None:
    with pytest.raises(ProgrammingError, match="counting beans"):
        require_transaction("counting beans")
    with atomic():
        require_transaction("counting beans")


@pytest.mark.django_db
def test_statements_return_rows_and_counts() -> None:
    assert rows("SELECT n FROM generate_series(1, %s) AS n", [3]) == [(1,), (2,), (3,)]
    assert row("SELECT %(a)s::int + 1", {"a": 1}) == (2,)
    assert row("SELECT 1 WHERE false") is None
    assert execute("SELECT 1 FROM generate_series(1, 4)") == 4


@pytest.mark.django_db(transaction=True)
def test_a_named_lock_is_held_until_the_transaction_ends() -> None:
    def try_it() -> bool:
        with atomic():
            return try_lock("tests.one")

    with atomic():
        lock("tests.one")
        assert try_lock("tests.one")
        assert in_thread(try_it) is False
    assert in_thread(try_it) is True


@pytest.mark.django_db(transaction=True)
def test_a_cursor_is_kept_for_the_next_statement_but_never_shared() -> None:
    own = cast("DatabaseWrapper", connection)
    assert row("SELECT 1") == (1,)
    reading = own.take_cursor()
    reading.execute("SELECT n FROM generate_series(1, 3) AS n")
    assert reading.fetchone() == (1,)
    assert row("SELECT 9") == (9,)
    meanwhile = own.take_cursor()
    assert meanwhile is not reading
    assert reading.fetchall() == [(2,), (3,)]
    own.keep_cursor(reading)
    assert own.take_cursor() is reading


@pytest.mark.django_db(transaction=True)
def test_a_cursor_whose_statement_failed_is_not_used_again() -> None:
    own = cast("DatabaseWrapper", connection)
    own.keep_cursor(failing := own.take_cursor())
    with pytest.raises(DataError):
        row("SELECT 1 / %s", [0])
    assert row("SELECT 2") == (2,)
    assert own.take_cursor() is not failing
    with pytest.raises(DataError), atomic():
        row("SELECT 1 / %s", [0])
    with atomic():
        assert rows("SELECT 3") == [(3,)]


@pytest.mark.django_db(transaction=True)
def test_a_cursor_goes_with_its_connection() -> None:
    own = cast("DatabaseWrapper", connection)
    assert row("SELECT 1") == (1,)
    own.keep_cursor(former := own.take_cursor())
    connection.close()
    assert row("SELECT 2") == (2,)
    assert own.take_cursor() is not former


@pytest.mark.django_db
def test_a_few_ids_are_planned_once_and_not_each_time() -> None:
    """What `ANY_ID` is for: shown the array itself, PostgreSQL plans for its length every time."""
    execute("CREATE TEMP TABLE many AS SELECT uuidv7() AS id FROM generate_series(1, 5000)")
    execute("ALTER TABLE many ADD PRIMARY KEY (id)")
    execute("ANALYZE many")
    three = [one for (one,) in rows("SELECT id FROM many LIMIT 3")]
    for condition in ("ANY(%s::uuid[])", ANY_ID):
        for _ in range(20):
            assert len(rows(f"SELECT id FROM many WHERE id = {condition}", [three])) == len(three)

    planned = dict(
        rows(
            "SELECT statement LIKE '%%unnest%%', custom_plans FROM pg_prepared_statements "
            "WHERE statement LIKE 'SELECT id FROM many WHERE%%'"
        )
    )
    assert planned[True] <= FIRST_PLANS < planned[False]
