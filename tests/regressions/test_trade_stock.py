"""What buyers of other platforms suffered from, in stock: each by the place where it was reported."""

from datetime import timedelta

import pytest
from django.conf import settings

from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    Shopper,
    make_goods,
    make_shopper,
    pay,
    send,
    stock_of,
)
from jishi.kernel.db import execute, rows
from jishi.money.payments.types import Outcome
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.checkout import services_quotes
from jishi.trade.checkout.services_quotes import LimitReached
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders import queries
from jishi.trade.orders.services_placing import TooManyUnpaid
from jishi.trade.orders.types import OrderStatus

pytestmark = pytest.mark.django_db


def test_vendure_3508_the_last_piece_is_sold_once() -> None:
    first, second, last = make_shopper(), make_shopper(), make_goods(6_800, stock=1)
    quotes = [first.quote((last.sku_id, 1)), second.quote((last.sku_id, 1))]

    first.place(quotes[0])
    with pytest.raises(OutOfStock):
        second.place(quotes[1])

    assert stock_of(last.sku_id) == (1, 1)


def test_medusa_16502_two_lines_that_share_a_sku_are_counted_together() -> None:
    me, tea = make_shopper(), make_goods(6_800, stock=3)
    twice = [CartLineWish(sku_id=tea.sku_id, quantity=2)] * 2

    with pytest.raises(OutOfStock) as short:
        _quote(me, twice)
    trade = me.place(_quote(me, [CartLineWish(sku_id=tea.sku_id, quantity=n) for n in (1, 2)]))

    assert short.value.data["shortages"][0].wanted == 4
    assert stock_of(tea.sku_id) == (3, 3)
    assert [line.quantity for line in queries.orders_at_sale(trade.id)[0].lines] == [3]


def _quote(me: Shopper, lines: list[CartLineWish]) -> Quote:
    return services_quotes.quote(
        owner_id=me.buyer,
        buyer=me.buyer,
        request=QuoteRequest(lines=lines, address_id=me.address),
        language="zh",
        now=NOW,
    )


def test_medusa_14987_stock_is_taken_from_the_warehouses_it_was_found_in() -> None:
    me, tea = make_shopper(), make_goods(6_800, stock=2)
    second = make_warehouse(tea.merchant_id)
    make_stock(tea.sku_id, 2, warehouse_id=second)

    order = queries.orders_at_sale(me.buy_and_pay((tea.sku_id, 4)).id)[0]

    reserved = {stock.warehouse_id: stock.reserved for stock in inventory.stock([tea.sku_id])}
    assert reserved == {line.warehouse_id: line.quantity for line in order.lines}
    assert sorted(reserved.values()) == [2, 2]


def test_magento_inventory_2773_reserved_pieces_never_drift_from_the_truth() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    unpaid, cancelled, sent = (me.buy((tea.sku_id, 2)) for _ in range(3))
    for trade in (cancelled, sent):
        pay(trade.id, now=LATER)

    close_unpaid(trade_id=unpaid.id, now=DEADLINE)
    cancel_order(order_id=cancelled.orders[0].id, buyer=me.buyer, reason="", now=LATER)
    send(sent.orders[0].id)

    assert stock_of(tea.sku_id) == (8, 0)
    assert rows("SELECT 1 FROM inventory_reservation WHERE sku_id = %s", [tea.sku_id]) == []
    assert inventory.violations() == []


def test_lilishop_stock_is_the_buyers_before_he_pays() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800, stock=1)
    trade = me.buy((tea.sku_id, 1))

    with pytest.raises(OutOfStock):
        other.buy((tea.sku_id, 1))
    learnt = pay(trade.id, now=LATER)

    assert learnt.outcome is Outcome.APPLIED
    assert queries.orders_at_sale(trade.id)[0].status is OrderStatus.AWAITING_SHIPMENT


def test_dujiao_next_105_unpaid_orders_cannot_lock_all_stock_for_long() -> None:
    attacker, honest, rare = make_shopper(), make_shopper(), make_goods(6_800, stock=4)
    execute("UPDATE catalog_product SET per_buyer_limit = 2 WHERE id = %s", [rare.id])

    held = [attacker.buy((rare.sku_id, 1)) for _ in range(2)]
    with pytest.raises(LimitReached):
        attacker.buy((rare.sku_id, 1))
    honest.buy_and_pay((rare.sku_id, 2))
    for trade in held:
        close_unpaid(trade_id=trade.id, now=DEADLINE)

    assert stock_of(rare.sku_id) == (4, 2)


def test_dujiao_next_105_one_buyer_cannot_hold_goods_without_a_limit_of_their_own() -> None:
    """By default, too: so many trades and no more wait for one buyer's money, whatever is in them."""
    most = settings.ENV.unpaid_trades_max
    attacker, honest, rare = make_shopper(), make_shopper(), make_goods(6_800, stock=most + 10)
    held = [attacker.buy((rare.sku_id, 1)) for _ in range(most)]

    with pytest.raises(TooManyUnpaid) as refused:
        attacker.buy((rare.sku_id, 1))
    assert (refused.value.status, refused.value.data) == (409, {"limit": most})
    assert stock_of(rare.sku_id) == (most + 10, most)
    honest.buy_and_pay((rare.sku_id, 7))

    pay(held[0].id, now=LATER)
    cancel_order(order_id=held[1].orders[0].id, buyer=attacker.buyer, reason="", now=LATER)
    close_unpaid(trade_id=held[2].id, now=DEADLINE)
    for _ in range(3):  # what is paid, cancelled or closed makes room
        attacker.buy((rare.sku_id, 1), now=DEADLINE)
    with pytest.raises(TooManyUnpaid):
        attacker.buy((rare.sku_id, 1), now=DEADLINE)


def test_seckill_41_money_after_the_deadline_never_oversells() -> None:
    slow, fast, last = make_shopper(), make_shopper(), make_goods(6_800, stock=1)
    trade = slow.buy((last.sku_id, 1))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    fast.buy_and_pay((last.sku_id, 1), now=DEADLINE)

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=5))

    assert learnt.outcome is Outcome.LATE_RETURNED
    assert queries.orders_at_sale(trade.id)[0].status is OrderStatus.CLOSED
    assert stock_of(last.sku_id) == (1, 1)
    assert inventory.violations() == []


def test_coreshop_2529_late_money_for_two_lines_of_which_one_is_gone() -> None:
    """All or nothing: the line that is still there is not taken from the shelf for an order that stays closed."""
    slow, fast = make_shopper(), make_shopper()
    gone, there = make_goods(6_800, stock=1), make_goods(3_200, stock=5)
    trade = slow.buy((gone.sku_id, 1), (there.sku_id, 2))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    fast.buy_and_pay((gone.sku_id, 1), now=DEADLINE)

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=5))

    assert learnt.outcome is Outcome.LATE_RETURNED
    assert {order.status for order in queries.orders_at_sale(trade.id)} == {OrderStatus.CLOSED}
    assert (stock_of(gone.sku_id), stock_of(there.sku_id)) == ((1, 1), (5, 0))
