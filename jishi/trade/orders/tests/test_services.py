"""The verbs of an order on a real database."""

from datetime import timedelta
from uuid import uuid4

import pytest

from jishi.kernel.db import atomic, row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId, luhn_digit
from jishi.kernel.money import Money
from jishi.money.payments.types import PiecesToRefund, RefundLine
from jishi.offering.inventory.types import StockLine
from jishi.trade.orders import queries, services
from jishi.trade.orders.tests.factories import (
    NOW,
    WORKED_EXAMPLE,
    LineWish,
    OrderWish,
    make_paid_order,
    make_paid_trade,
    make_received_order,
    make_shipped_order,
    make_trade,
    ship,
)
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    FulfilmentStatus,
    OrderAtSale,
    OrderPaymentStatus,
    OrderStatus,
    PiecesWish,
)

pytestmark = pytest.mark.django_db


def test_a_trade_is_written_with_everything_frozen() -> None:
    trade = make_trade([WORKED_EXAMPLE, OrderWish(lines=[LineWish(quantity=3), LineWish()])])

    first, second = queries.orders_at_sale(trade.id)

    assert (first.total, first.freight) == (Money(7_500, "CNY"), Money(800, "CNY"))
    assert first.lines[0].payable == Money(6_700, "CNY")
    assert first.lines[0].commission_basis_points == 500
    assert [line.quantity for line in second.lines] == [3, 1]
    assert first.status is second.status is OrderStatus.AWAITING_PAYMENT
    assert _timeline(first.id) == ["placed"]
    assert first.number != second.number
    for order in (first, second):
        assert len(order.number) == 15
        assert order.number[:6] == "261124"
        assert int(order.number[-1]) == luhn_digit(order.number[:-1])


def test_the_recipient_is_not_readable_in_the_table() -> None:
    trade = make_trade()

    (sealed,) = row("SELECT recipient FROM orders_order WHERE trade_id = %s", [trade.id]) or ()

    assert "王小明".encode() not in bytes(sealed)
    assert b"13800138000" not in bytes(sealed)


def test_payment_moves_every_order_of_the_trade_once() -> None:
    trade = make_trade([OrderWish(), OrderWish()])

    with atomic():
        first = services.mark_paid(trade_id=trade.id, now=NOW)
    with atomic():
        second = services.mark_paid(trade_id=trade.id, now=NOW)

    assert sorted(first) == sorted(order.id for order in trade.orders)
    assert second == []
    assert {order.status for order in queries.orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}
    assert _timeline(trade.orders[0].id) == ["placed", "paid"]


def test_an_unpaid_order_closes_and_a_late_payment_reopens_it() -> None:
    trade = make_trade([OrderWish(lines=[LineWish(quantity=2)])])
    ids = [order.id for order in trade.orders]

    with atomic():
        closed = services.close(
            order_ids=ids, reason=CloseReason.UNPAID, actor=Actor.CLOCK, now=NOW + timedelta(minutes=30)
        )
    left = queries.stock_lines(ids)
    with atomic():
        reopened = services.reopen(trade_id=trade.id, now=NOW + timedelta(minutes=31))
        services.mark_paid(trade_id=trade.id, now=NOW + timedelta(minutes=31))

    assert closed == reopened == ids
    assert left == []
    assert [line.quantity for line in queries.stock_lines(ids)] == [2]
    assert _timeline(ids[0]) == ["placed", "closed_unpaid", "reopened", "paid"]


def test_a_cancelled_order_is_not_reopened_by_a_late_payment() -> None:
    trade = make_trade()
    with atomic():
        services.close(
            order_ids=[trade.orders[0].id],
            reason=CloseReason.CANCELLED_BY_BUYER,
            actor=Actor.BUYER,
            now=NOW,
        )

    with atomic():
        assert services.reopen(trade_id=trade.id, now=NOW) == []


