"""Trades that nobody pays, that are paid too late, or that the buyer takes back."""

from datetime import timedelta

import pytest

from jishi.flows.cancel import CannotCancel, cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    make_goods,
    make_shopper,
    pay,
    queued,
    send,
    stock_of,
)
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId, new_id
from jishi.money.payments import queries as payments
from jishi.money.payments.types import Outcome, PaymentStatus, RefundReason, RefundStatus
from jishi.offering.inventory import queries as inventory
from jishi.trade.orders import queries
from jishi.trade.orders.queries_pages import order_of_buyer
from jishi.trade.orders.types import CloseReason, OrderStatus, Trade

pytestmark = pytest.mark.django_db


def statuses(trade: Trade) -> set[OrderStatus]:
    return {order.status for order in queries.orders_at_sale(trade.id)}


def cancel(trade: Trade, index: int = 0) -> None:
    order = queries.order_at_sale(trade.orders[index].id)
    cancel_order(order_id=order.id, buyer=order.buyer_id, reason="不想要了", now=LATER)


def test_the_deadline_job_itself_closes_the_trade_and_frees_the_stock() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(100)
    trade = me.buy((tea.sku_id, 2), (cups.sku_id, 1))

    drain(now=DEADLINE - timedelta(seconds=1))
    before = statuses(trade)
    drain(now=DEADLINE)

    assert before == {OrderStatus.AWAITING_PAYMENT}
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert (stock_of(tea.sku_id), stock_of(cups.sku_id)) == ((10, 0), (10, 0))
    assert payments.summary(trade.id).status is PaymentStatus.CLOSED
    assert inventory.violations() == []


def test_closing_again_or_too_early_changes_nothing() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))

    close_unpaid(trade_id=trade.id, now=LATER)
    early = statuses(trade)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    me.buy((tea.sku_id, 1))
    close_unpaid(trade_id=trade.id, now=DEADLINE)

    assert early == {OrderStatus.AWAITING_PAYMENT}
    assert stock_of(tea.sku_id) == (10, 1)


def test_a_deadline_that_rings_too_early_rings_again() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))
    rows("DELETE FROM kernel_scheduled_job RETURNING id")  # it was sent by a clock that was ahead

    close_unpaid(trade_id=trade.id, now=LATER)
    drain(now=DEADLINE)

    assert statuses(trade) == {OrderStatus.CLOSED}
    assert stock_of(tea.sku_id) == (10, 0)


def test_a_paid_trade_outlives_its_deadline() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy_and_pay((tea.sku_id, 2))

    close_unpaid(trade_id=trade.id, now=DEADLINE)

    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    assert stock_of(tea.sku_id) == (10, 2)


def test_a_late_payment_revives_the_trade_while_stock_lasts() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))
    close_unpaid(trade_id=trade.id, now=DEADLINE)

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=1))

    assert learnt.outcome is Outcome.LATE_REVIVED
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    assert stock_of(tea.sku_id) == (10, 2)
    assert inventory.violations() == []


def test_a_late_payment_without_stock_goes_back() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800, stock=2)
    trade = me.buy((tea.sku_id, 2))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    other.buy_and_pay((tea.sku_id, 2), now=DEADLINE)

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=1))

    assert learnt.outcome is Outcome.LATE_RETURNED
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert stock_of(tea.sku_id) == (2, 2)


def test_a_late_payment_brings_nobody_more_than_his_limit() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    rows("UPDATE catalog_product SET per_buyer_limit = 2 WHERE id = %s RETURNING id", [tea.id])
    trade = me.buy((tea.sku_id, 2))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    me.buy_and_pay((tea.sku_id, 1), now=DEADLINE)

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=1))

    assert learnt.outcome is Outcome.LATE_RETURNED
    assert (statuses(trade), stock_of(tea.sku_id)) == ({OrderStatus.CLOSED}, (10, 1))


def test_cancelling_an_unpaid_order_closes_its_whole_trade() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(100)
    trade = me.buy((tea.sku_id, 2), (cups.sku_id, 1))

    cancel(trade, index=1)

    shown = order_of_buyer(order_id=trade.orders[0].id, buyer=me.buyer, language="zh", now=LATER)
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert (shown.close_reason, shown.actions) == (CloseReason.CANCELLED_BY_BUYER, [])
    assert [(entry.kind, entry.text) for entry in shown.timeline] == [
        ("cancelled", "订单已取消:不想要了"),
        ("placed", "订单已提交"),
    ]
    assert (stock_of(tea.sku_id), stock_of(cups.sku_id)) == ((10, 0), (10, 0))
    assert queued("flows.payment_tasks.abandon_payment") == 1


def test_a_payment_after_cancelling_does_not_revive_the_order() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))
    cancel(trade)

    learnt = pay(trade.id, now=LATER)

    assert learnt.outcome is Outcome.LATE_RETURNED
    assert statuses(trade) == {OrderStatus.CLOSED}
    assert stock_of(tea.sku_id) == (10, 0)


def test_cancelling_a_paid_order_refunds_it_whole_and_leaves_the_others_alone() -> None:
    me, tea, cups = make_shopper(), make_goods(6_800), make_goods(100)
    trade = me.buy_and_pay((tea.sku_id, 2), (cups.sku_id, 1))
    mine = next(one for one in trade.orders if one.merchant.id == tea.merchant_id)
    index = trade.orders.index(mine)

    cancel(trade, index)

    (refund,) = payments.refunds_of([mine.id])[mine.id]
    assert (refund.amount, refund.reason, refund.status) == (
        mine.total,
        RefundReason.CANCELLED,
        RefundStatus.REQUESTED,
    )
    by_id = {order.id: order.status for order in queries.orders_at_sale(trade.id)}
    assert by_id.pop(mine.id) is OrderStatus.CLOSED
    assert set(by_id.values()) == {OrderStatus.AWAITING_SHIPMENT}
    assert (stock_of(tea.sku_id), stock_of(cups.sku_id)) == ((10, 0), (10, 1))


def test_what_was_sent_cannot_be_cancelled_nor_what_is_closed() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    sent, closed = me.buy_and_pay((tea.sku_id, 1)), me.buy((tea.sku_id, 1))
    send(sent.orders[0].id)
    cancel(closed)

    for trade in (sent, closed):
        with pytest.raises(CannotCancel):
            cancel(trade)

    assert rows("SELECT 1 FROM payments_refund") == []


def test_a_neighbours_order_cannot_be_cancelled() -> None:
    me, neighbour, tea = make_shopper(), make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 1))

    for order_id in (trade.orders[0].id, OrderId(new_id())):
        with pytest.raises(NotFound):
            cancel_order(order_id=order_id, buyer=neighbour.buyer, reason="", now=NOW)

    assert statuses(trade) == {OrderStatus.AWAITING_PAYMENT}
