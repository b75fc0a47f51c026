"""Cases of refunds and commission that other platforms' users suffered from, by where they were reported."""

from datetime import datetime, timedelta

import pytest

from jishi.flows import settle
from jishi.flows.tests import factories
from jishi.flows.tests.factories import NOW
from jishi.kernel.db import execute
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.money import Money
from jishi.money.ledger import queries as ledger
from jishi.money.ledger.rules import merchant_payable
from jishi.money.payments import queries as payments
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.types import PaymentStatus, PiecesToRefund, RefundReason
from jishi.money.settlement import queries as settlement
from jishi.money.settlement.types import StatementRow
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.tests.factories import WORKED_EXAMPLE, LineWish, OrderWish
from jishi.trade.orders.types import OrderAtSale, OrderPaymentStatus, OrderStatus

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def refund_pieces(order: OrderAtSale, quantity: int, position: int = 0) -> Money:
    """Refund pieces of a line and return what went back."""
    line = order.lines[position]
    opened = factories.ask_refund(order.id, lines=[PiecesToRefund(order_line_id=line.id, quantity=quantity)])
    factories.finish_refund(opened.id)
    return opened.amount


def owed(order: OrderAtSale) -> int:
    return ledger.balance(merchant_payable(order.merchant_id)).amount_minor


def test_spree_10099_shipping_not_refunded_though_promised() -> None:
    """Cancelled before anything was sent: the freight goes back with the goods."""
    order = factories.make_order_with_money(OrderWish(freight_minor=1_200))
    opened = factories.ask_refund(order.id, reason=RefundReason.CANCELLED)
    assert opened.amount == order.total


def test_solidus_512_a_refund_under_an_order_level_discount() -> None:
    """What goes back is what was paid for the piece, not its price in the shop."""
    discounted = OrderWish(
        lines=(
            LineWish(unit_price_minor=10_000, merchant_discount_minor=2_500),
            LineWish(unit_price_minor=30_000, merchant_discount_minor=7_500),
        )
    )
    order = factories.make_completed_order(discounted)
    assert refund_pieces(order, 1, position=0) == cny(7_500)
    assert refund_pieces(order, 1, position=1) == cny(22_500)


def test_openmage_4396_refunds_of_a_discounted_order_return_exactly_what_was_paid() -> None:
    order = factories.make_completed_order(
        OrderWish(
            lines=(LineWish(unit_price_minor=999, quantity=3, platform_discount_minor=1_000),),
            freight_minor=800,
        )
    )
    parts = [refund_pieces(order, 1).amount_minor for _ in range(3)]
    assert sum(parts) == 1_997
    with pytest.raises(RefundTooMuch):
        refund_pieces(order, 1)


def test_vendure_3003_ten_percent_off_many_units_comes_back_to_the_cent() -> None:
    order = factories.make_completed_order(
        OrderWish(lines=(LineWish(unit_price_minor=333, quantity=37, merchant_discount_minor=1_232),))
    )
    back = [refund_pieces(order, pieces).amount_minor for pieces in (1, 5, 1, 20, 10)]
    assert sum(back) == order.total.amount_minor == 333 * 37 - 1_232


def test_lilishop_two_partial_refunds_do_not_each_return_the_full_line() -> None:
    order = factories.make_completed_order(OrderWish(lines=(LineWish(unit_price_minor=5_000, quantity=2),)))
    assert refund_pieces(order, 1) == cny(5_000)
    assert refund_pieces(order, 1) == cny(5_000)
    with pytest.raises(NothingToRefund):
        factories.ask_refund(order.id, amount=cny(1))
    assert payments.summary(order.trade_id).refunded == order.total


def test_lilishop_a_platform_coupon_leaves_the_merchant_at_zero_after_a_full_refund() -> None:
    """The platform's coupon is in the sale and in the refund: the merchant ends where he began."""
    order = factories.make_completed_order(WORKED_EXAMPLE)
    assert owed(order) == 9_350
    opened = factories.ask_refund(order.id)
    factories.finish_refund(opened.id)
    assert owed(order) == 0
    for account in ("promotion_expense", "commission_revenue", "points_liability", "order_escrow"):
        assert ledger.balance(account) == cny(0)


def test_dokan_905_the_merchants_balance_falls_with_a_refund() -> None:
    order = factories.make_completed_order(WORKED_EXAMPLE)
    refund_pieces(order, 1)
    assert owed(order) == 9_350 - 4_275
    assert settlement.balance(order.merchant_id).owed == cny(5_075)


def test_tezgah_144_the_commission_of_a_refund_is_that_of_the_sale() -> None:
    """The merchant's rate is doubled between the sale and the refund; the sale's rate goes back."""
    order = factories.make_completed_order(WORKED_EXAMPLE)
    execute("UPDATE merchants_merchant SET commission_basis_points = 1000 WHERE id = %s", [order.merchant_id])
    refund_pieces(order, 1)
    assert ledger.balance("commission_revenue") == cny(225)
    refund_pieces(order, 1)
    assert ledger.balance("commission_revenue") == cny(0)


def test_mercur_the_commission_of_a_refunded_amount_is_that_of_the_sale() -> None:
    """A refund of money without goods gives back the commission at the rate frozen on the line, too."""
    order = factories.make_completed_order(WORKED_EXAMPLE)
    execute("UPDATE merchants_merchant SET commission_basis_points = 1000 WHERE id = %s", [order.merchant_id])
    opened = factories.ask_refund(order.id, amount=cny(3_350))
    factories.finish_refund(opened.id)
    assert ledger.balance("commission_revenue") == cny(225)
    assert owed(order) == 9_350 - 4_275


def test_stripe_mirakl_78_a_merchant_who_owes_money() -> None:
    """His account goes below zero, his statement says so, and the next one takes it off."""
    order = factories.make_completed_order(WORKED_EXAMPLE)
    execute("UPDATE merchants_merchant SET statement_cycle = 't1'")
    settle.adjust(
        merchant_id=order.merchant_id, amount=cny(-10_000), reason="罚款", by=UserId(new_id()), now=NOW
    )
    assert owed(order) == -650
    assert settlement.waiting(order.merchant_id) == cny(-650)
    assert newest_statement(order, NOW + DAY).due == cny(-650)
    settle.adjust(
        merchant_id=order.merchant_id, amount=cny(1_000), reason="补偿", by=UserId(new_id()), now=NOW + DAY
    )
    netted = newest_statement(order, NOW + 2 * DAY)
    assert (netted.opening, netted.due) == (cny(-650), cny(350))


def newest_statement(order: OrderAtSale, now: datetime) -> StatementRow:
    """Let the night pass and return the merchant's newest statement."""
    settle.run_cycle(now)
    return settlement.statements(merchant_id=order.merchant_id, cursor=None, limit=1).items[0]


def test_spree_14622_a_refunded_order_does_not_read_as_paid() -> None:
    order = factories.make_order_with_money()
    opened = factories.ask_refund(order.id, reason=RefundReason.CANCELLED)
    factories.finish_refund(opened.id)
    after = order_at_sale(order.id)
    assert (after.payment_status, after.status) == (OrderPaymentStatus.REFUNDED, OrderStatus.CLOSED)
    assert payments.summary(order.trade_id).status is PaymentStatus.REFUNDED
