"""However an order ends, nothing of it stays behind: no reserved piece, no money in escrow, nothing to ship."""

from datetime import timedelta
from uuid import UUID

import pytest

from jishi.flows import invariants, refund
from jishi.flows.cancel import cancel_order
from jishi.flows.complete import complete_due
from jishi.flows.receive import confirm_receipt
from jishi.flows.ship import NothingToShip
from jishi.flows.tests.factories import finish_refund
from jishi.flows.tests.shopping import (
    LATER,
    NOW,
    make_goods,
    make_shopper,
    queued,
    send,
    stock_of,
)
from jishi.flows.track import record_scans
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, RefundId, SkuId, UserId
from jishi.kernel.money import Money
from jishi.money.payments import queries as payments
from jishi.money.payments.types import PiecesToRefund, RefundReason, RefundRequest
from jishi.trade.orders import queries
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.types import CloseReason, OrderStatus, PiecesWish
from jishi.trade.shipping.types import Parcel, ParcelStatus, Scan

pytestmark = pytest.mark.django_db

STAFF = UserId(UUID(int=7))
MUCH_LATER = NOW + timedelta(days=40)


def bought(*quantities: int, stock: int = 10) -> tuple[UserId, list[SkuId], OrderId]:
    """Return a buyer, the SKUs he bought of one merchant and his paid order."""
    me, goods = make_shopper(), make_goods(*[1_000 * (n + 1) for n in range(len(quantities))], stock=stock)
    trade = me.buy_and_pay(*zip(goods.sku_ids, quantities, strict=True))
    return me.buyer, list(goods.sku_ids), trade.orders[0].id


def ask(order_id: OrderId, request: RefundRequest) -> RefundId:
    opened = refund.request_refund(
        merchant_id=queries.order_at_sale(order_id).merchant_id,
        order_id=order_id,
        request=request,
        staff=STAFF,
        now=LATER,
    )
    return opened.id


def everything(order_id: OrderId) -> RefundRequest:
    lines = queries.order_at_sale(order_id).lines
    return RefundRequest(
        lines=[PiecesToRefund(order_line_id=line.id, quantity=line.quantity) for line in lines],
        reason="缺货",
    )


def pieces(order_id: OrderId, quantity: int, index: int = 0) -> RefundRequest:
    line = queries.order_at_sale(order_id).lines[index]
    return RefundRequest(lines=[PiecesToRefund(order_line_id=line.id, quantity=quantity)])


def amount(order_id: OrderId) -> RefundRequest:
    """Ask for all the money of the goods back, and the freight."""
    at_sale = queries.order_at_sale(order_id)
    return RefundRequest(amount=at_sale.total - at_sale.freight, freight=True, reason="商家补偿")


def status(order_id: OrderId) -> OrderStatus:
    return queries.order_at_sale(order_id).status


def scan(parcel: Parcel, *states: ParcelStatus) -> None:
    scans = [
        Scan(status=state, description="", location="", at=LATER + timedelta(hours=hour))
        for hour, state in enumerate(states, start=1)
    ]
    record_scans(carrier=parcel.carrier, tracking_number=parcel.tracking_number, scans=scans, now=LATER)


# -- a merchant who cannot send ------------------------------------------------------------------------------


def test_a_merchant_cancels_a_paid_order_by_refunding_all_of_it() -> None:
    _, (tea, cup), order_id = bought(3, 2)

    opened = ask(order_id, everything(order_id))

    # At once: the pieces are on sale again and can no longer be sent.
    assert (stock_of(tea), stock_of(cup)) == ((10, 0), (10, 0))
    with pytest.raises(PiecesGone):
        send(order_id)
    finish_refund(opened)
    # When the money is back: closed, and said so.
    assert status(order_id) is OrderStatus.CLOSED
    assert rows("SELECT close_reason, unsent_count FROM orders_order WHERE id = %s", [order_id]) == [
        (CloseReason.REFUNDED.value, 0)
    ]
    with pytest.raises(NothingToShip):
        send(order_id)
    paid = queries.order_at_sale(order_id).total
    assert [(one.amount, one.status.value) for one in payments.refunds_of([order_id])[order_id]] == [
        (paid, "done")
    ]
    assert rows("SELECT count(*) FROM kernel_outbox") != [(0,)]
    assert invariants.check() == []


# -- all the money back, pieces unsent -----------------------------------------------------------------------


def test_all_the_money_back_by_amount_frees_what_was_never_sent() -> None:
    _, (tea,), order_id = bought(3)
    finish_refund(ask(order_id, amount(order_id)))
    assert status(order_id) is OrderStatus.CLOSED
    assert stock_of(tea) == (10, 0)
    assert invariants.check() == []