def test_a_paid_order_is_never_closed_as_unpaid() -> None:
    trade = make_paid_trade()

    with atomic():
        closed = services.close(
            order_ids=[trade.orders[0].id], reason=CloseReason.UNPAID, actor=Actor.CLOCK, now=NOW
        )

    assert closed == []
    assert queries.order_at_sale(trade.orders[0].id).status is OrderStatus.AWAITING_SHIPMENT


def test_partial_shipments_add_up_to_a_shipped_order() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=3), LineWish(quantity=1)]))
    first = order.lines[0]

    ship(
        order.id,
        [PiecesWish(order_line_id=first.id, quantity=1), PiecesWish(order_line_id=first.id, quantity=1)],
    )
    partial = queries.order_at_sale(order.id)
    left = queries.stock_lines([order.id])
    ship(order.id)
    whole = queries.order_at_sale(order.id)

    assert partial.status is OrderStatus.PARTIALLY_SHIPPED
    assert [line.shipped_quantity for line in partial.lines] == [2, 0]
    assert sorted(line.quantity for line in left) == [1, 1]
    assert whole.status is OrderStatus.SHIPPED
    assert whole.fulfilment_status is FulfilmentStatus.SHIPPED
    assert [line.shipped_quantity for line in whole.lines] == [3, 1]
    assert _timeline(order.id)[2:] == ["partially_shipped", "shipped"]


def test_never_more_pieces_leave_than_were_ordered() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=2)]))
    line = order.lines[0]

    with pytest.raises(services.PiecesGone):
        ship(order.id, [PiecesWish(order_line_id=line.id, quantity=3)])
    ship(order.id)
    with pytest.raises(services.PiecesGone):
        ship(order.id)
    with pytest.raises(services.PiecesGone):
        ship(order.id, [PiecesWish(order_line_id=line.id, quantity=1)])

    assert queries.order_at_sale(order.id).lines[0].shipped_quantity == 2


def test_an_unpaid_order_is_not_shipped_nor_a_line_of_another_order() -> None:
    unpaid = make_trade().orders[0].id
    order, other = make_paid_order(), make_paid_order()

    with pytest.raises(services.PiecesGone):
        ship(unpaid)
    with pytest.raises(NotFound):
        ship(order.id, [PiecesWish(order_line_id=other.lines[0].id, quantity=1)])

    assert queries.order_at_sale(unpaid).status is OrderStatus.AWAITING_PAYMENT


def test_pieces_under_refund_are_not_shipped_and_their_stock_is_named() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=3)]))
    line = order.lines[0]

    freed = _reserve_refund(order, 2)

    assert [one.quantity for one in freed] == [2]
    assert [one.quantity for one in queries.stock_lines([order.id])] == [1]
    with pytest.raises(services.PiecesGone):
        ship(order.id, [PiecesWish(order_line_id=line.id, quantity=2)])
    ship(order.id)
    assert queries.order_at_sale(order.id).status is OrderStatus.SHIPPED


def test_refunding_the_rest_of_a_partly_shipped_order_makes_it_shipped() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=3)]))
    ship(order.id, [PiecesWish(order_line_id=order.lines[0].id, quantity=1)])

    freed = _reserve_refund(order, 2)

    assert [one.quantity for one in freed] == [2]
    assert queries.order_at_sale(order.id).status is OrderStatus.SHIPPED


def test_refunding_more_pieces_than_are_left_is_refused() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=3)]))

    _reserve_refund(order, 2)

    with pytest.raises(services.PiecesGone):
        _reserve_refund(order, 2)


def test_a_sent_piece_that_is_refunded_frees_no_stock() -> None:
    order = make_shipped_order(OrderWish(lines=[LineWish(quantity=2)]))

    assert _reserve_refund(order, 2) == []


