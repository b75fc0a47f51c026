"""Buyers, merchants, carriers, channels and the clock at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.complete import complete_due
from jishi.flows.receive import confirm_receipt
from jishi.flows.take_payment import learn
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    Shopper,
    capture_of,
    make_goods,
    make_shopper,
    pay,
    send,
    stock_of,
)
from jishi.flows.track import record_scans
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, SkuId
from jishi.money.ledger import queries as ledger
from jishi.money.payments import queries as payments
from jishi.money.payments.types import PaymentStatus
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.checkout import queries as carts
from jishi.trade.checkout import services as carts_services
from jishi.trade.checkout.types import LINES_MAX, CartLineWish
from jishi.trade.orders import queries
from jishi.trade.orders.types import OrderStatus, Trade
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.types import ParcelStatus, Scan
from tests.races.rushing import THREADS, rush

pytestmark = pytest.mark.django_db(transaction=True)


def in_order() -> bool:
    """Say whether stock and books keep all of their promises."""
    return inventory.violations() == [] and ledger.imbalance() == {} and ledger.unbalanced_journals() == []


def buying(shoppers: list[Shopper], *pieces: tuple[SkuId, int]) -> list[Callable[[], Trade]]:
    """Return one checkout per shopper, quoted already, to be submitted at the same moment."""
    return [partial(shopper.place, shopper.quote(*pieces)) for shopper in shoppers]


# -- stock --------------------------------------------------------------------------------------------------


def test_two_hundred_buyers_for_fifty_pieces() -> None:
    rare = make_goods(6_800, stock=50)

    outcomes = rush(buying([make_shopper() for _ in range(200)], (rare.sku_id, 1)))

    assert len(outcomes.results) == 50
    assert outcomes.refused == {"out_of_stock": 150}
    assert stock_of(rare.sku_id) == (50, 50)
    assert in_order()


def test_two_buyers_and_one_piece_again_and_again() -> None:
    shoppers = [make_shopper() for _ in range(2)]
    for _ in range(10):
        last = make_goods(6_800, stock=1)

        outcomes = rush(buying(shoppers, (last.sku_id, 1)))

        assert (len(outcomes.results), outcomes.refused) == (1, {"out_of_stock": 1})
        assert stock_of(last.sku_id) == (1, 1)


def test_pieces_of_two_warehouses_are_sold_to_the_last_one() -> None:
    tea = make_goods(6_800, stock=6)
    make_stock(tea.sku_id, 6, warehouse_id=make_warehouse(tea.merchant_id))

    outcomes = rush(buying([make_shopper() for _ in range(16)], (tea.sku_id, 1)))

    assert (len(outcomes.results), outcomes.refused) == (12, {"out_of_stock": 4})
    assert stock_of(tea.sku_id) == (12, 12)
    assert in_order()


def test_baskets_in_opposite_order_never_wait_for_each_other_in_a_circle() -> None:
    goods = [make_goods(100, stock=1_000) for _ in range(5)]
    forth = [(made.sku_id, 1) for made in goods]
    shoppers = [make_shopper() for _ in range(48)]
    calls = [
        partial(shopper.place, shopper.quote(*(forth if index % 2 else forth[::-1])))
        for index, shopper in enumerate(shoppers)
    ]

    outcomes = rush(calls)

    assert (len(outcomes.results), outcomes.refused) == (48, {})
    assert {stock_of(made.sku_id) for made in goods} == {(1_000, 48)}


def test_buying_while_others_cancel_loses_no_piece() -> None:
    tea = make_goods(6_800, stock=8)
    held = [make_shopper().buy((tea.sku_id, 1)) for _ in range(8)]
    buyers = {order.id: order.buyer_id for trade in held for order in queries.orders_at_sale(trade.id)}
    calls: list[Callable[[], object]] = [
        partial(cancel_order, order_id=order_id, buyer=buyer, reason="", now=LATER)
        for order_id, buyer in buyers.items()
    ]
    eager = [make_shopper() for _ in range(8)]

    calls += [partial(shopper.buy, (tea.sku_id, 1)) for shopper in eager]

    rush(calls)
    rush([partial(shopper.buy, (tea.sku_id, 1)) for shopper in eager])

    assert stock_of(tea.sku_id) == (8, 8)
    assert in_order()


# -- one buyer ----------------------------------------------------------------------------------------------


def test_submitting_with_one_key_from_eight_windows_is_one_trade() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 1))

    outcomes = rush([partial(me.place, quote, key="checkout-1")] * THREADS)

    assert len(outcomes.results) == THREADS
    assert len({trade.id for trade in outcomes.results}) == 1
    assert stock_of(tea.sku_id) == (10, 1)


def test_submitting_one_quote_with_many_keys_is_one_trade() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    quote = me.quote((tea.sku_id, 1))

    outcomes = rush([partial(me.place, quote) for _ in range(THREADS)])

    assert (len(outcomes.results), outcomes.refused) == (1, {"quote_used": THREADS - 1})
    assert stock_of(tea.sku_id) == (10, 1)


def test_two_checkouts_of_one_cart_buy_it_once() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    me.put(tea.sku_id, 2)

    outcomes = rush([partial(me.place, me.quote()), partial(me.place, me.quote())])

    assert (len(outcomes.results), outcomes.refused) == (1, {"cart_empty": 1})
    assert stock_of(tea.sku_id) == (10, 2)


def test_a_limit_per_buyer_holds_for_checkouts_at_the_same_moment() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    rows("UPDATE catalog_product SET per_buyer_limit = 3 WHERE id = %s RETURNING id", [tea.id])

    outcomes = rush([partial(me.place, me.quote((tea.sku_id, 1))) for _ in range(THREADS)])

    assert (len(outcomes.results), outcomes.refused) == (3, {"limit_reached": THREADS - 3})


def test_a_cart_filled_from_eight_windows_keeps_its_limit_and_every_piece() -> None:
    me = make_shopper()
    many = [sku for _ in range(5) for sku in make_goods(*range(100, 130), stock=1).sku_ids]

    def put(sku_id: SkuId) -> object:
        wish = CartLineWish(sku_id=sku_id, quantity=1)
        return carts_services.add_line(owner_id=me.buyer, wish=wish, language="zh", now=NOW)

    same = rush([partial(put, many[0])] * 16)
    full = rush([partial(put, sku_id) for sku_id in many[1:]])

    lines = carts.lines_of(me.buyer)
    assert len(same.results) == 16
    assert next(line.quantity for line in lines if line.sku_id == many[0]) == 16
    assert len(lines) == LINES_MAX
    assert full.refused == {"cart_full": len(many) - LINES_MAX}


# -- payment, cancel and deadline
# -----------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(6))
def test_payment_cancel_and_deadline_at_once_leave_one_truth(turn: int) -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))
    order_id = trade.orders[0].id
    captured = capture_of(trade.id, at=DEADLINE)
    calls: list[Callable[[], object]] = [
        partial(learn, captured, now=DEADLINE),
        partial(learn, captured, now=DEADLINE),
        partial(cancel_order, order_id=order_id, buyer=me.buyer, reason="", now=DEADLINE),
        partial(close_unpaid, trade_id=trade.id, now=DEADLINE),
    ]

    rush(calls[turn % 4 :] + calls[: turn % 4])

    order = queries.order_at_sale(order_id)
    money = payments.summary(trade.id)
    refunds = payments.refunds_of([order_id]).get(order_id, [])
    assert stock_of(tea.sku_id) == ((10, 2) if order.status is OrderStatus.AWAITING_SHIPMENT else (10, 0))
    if order.status is OrderStatus.AWAITING_SHIPMENT:
        assert (money.status, refunds) == (PaymentStatus.PAID, [])
    else:
        assert order.status is OrderStatus.CLOSED
        assert [refund.amount for refund in refunds] == [trade.total] or _returns(trade) == [trade.total]
    assert in_order()


def _returns(trade: Trade) -> list[object]:
    """Return what goes back of money that came too late for the trade."""
    found = rows(
        "SELECT r.amount_minor, r.currency FROM payments_refund r JOIN payments_payment p ON p.id = "
        "r.payment_id "
        "WHERE p.trade_id = %s",
        [trade.id],
    )
    return [type(trade.total)(*one) for one in found]


def test_one_payment_told_from_eight_sides_pays_once() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, 2))
    captured = capture_of(trade.id, at=LATER)

    rush([partial(learn, captured, now=LATER)] * THREADS)

    assert ledger.balance("order_escrow") == trade.total
    kinds = rows("SELECT kind FROM orders_event WHERE order_id = %s ORDER BY id", [trade.orders[0].id])
    assert kinds == [("placed",), ("paid",)]
    assert in_order()


# -- delivery
# -------------------------------------------------------------------------------------------------


def paid_order(quantity: int = 2) -> tuple[Shopper, SkuId, OrderId]:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy((tea.sku_id, quantity))
    pay(trade.id, now=LATER)
    return me, tea.sku_id, trade.orders[0].id


def test_two_clerks_ship_one_order_once() -> None:
    _, sku_id, order_id = paid_order()

    outcomes = rush([partial(send, order_id) for _ in range(THREADS)])

    assert len(outcomes.results) == 1
    assert set(outcomes.refused) <= {"pieces_gone", "nothing_to_ship"}
    assert stock_of(sku_id) == (8, 0)
    assert len(shipping.parcels_of([order_id])[order_id]) == 1
    assert in_order()


def test_shipping_and_cancelling_at_once_do_one_of_the_two() -> None:
    for _ in range(6):
        me, sku_id, order_id = paid_order()

        calls: list[Callable[[], object]] = [
            partial(send, order_id),
            partial(cancel_order, order_id=order_id, buyer=me.buyer, reason="", now=LATER),
        ]

        outcomes = rush(calls)

        status = queries.order_at_sale(order_id).status
        assert len(outcomes.results) == 1
        assert stock_of(sku_id) == ((8, 0) if status is OrderStatus.SHIPPED else (10, 0))
        assert status in {OrderStatus.SHIPPED, OrderStatus.CLOSED}
    assert in_order()


def test_the_same_push_on_eight_threads_delivers_once() -> None:
    _, _, order_id = paid_order()
    parcel = send(order_id)
    scans = [
        Scan(status=status, description="", location="", at=LATER + timedelta(minutes=minutes))
        for minutes, status in enumerate([ParcelStatus.COLLECTED, ParcelStatus.DELIVERED])
    ]
    push = partial(
        record_scans,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        scans=scans,
        now=LATER,
    )

    rush([push] * THREADS)

    kinds = rows("SELECT kind FROM orders_event WHERE order_id = %s ORDER BY id", [order_id])
    assert [kind for (kind,) in kinds] == ["placed", "paid", "shipped", "delivered"]
    assert len(shipping.scans_of(parcel.id)) == 2


def test_the_buyer_and_the_clock_confirm_and_complete_once() -> None:
    me, _, order_id = paid_order()
    parcel = send(order_id)
    scan = Scan(status=ParcelStatus.DELIVERED, description="", location="", at=LATER)
    record_scans(carrier=parcel.carrier, tracking_number=parcel.tracking_number, scans=[scan], now=LATER)
    in_a_month = LATER + timedelta(days=30)
    calls: list[Callable[[], object]] = [
        partial(confirm_receipt, order_id=order_id, buyer=me.buyer, now=LATER),
        *([partial(complete_due, in_a_month)] * (THREADS - 1)),
    ]

    rush(calls)
    complete_due(in_a_month + timedelta(days=30))

    kinds = [kind for (kind,) in rows("SELECT kind FROM orders_event WHERE order_id = %s", [order_id])]
    assert (kinds.count("received"), kinds.count("completed")) == (1, 1)
    assert ledger.balance("order_escrow").amount_minor == 0
    assert in_order()