def test_all_the_money_back_of_a_partly_sent_order_frees_the_rest() -> None:
    _, (tea,), order_id = bought(3)
    line = queries.order_at_sale(order_id).lines[0]
    send(order_id, PiecesWish(order_line_id=line.id, quantity=1))
    finish_refund(ask(order_id, amount(order_id)))
    assert status(order_id) is OrderStatus.CLOSED
    assert stock_of(tea) == (9, 0)
    assert invariants.check() == []


def test_what_was_sent_while_the_money_was_on_its_way_is_not_freed() -> None:
    _, (tea,), order_id = bought(3)
    opened = ask(order_id, amount(order_id))
    send(order_id)
    finish_refund(opened)
    assert (status(order_id), stock_of(tea)) == (OrderStatus.CLOSED, (7, 0))
    assert invariants.check() == []


def test_pieces_and_amounts_and_a_cancellation_in_any_order_end_clean() -> None:
    buyer, (tea, cup), order_id = bought(3, 2)
    first = ask(order_id, pieces(order_id, 1))
    second = ask(order_id, RefundRequest(amount=Money(150, "CNY")))
    cancel_order(order_id=order_id, buyer=buyer, reason="不要了", now=LATER)
    (third,) = [
        one.id for one in payments.refunds_of([order_id])[order_id] if one.reason is RefundReason.CANCELLED
    ]
    for opened in (third, first, second):
        finish_refund(opened)
    order = queries.order_at_sale(order_id)
    assert (order.status, order.payment_status.value) == (OrderStatus.CLOSED, "refunded")
    assert (stock_of(tea), stock_of(cup)) == ((10, 0), (10, 0))
    assert invariants.check() == []


# -- lost on the way -----------------------------------------------------------------------------------------


def test_a_parcel_lost_whole_ends_when_its_money_is_back() -> None:
    _, (tea,), order_id = bought(2)
    parcel = send(order_id)
    scan(parcel, ParcelStatus.COLLECTED, ParcelStatus.EXCEPTION, ParcelStatus.LOST)
    assert status(order_id) is OrderStatus.SHIPPED
    finish_refund(ask(order_id, amount(order_id)))
    assert (status(order_id), stock_of(tea)) == (OrderStatus.CLOSED, (8, 0))
    assert invariants.check() == []


@pytest.mark.parametrize("is_refund_first", [False, True])
def test_an_order_of_which_one_parcel_was_lost_and_refunded_completes_by_itself(
    is_refund_first: bool,
) -> None:
    _, (_tea, _cup), order_id = bought(1, 1)
    lines = queries.order_at_sale(order_id).lines
    arrived, lost = (
        send(order_id, PiecesWish(order_line_id=line.id, quantity=1), number=f"SF{line.id.hex[-10:]}")
        for line in lines
    )
    scan(lost, ParcelStatus.COLLECTED, ParcelStatus.EXCEPTION, ParcelStatus.LOST)
    if is_refund_first:
        finish_refund(ask(order_id, pieces(order_id, 1, index=1)))
        scan(arrived, ParcelStatus.COLLECTED, ParcelStatus.DELIVERED)
    else:
        scan(arrived, ParcelStatus.COLLECTED, ParcelStatus.DELIVERED)
        assert status(order_id) is OrderStatus.SHIPPED
        finish_refund(ask(order_id, pieces(order_id, 1, index=1)))
    assert status(order_id) is OrderStatus.DELIVERED
    complete_due(MUCH_LATER)
    complete_due(MUCH_LATER + timedelta(days=8))
    assert status(order_id) is OrderStatus.COMPLETED
    assert invariants.check() == []


def test_a_partly_sent_order_ends_when_the_rest_is_refunded_and_the_buyer_confirms() -> None:
    buyer, _, order_id = bought(3)
    line = queries.order_at_sale(order_id).lines[0]
    send(order_id, PiecesWish(order_line_id=line.id, quantity=1))
    finish_refund(ask(order_id, pieces(order_id, 2)))
    assert status(order_id) is OrderStatus.SHIPPED
    confirm_receipt(order_id=order_id, buyer=buyer, now=LATER)
    complete_due(MUCH_LATER)
    assert status(order_id) is OrderStatus.COMPLETED
    assert invariants.check() == []


def test_nothing_is_left_to_be_told_of_twice() -> None:
    buyer, _, order_id = bought(1)
    cancel_order(order_id=order_id, buyer=buyer, reason="", now=LATER)
    assert queued("flows.refund.execute") == 1