def test_a_refund_shows_in_the_payment_column_and_the_whole_refund_closes() -> None:
    order = make_paid_order(
        OrderWish(lines=[LineWish(quantity=2, unit_price_minor=3_000)], freight_minor=500)
    )

    _reserve_refund(order, 1)
    partly = _refunded(order, pieces=1, payable_minor=3_000, amount_minor=3_000)
    partial = queries.order_at_sale(order.id)
    _reserve_refund(order, 1)
    wholly = _refunded(order, pieces=1, payable_minor=3_000, amount_minor=3_500)
    closed = queries.order_at_sale(order.id)

    assert partly is OrderStatus.AWAITING_SHIPMENT
    assert partial.payment_status is OrderPaymentStatus.PARTIALLY_REFUNDED
    assert wholly is closed.status is OrderStatus.CLOSED
    assert closed.payment_status is OrderPaymentStatus.REFUNDED
    assert closed.lines[0].refunded_quantity == 2


def test_a_completed_order_stays_completed_when_it_is_refunded() -> None:
    order = make_received_order(OrderWish(lines=[LineWish(unit_price_minor=3_000)]))
    with atomic():
        assert services.mark_completed(order_id=order.id, now=NOW)

    _reserve_refund(order, 1)
    _refunded(order, pieces=1, payable_minor=3_000, amount_minor=3_000)

    after = queries.order_at_sale(order.id)
    assert after.status is OrderStatus.COMPLETED
    assert after.payment_status is OrderPaymentStatus.REFUNDED


def test_delivery_receipt_and_completion_come_in_their_order_only() -> None:
    order = make_paid_order()
    with atomic():
        assert not services.mark_delivered(order_id=order.id, now=NOW)
        assert not services.mark_completed(order_id=order.id, now=NOW)
    ship(order.id)

    with atomic():
        assert services.mark_delivered(order_id=order.id, now=NOW)
        assert not services.mark_completed(order_id=order.id, now=NOW)
        assert services.mark_received(order_id=order.id, actor=Actor.BUYER, actor_id=order.buyer_id, now=NOW)
        assert not services.mark_received(order_id=order.id, actor=Actor.CLOCK, actor_id=None, now=NOW)
        assert services.mark_completed(order_id=order.id, now=NOW)

    assert _timeline(order.id) == ["placed", "paid", "shipped", "delivered", "received", "completed"]


def test_what_a_buyer_has_bought_leaves_out_what_was_closed() -> None:
    order = make_paid_order(OrderWish(lines=[LineWish(quantity=3)]))
    ((product_id, _),) = queries.sold_pieces(order.id)

    assert queries.bought_pieces(order.buyer_id, [product_id]) == {product_id: 3}
    with atomic():
        services.close(
            order_ids=[order.id], reason=CloseReason.CANCELLED_BY_MERCHANT, actor=Actor.MERCHANT, now=NOW
        )
    assert queries.bought_pieces(order.buyer_id, [product_id]) == {}


def test_locking_what_is_not_there() -> None:
    with pytest.raises(NotFound), atomic():
        services.lock_order_trade(OrderId(uuid4()))


def _reserve_refund(order: OrderAtSale, pieces: int) -> list[StockLine]:
    with atomic():
        return services.reserve_refund_pieces(
            order_id=order.id,
            lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=pieces)],
            now=NOW,
        )


def _refunded(order: OrderAtSale, *, pieces: int, payable_minor: int, amount_minor: int) -> OrderStatus:
    line = RefundLine(
        order_line_id=order.lines[0].id,
        quantity=pieces,
        payable=Money(payable_minor, "CNY"),
        platform_discount=Money(0, "CNY"),
        points_discount=Money(0, "CNY"),
        commission=Money(0, "CNY"),
        merchant_discount=Money(0, "CNY"),
    )
    with atomic():
        return services.note_refund(
            order_id=order.id, lines=[line], amount=Money(amount_minor, "CNY"), now=NOW
        )


def _timeline(order_id: OrderId) -> list[str]:
    return [
        kind for (kind,) in rows("SELECT kind FROM orders_event WHERE order_id = %s ORDER BY id", [order_id])
    ]
