"""The figure that must be 0 is the truth about the postings, with and without kept sums."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from jishi.kernel import cache
from jishi.kernel.db import atomic, execute
from jishi.kernel.tables import id_floor
from jishi.money.ledger import queries_standing, services_standing

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.client().delete(f"plain:{queries_standing.KEY}")


@contextmanager
def undone() -> Iterator[None]:
    """Let the ledger's guard sleep in the block, and undo what happens there."""
    with atomic():
        execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_kept", [False, True])
def test_books_that_balance_show_nothing_and_a_lost_cent_shows(is_kept: bool) -> None:
    with undone():
        _book(NOW - timedelta(hours=2), 100, -60, -40)
        if is_kept:
            services_standing.keep_standing(now=NOW)
        _book(NOW, 5, -5)
        assert queries_standing.imbalance_minor(now=NOW) == 0
        _book(NOW, 1)
        assert queries_standing.imbalance_minor(now=NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_a_cent_lost_long_ago_shows_once_the_sums_are_kept() -> None:
    with undone():
        _book(NOW - timedelta(hours=26), 7)
        services_standing.keep_standing(now=NOW)
        assert queries_standing.imbalance_minor(now=NOW) == 7


@pytest.mark.django_db(transaction=True)
def test_a_journal_on_both_sides_of_the_day_is_left_out_whole() -> None:
    with undone():
        yesterday = id_floor(NOW - queries_standing.LAST_DAY).int
        _book_from(yesterday - 1, 30, -30)
        assert queries_standing.imbalance_minor(now=NOW) == 0


def _book(at: datetime, *amounts_minor: int) -> None:
    _book_from(id_floor(at).int + secrets.randbits(40), *amounts_minor)


def _book_from(first: int, *amounts_minor: int) -> None:
    """Write postings with ids from `first` on past the services."""
    journal = UUID(int=first - 1)
    for number, amount in enumerate(amounts_minor):
        execute(
            "INSERT INTO ledger_posting (id, journal_id, account_id, amount_minor, currency) "
            "VALUES (%s, %s, %s, %s, 'CNY')",
            [UUID(int=first + number), journal, number, amount],
        )
