"""The pure postings: the worked example of the domain to the cent, and balance whatever the amounts."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.money.ledger import rules
from jishi.money.ledger.types import AccountKind, Journal, Sides, no_sides

AT = datetime(2026, 11, 23, tzinfo=UTC)
ID = UUID(int=1)
MERCHANT = MerchantId(UUID(int=2))


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def sides(paid: int, points: int, subsidy: int, commission: int) -> Sides:
    return Sides(paid=cny(paid), points=cny(points), subsidy=cny(subsidy), commission=cny(commission))


def booked(journal: Journal) -> dict[str, int]:
    return {posting.account: posting.amount.amount_minor for posting in journal.postings}


WHOLE = sides(
    7500, 300, 2000, 450
)  # goods 100.00 − 10.00 − 20.00 − 3.00 + freight 8.00; commission 5 % of 90.00
HALF = sides(3350, 150, 1000, 225)  # half of the goods, freight kept
PAYABLE = f"merchant_payable:{MERCHANT}"


def test_the_worked_example_captured() -> None:
    journal = rules.captured(part_id=ID, order_id=ID, channel="alipay", sides=WHOLE, at=AT)
    assert booked(journal) == {
        "channel_clearing:alipay": 7500,
        "points_liability": 300,
        "order_escrow": -7800,
    }


def test_the_worked_example_completed() -> None:
    journal = rules.completed(order_id=ID, merchant_id=MERCHANT, sides=WHOLE, at=AT)
    assert booked(journal) == {
        "order_escrow": 7800,
        "promotion_expense": 2000,
        PAYABLE: -9350,
        "commission_revenue": -450,
    }


def test_the_worked_example_half_refunded_after_completion() -> None:
    journal = rules.refunded_from_merchant(
        refund_id=ID, order_id=ID, channel="alipay", merchant_id=MERCHANT, sides=HALF, at=AT
    )
    assert booked(journal) == {
        PAYABLE: 4275,
        "commission_revenue": 225,
        "channel_clearing:alipay": -3350,
        "points_liability": -150,
        "promotion_expense": -1000,
    }


def test_the_worked_example_half_refunded_before_completion() -> None:
    journal = rules.refunded_from_escrow(refund_id=ID, order_id=ID, channel="alipay", sides=HALF, at=AT)
    assert booked(journal) == {
        "order_escrow": 3500,
        "channel_clearing:alipay": -3350,
        "points_liability": -150,
    }


def test_the_worked_example_completion_after_the_half_went_back() -> None:
    journal = rules.completed(order_id=ID, merchant_id=MERCHANT, sides=WHOLE - HALF, at=AT)
    assert booked(journal) == {
        "order_escrow": 4300,
        "promotion_expense": 1000,
        PAYABLE: -5075,
        "commission_revenue": -225,
    }


amounts = st.integers(min_value=0, max_value=10**9)


@given(amounts, amounts, amounts, amounts)
def test_every_journal_of_a_purchase_sums_to_zero(paid: int, points: int, subsidy: int, fee: int) -> None:
    of = sides(paid, points, subsidy, fee)
    journals = [
        rules.captured(part_id=ID, order_id=ID, channel="wechat", sides=of, at=AT),
        rules.completed(order_id=ID, merchant_id=MERCHANT, sides=of, at=AT),
        rules.refunded_from_escrow(refund_id=ID, order_id=ID, channel="wechat", sides=of, at=AT),
        rules.refunded_from_merchant(
            refund_id=ID, order_id=ID, channel="wechat", merchant_id=MERCHANT, sides=of, at=AT
        ),
        rules.late_payment_revived(part_id=ID, order_id=ID, sides=of, at=AT),
    ]
    assert [rules.imbalance(journal.postings) for journal in journals] == [{}] * len(journals)


@given(amounts, amounts)
def test_every_journal_of_the_platform_sums_to_zero(amount: int, fee: int) -> None:
    journals = [
        rules.late_payment(capture_id=ID, payment_id=ID, channel="alipay", amount=cny(amount), at=AT),
        rules.second_capture(capture_id=ID, payment_id=ID, channel="alipay", amount=cny(amount), at=AT),
        rules.suspense_refunded(refund_id=ID, payment_id=ID, channel="alipay", amount=cny(amount), at=AT),
        rules.channel_settled(bill_id=ID, channel="alipay", amount=cny(amount), fee=cny(fee), at=AT),
        rules.subsidy_funded(funding_id=ID, amount=cny(amount), at=AT),
        rules.payout_started(payout_id=ID, attempt=1, merchant_id=MERCHANT, amount=cny(amount), at=AT),
        rules.payout_paid(payout_id=ID, attempt=1, amount=cny(amount), at=AT),
        rules.payout_failed(payout_id=ID, attempt=1, merchant_id=MERCHANT, amount=cny(amount), at=AT),
        rules.payout_returned(payout_id=ID, attempt=1, merchant_id=MERCHANT, amount=cny(amount), at=AT),
    ]
    assert [rules.imbalance(journal.postings) for journal in journals] == [{}] * len(journals)
    assert all(posting.amount.amount_minor for journal in journals for posting in journal.postings)


def test_currencies_do_not_cancel_out() -> None:
    journal = rules.subsidy_funded(funding_id=ID, amount=cny(5), at=AT)
    foreign = rules.subsidy_funded(funding_id=ID, amount=Money(-5, "USD"), at=AT)
    assert rules.imbalance((journal.postings[0], foreign.postings[0])) == {"CNY": 5, "USD": -5}


@pytest.mark.parametrize("name", ["till", "channel_clearing", "channel_clearing:", "bank:icbc", ""])
def test_a_name_outside_the_chart_is_refused(name: str) -> None:
    with pytest.raises(ProgrammingError):
        rules.kind_of(name)


def test_kinds_tell_which_side_is_natural() -> None:
    assert rules.kind_of("channel_clearing:alipay") is AccountKind.ASSET
    assert rules.natural(AccountKind.ASSET, 7) == 7
    assert rules.natural(AccountKind.LIABILITY, -7) == 7


def test_a_purchase_without_money_needs_no_channel_but_money_does() -> None:
    free = Sides(paid=cny(0), points=cny(300), subsidy=cny(0), commission=cny(0))
    assert booked(rules.captured(part_id=ID, order_id=ID, channel=None, sides=free, at=AT)) == {
        "points_liability": 300,
        "order_escrow": -300,
    }
    with pytest.raises(ProgrammingError):
        rules.captured(part_id=ID, order_id=ID, channel=None, sides=WHOLE, at=AT)


def test_sides_know_when_they_are_nothing() -> None:
    assert no_sides("CNY").is_nothing
    assert (WHOLE - WHOLE).is_nothing
    assert not WHOLE.is_nothing
