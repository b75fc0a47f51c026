"""What pages show of an account is what its postings sum to, however much of it is kept."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jishi.kernel import cache, clock
from jishi.kernel.db import atomic, row
from jishi.kernel.ids import MerchantId, new_id
from jishi.kernel.money import Money
from jishi.money.ledger import rules, services
from jishi.money.ledger.queries_standing import KEY, standing
from jishi.money.ledger.services_standing import SETTLED, keep_standing

pytestmark = pytest.mark.django_db

Book = Callable[[int], int]


@pytest.fixture
def book() -> Book:
    """Return a function that books an amount for one merchant and returns the account's id."""
    merchant = MerchantId(new_id())

    def post(amount_minor: int) -> int:
        with atomic():
            services.post(
                rules.adjusted(
                    adjustment_id=new_id(),
                    merchant_id=merchant,
                    amount=Money(amount_minor, "CNY"),
                    at=clock.now(),
                )
            )
        found = row("SELECT id FROM ledger_account WHERE name = %s", [f"merchant_payable:{merchant}"])
        assert found is not None
        return int(found[0])

    return post


def summed(account: int) -> int:
    """Sum an account from its first posting."""
    found = row("SELECT sum(amount_minor)::bigint FROM ledger_posting WHERE account_id = %s", [account])
    assert found is not None
    return int(found[0])


def test_nothing_is_kept_at_first(book: Book) -> None:
    account = book(1_000)
    assert standing([account]) == {account: summed(account)}


def test_what_is_booked_after_the_sum_was_kept_is_added(book: Book) -> None:
    account = book(1_000)
    keep_standing(now=clock.now() + 2 * SETTLED)
    assert cache.get_bytes(KEY) is not None
    assert standing([account])[account] == summed(account)
    keep_standing(now=clock.now() - timedelta(days=1), anew=True)
    book(250)
    assert standing([account])[account] == summed(account) != 0


def test_keeping_again_counts_nothing_twice(book: Book) -> None:
    account = book(1_000)
    for later in (2, 2, 3):
        keep_standing(now=clock.now() + later * SETTLED)
    assert standing([account])[account] == summed(account)


def test_a_kept_sum_that_is_wrong_is_right_again_when_summed_anew(book: Book) -> None:
    account = book(1_000)
    keep_standing(now=clock.now() + 2 * SETTLED)
    kept = cache.get_bytes(KEY)
    assert kept is not None
    cache.set_bytes(KEY, kept.replace(b"1000", b"7000"), seconds=60)
    assert standing([account])[account] != summed(account)
    keep_standing(now=clock.now() + 2 * SETTLED, anew=True)
    assert standing([account])[account] == summed(account)


def test_an_account_that_nothing_was_booked_on_stands_at_nothing() -> None:
    assert standing([0]) == {0: 0}
