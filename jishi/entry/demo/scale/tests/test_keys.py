"""Rows are refused as PostgreSQL refuses them, whether its triggers for foreign keys are awake or asleep."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import ForeignKeyViolation, IntegrityConstraintViolation

from jishi.config.environment import environment
from jishi.entry.cli import places, seed
from jishi.entry.demo.scale.copying import COLUMNS, Rows
from jishi.entry.demo.scale.fill import _where
from jishi.entry.demo.scale.keys import Keys
from jishi.kernel.db import atomic
from jishi.kernel.ids import new_id
from jishi.money.ledger import rules as ledger
from jishi.money.ledger import services as ledger_services

AT = "2026-01-01T00:00:00Z"


@pytest.fixture
def direct(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the processes of a run have it."""
    with psycopg.connect(**_where(), autocommit=True) as connection:
        yield connection


@pytest.fixture(params=["awake", "asleep"])
def keys(request: pytest.FixtureRequest, direct: psycopg.Connection[Any]) -> Keys | None:
    """The keys of the tables; none of them while PostgreSQL looks at them itself."""
    return Keys.read(direct, COLUMNS) if request.param == "asleep" else None


def test_the_tests_let_triggers_sleep(direct: psycopg.Connection[Any]) -> None:
    found = Keys.read(direct, COLUMNS)
    assert found is not None
    assert found.watched == {"ledger_posting"}
    buyer = COLUMNS["orders_trade"].split(", ").index("buyer_id")
    assert ("orders_trade", buyer, "accounts_user") in found.references


def test_a_role_that_may_not_leaves_them_awake(direct: psycopg.Connection[Any]) -> None:
    with direct.transaction(force_rollback=True):
        role = sql.Identifier(f"seed_{new_id().hex}")
        for statement in (
            "CREATE ROLE {}",
            "GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT FALSE",
            "SET LOCAL ROLE {}",
        ):
            direct.execute(sql.SQL(statement).format(role))
        assert Keys.read(direct, COLUMNS) is None


def test_a_row_whose_parent_is_missing_is_refused(direct: psycopg.Connection[Any], keys: Keys | None) -> None:
    made = Rows()
    made.add("orders_trade", new_id().hex, new_id().hex, new_id().hex, "CNY", 1, AT, AT)
    with pytest.raises(ForeignKeyViolation):
        made.copy(direct, keys)
    assert _count(direct, "orders_trade") == 0


def test_parents_may_come_with_their_children(direct: psycopg.Connection[Any], keys: Keys | None) -> None:
    made, buyer_id = Rows(), new_id().hex
    made.add("accounts_user", buyer_id, "!", False, "甲", "", "zh", True, False, AT)
    made.add("orders_trade", new_id().hex, buyer_id, new_id().hex, "CNY", 1, AT, AT)
    made.copy(direct, keys)
    made = Rows()
    made.add("orders_trade", new_id().hex, buyer_id, new_id().hex, "CNY", 1, AT, AT)
    made.copy(direct, keys)
    assert _count(direct, "orders_trade") == 2


def test_a_journal_that_does_not_balance_is_refused(
    direct: psycopg.Connection[Any], keys: Keys | None
) -> None:
    with atomic():
        (account_id,) = ledger_services.open_accounts([ledger.ORDER_ESCROW]).values()
    made, journal_id = Rows(), new_id().hex
    made.add("ledger_journal", journal_id, "captured:1", "payment_captured", new_id().hex, AT)
    made.add("ledger_posting", new_id().hex, journal_id, account_id, 5, "CNY")
    with pytest.raises(IntegrityConstraintViolation, match="does not sum to zero"):
        made.copy(direct, keys)
    assert _count(direct, "ledger_journal") == 0


def test_triggers_are_awake_again_afterwards(direct: psycopg.Connection[Any], keys: Keys | None) -> None:
    made = Rows()
    made.add("accounts_user", new_id().hex, "!", False, "甲", "", "zh", True, False, AT)
    with direct.transaction():  # `copy` in a part of it: what is set there lasts to the end of the whole
        made.copy(direct, keys)
        assert direct.execute("SHOW session_replication_role").fetchall() == [("origin",)]


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchall()
    return int(found[0][0])


def test_nobody_writes_as_the_owner_of_a_server_that_is_not_ours() -> None:
    assert not environment().embedded_postgres
    assert seed._owners_way(environment()) is None


def test_with_our_own_server_its_owner_writes_over_its_socket() -> None:
    ours = replace(environment(), embedded_postgres=True)
    assert seed._owners_way(ours) == {
        "host": str(places.postgres_place(ours.home).sockets),
        "port": ours.ports.postgres,
        "user": "postgres",
        "dbname": "jishi",
    }
