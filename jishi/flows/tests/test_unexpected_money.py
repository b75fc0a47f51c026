"""Money that nobody waits for: taken twice, through two channels, too late."""

import pytest

from jishi.flows import take_payment
from jishi.flows.tests.money import BOTH_CHANNELS, Cash, captured, cny, statuses, total_of
from jishi.kernel.db import atomic, rows
from jishi.money.payments import queries
from jishi.money.payments.types import ChannelName, PaymentStatus
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.tests.factories import make_stock
from jishi.trade.orders.queries import orders_at_sale, stock_lines
from jishi.trade.orders.tests.factories import LineWish, OrderWish
from jishi.trade.orders.types import OrderStatus, PlacedTrade

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)


def stocked_wish(quantity: int = 2) -> OrderWish:
    """An order whose goods exist, at their price, with just enough of them in stock."""
    product = make_product(prices_minor=(4_500,))
    warehouse = make_stock(product.sku_id, quantity)
    return OrderWish(
        merchant_id=product.merchant_id,
        lines=(
            LineWish(
                unit_price_minor=4_500, quantity=quantity, sku_id=product.sku_id, warehouse_id=warehouse
            ),
        ),
    )


@each_channel
def test_money_taken_twice_under_one_number_goes_back(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), "pay-twice")
    cash.control.settle(cash.attempt_number(trade.id))
    total = total_of(orders_at_sale(trade.id))
    assert cash.status(trade.id) is PaymentStatus.PAID
    assert cash.books()["suspense"] == total
    cash.run_jobs()
    assert cash.books() == {f"channel_clearing:{channel}": total, "order_escrow": total}
    assert cash.status(trade.id) is PaymentStatus.PAID
    assert queries.summary(trade.id).refunded == cny(0)
    assert cash.broken_promises() == []


def test_money_taken_through_both_channels_goes_back_through_the_second(cash: Cash) -> None:
    trade = cash.place()
    first, second = (cash.start(trade.id, channel) for channel in BOTH_CHANNELS)
    cash.act(first)
    cash.act(second)
    cash.run_jobs()
    total = total_of(orders_at_sale(trade.id))
    assert cash.books() == {"channel_clearing:alipay": total, "order_escrow": total}
    assert rows("SELECT DISTINCT reason, status FROM payments_refund") == [("second_capture", "done")]
    kinds = {kind for (kind,) in rows("SELECT kind FROM orders_event")}
    assert "second_capture_returned" in kinds


@each_channel
def test_late_money_without_stock_goes_back_and_the_buyer_is_told(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()  # of goods that nobody has
    started = cash.start(trade.id, channel)
    cash.act(started, "pay-late")
    cash.let_the_deadline_pass(trade.id)
    assert cash.status(trade.id) is PaymentStatus.CLOSED
    cash.run_jobs()  # the attempt is closed at the channel, and there the late payment is found
    cash.control.settle(cash.attempt_number(trade.id))
    cash.run_jobs()
    assert cash.status(trade.id) is PaymentStatus.REFUNDED
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert cash.books() == {}
    assert "late_payment_returned" in {kind for (kind,) in rows("SELECT kind FROM orders_event")}
    assert rows("SELECT count(*) FROM kernel_outbox WHERE name = 'payments.payment_returned'") == [(1,)]
    assert cash.broken_promises() == []


def test_late_money_revives_a_trade_whose_stock_and_price_still_hold(cash: Cash) -> None:
    trade = cash.place(stocked_wish(), stocked_wish())
    reserve(cash, trade)
    cash.start(trade.id)
    late = captured(cash, trade)
    cash.let_the_deadline_pass(trade.id)
    assert statuses(trade) == {OrderStatus.CLOSED}
    learnt = take_payment.learn(late, now=cash.now())
    assert learnt.outcome == "late_revived"
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    total = total_of(orders_at_sale(trade.id))
    assert cash.books() == {"channel_clearing:alipay": total, "order_escrow": total}
    assert cash.broken_promises() == []
    assert take_payment.learn(late, now=cash.now()).outcome == "repeated"


@pytest.mark.parametrize("obstacle", ["price", "stock", "shelf"])
def test_late_money_goes_back_when_price_or_stock_no_longer_hold(cash: Cash, obstacle: str) -> None:
    trade = cash.place(stocked_wish(), stocked_wish())
    reserve(cash, trade)
    cash.start(trade.id)
    late = captured(cash, trade)
    cash.let_the_deadline_pass(trade.id)
    last = orders_at_sale(trade.id)[-1].lines[0]
    if obstacle == "price":
        rows("UPDATE catalog_sku SET price_minor = price_minor + 1 WHERE id = %s RETURNING id", [last.sku_id])
    elif obstacle == "stock":
        rows(
            "UPDATE inventory_stock SET on_hand = on_hand - 1 WHERE sku_id = %s RETURNING on_hand",
            [last.sku_id],
        )
    else:
        rows("UPDATE catalog_product SET status = 'off_shelf' RETURNING id")
    learnt = take_payment.learn(late, now=cash.now())
    assert learnt.outcome == "late_returned"
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert rows("SELECT sum(quantity) FROM inventory_reservation WHERE quantity > 0") == [(None,)]
    assert cash.books()["suspense"] == late.amount.amount_minor


def reserve(cash: Cash, trade: PlacedTrade) -> None:
    with atomic():
        inventory.reserve(stock_lines([order.id for order in trade.orders]), now=cash.now())


@each_channel
def test_after_the_deadline_the_channel_takes_no_more(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    if channel is ChannelName.ALIPAY:
        cash.act(started, "fail")  # the cashier was opened
    cash.let_the_deadline_pass(trade.id)
    cash.run_jobs()
    assert rows("SELECT DISTINCT status FROM payments_attempt") == [("closed",)]
    with pytest.raises(AssertionError, match=r"409|closed"):
        cash.act(started)
    assert cash.status(trade.id) is PaymentStatus.CLOSED


def test_money_of_the_last_minute_is_found_before_the_trade_is_closed(cash: Cash) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id), mode="drop")
    cash.let_the_deadline_pass(trade.id)
    assert cash.status(trade.id) is PaymentStatus.PAID
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
