"""The worked example of a pre-sale in docs/algorithms/ledger.md, to the cent."""

from jishi.money.ledger import rules
from jishi.money.ledger.rules_instalments import deposit_forfeited, deposit_returned, instalment_captured
from jishi.money.ledger.tests.test_rules import AT, ID, MERCHANT, PAYABLE, booked, cny, sides


def test_deposit_and_balance_go_into_escrow_and_complete_as_one() -> None:
    known = {"part_id": ID, "order_id": ID, "channel": "alipay", "at": AT}
    deposit = instalment_captured(instalment=1, amount=cny(1_000), **known)  # type: ignore[arg-type]
    balance = instalment_captured(instalment=2, amount=cny(8_800), **known)  # type: ignore[arg-type]
    assert booked(deposit) == {"channel_clearing:alipay": 1_000, "order_escrow": -1_000}
    assert booked(balance) == {"channel_clearing:alipay": 8_800, "order_escrow": -8_800}
    assert deposit.key != balance.key
    done = rules.completed(order_id=ID, merchant_id=MERCHANT, sides=sides(9_800, 0, 0, 450), at=AT)
    assert booked(done) == {"order_escrow": 9_800, PAYABLE: -9_350, "commission_revenue": -450}


def test_a_deposit_that_the_merchant_keeps() -> None:
    kept = deposit_forfeited(order_id=ID, merchant_id=MERCHANT, amount=cny(1_000), commission=cny(50), at=AT)
    assert booked(kept) == {"order_escrow": 1_000, PAYABLE: -950, "commission_revenue": -50}


def test_a_deposit_that_goes_back() -> None:
    back = deposit_returned(refund_id=ID, order_id=ID, channel="alipay", amount=cny(1_000), at=AT)
    assert booked(back) == {"order_escrow": 1_000, "channel_clearing:alipay": -1_000}
