"""From the warehouse to completion: parcels, scans, receipt, and the money's release."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings

from jishi.flows.complete import complete_due
from jishi.flows.receive import CannotConfirm, confirm_receipt
from jishi.flows.refund import request_refund
from jishi.flows.ship import NothingToShip, OneWarehousePerParcel, ship_order
from jishi.flows.tests.shopping import LATER, NOW, Shopper, make_goods, make_shopper, queued, send, stock_of
from jishi.flows.track import record_scans
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, OrderId, UserId, new_id
from jishi.money.ledger import queries as ledger
from jishi.money.payments import queries as payments
from jishi.money.payments.types import PiecesToRefund, RefundRequest
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.inventory import queries as inventory
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.orders import queries
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.types import FulfilmentStatus, OrderStatus, ParcelWish, PiecesWish
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.services import TrackingNumberUsed
from jishi.trade.shipping.types import Parcel, ParcelStatus, Scan

pytestmark = pytest.mark.django_db

STAFF = UserId(UUID(int=7))
CONFIRM_AFTER = timedelta(days=10)
RETURN_WINDOW = timedelta(days=7)


def bought(quantity: int = 3, stock: int = 10) -> tuple[Shopper, MadeProduct, OrderId]:
    """Return a buyer, what he bought and his paid order."""
    me, tea = make_shopper(), make_goods(6_800, stock=stock)
    return me, tea, me.buy_and_pay((tea.sku_id, quantity)).orders[0].id


def line_of(order_id: OrderId, quantity: int, index: int = 0) -> PiecesWish:
    line = queries.order_at_sale(order_id).lines[index]
    return PiecesWish(order_line_id=line.id, quantity=quantity)


def scan(parcel: Parcel, status: ParcelStatus, *, at: datetime = LATER) -> int:
    one = Scan(status=status, description="", location="", at=at)
    return record_scans(carrier=parcel.carrier, tracking_number=parcel.tracking_number, scans=[one], now=at)


def status(order_id: OrderId) -> OrderStatus:
    return queries.order_at_sale(order_id).status


# -- shipping -----------------------------------------------------------------------------------------------


def test_what_is_shipped_is_exactly_what_left_stock() -> None:
    _, tea, order_id = bought(3)

    first = send(order_id, line_of(order_id, 2))
    partial, left = status(order_id), stock_of(tea.sku_id)
    second = send(order_id)

    assert (partial, left) == (OrderStatus.PARTIALLY_SHIPPED, (8, 1))
    assert (status(order_id), stock_of(tea.sku_id)) == (OrderStatus.SHIPPED, (7, 0))
    assert [line.quantity for parcel in (first, second) for line in parcel.lines] == [2, 1]
    assert rows(
        "SELECT kind, quantity, reference FROM inventory_movement WHERE kind = 'shipped' ORDER BY id"
    ) == [
        ("shipped", -2, f"shunfeng {first.tracking_number}"),
        ("shipped", -1, f"shunfeng {second.tracking_number}"),
    ]
    assert inventory.violations() == []
    assert queued("flows.ship.follow_parcel") == 2


def test_never_more_than_ordered_and_nothing_of_a_refused_parcel_stays() -> None:
    _, tea, order_id = bought(2)

    with pytest.raises(PiecesGone):
        send(order_id, line_of(order_id, 3))
    send(order_id, number="SF0001")
    with pytest.raises(NothingToShip):
        send(order_id)

    assert stock_of(tea.sku_id) == (8, 0)
    assert len(shipping.parcels_of([order_id])[order_id]) == 1


def test_one_tracking_number_is_one_parcel_of_an_order() -> None:
    _, tea, order_id = bought(2)
    send(order_id, line_of(order_id, 1), number="SF0001")

    with pytest.raises(TrackingNumberUsed):
        send(order_id, number="SF0001")

    assert (status(order_id), stock_of(tea.sku_id)) == (OrderStatus.PARTIALLY_SHIPPED, (9, 1))


def test_a_parcel_leaves_from_one_warehouse() -> None:
    me, tea = make_shopper(), make_goods(6_800, stock=2)
    make_stock(tea.sku_id, 2, warehouse_id=make_warehouse(tea.merchant_id))
    order_id = me.buy_and_pay((tea.sku_id, 3)).orders[0].id

    with pytest.raises(OneWarehousePerParcel) as refused:
        send(order_id)
    for line_ids in refused.value.data["parcels"]:
        (wanted,) = [
            PiecesWish(order_line_id=line.id, quantity=line.quantity)
            for line in queries.order_at_sale(order_id).lines
            if str(line.id) in line_ids
        ]
        send(order_id, wanted)

    assert (status(order_id), stock_of(tea.sku_id)) == (OrderStatus.SHIPPED, (1, 0))
    assert inventory.violations() == []


def test_an_unpaid_order_is_not_shipped_nor_a_neighbours() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    unpaid = me.buy((tea.sku_id, 1)).orders[0].id
    paid = me.buy_and_pay((tea.sku_id, 1)).orders[0].id

    with pytest.raises(NothingToShip):
        send(unpaid)
    with pytest.raises(NotFound):
        _ship(paid, MerchantId(new_id()), ParcelWish(carrier="shunfeng", tracking_number="SF1"))
    with pytest.raises(Invalid):
        _ship(paid, tea.merchant_id, ParcelWish(carrier="pigeon", tracking_number="SF1"))

    assert stock_of(tea.sku_id) == (10, 2)


def _ship(order_id: OrderId, merchant_id: MerchantId, wish: ParcelWish) -> Parcel:
    return ship_order(order_id=order_id, merchant_id=merchant_id, wish=wish, staff=STAFF, now=LATER)


# -- scans --------------------------------------------------------------------------------------------------


def test_scans_move_the_parcel_and_the_last_one_the_order() -> None:
    _, _, order_id = bought(2)
    first, second = send(order_id, line_of(order_id, 1)), send(order_id)

    scan(first, ParcelStatus.DELIVERED)
    one_arrived = status(order_id)
    scan(second, ParcelStatus.IN_TRANSIT)
    scan(second, ParcelStatus.DELIVERED, at=LATER + timedelta(hours=1))

    assert one_arrived is OrderStatus.SHIPPED
    assert status(order_id) is OrderStatus.DELIVERED
    assert shipping.parcel(second.id).status is ParcelStatus.DELIVERED


def test_a_parcel_that_arrives_before_the_rest_is_sent_does_not_deliver_the_order() -> None:
    _, _, order_id = bought(2)
    first = send(order_id, line_of(order_id, 1))

    scan(first, ParcelStatus.DELIVERED)

    assert status(order_id) is OrderStatus.PARTIALLY_SHIPPED
    assert queries.order_at_sale(order_id).fulfilment_status is FulfilmentStatus.PARTIALLY_SHIPPED


def test_scans_of_an_unknown_number_are_nobodys() -> None:
    assert record_scans(carrier="shunfeng", tracking_number="SF404", scans=[], now=NOW) == 0


# -- receipt and completion ---------------------------------------------------------------------------------


def test_the_buyer_confirms_what_was_sent_once() -> None:
    me, _, order_id = bought()

    with pytest.raises(CannotConfirm):
        confirm_receipt(order_id=order_id, buyer=me.buyer, now=LATER)
    send(order_id)
    with pytest.raises(NotFound):
        confirm_receipt(order_id=order_id, buyer=make_shopper().buyer, now=LATER)
    confirm_receipt(order_id=order_id, buyer=me.buyer, now=LATER)
    with pytest.raises(CannotConfirm):
        confirm_receipt(order_id=order_id, buyer=me.buyer, now=LATER)

    assert status(order_id) is OrderStatus.RECEIVED


def test_time_confirms_completes_and_releases_the_money_in_its_order() -> None:
    _, tea, order_id = bought(2)
    scan(send(order_id), ParcelStatus.DELIVERED)
    assert settings.ENV.auto_confirm_days == CONFIRM_AFTER.days
    assert settings.ENV.return_window_days == RETURN_WINDOW.days
    confirmed_at = LATER + CONFIRM_AFTER

    moved = [complete_due(confirmed_at - timedelta(seconds=1)), complete_due(confirmed_at)]
    received = status(order_id)
    escrow_before = ledger.balance("order_escrow").amount_minor
    moved += [
        complete_due(confirmed_at + RETURN_WINDOW - timedelta(seconds=1)),
        complete_due(confirmed_at + RETURN_WINDOW),
        complete_due(confirmed_at + RETURN_WINDOW),
    ]

    assert moved == [0, 1, 0, 1, 0]
    assert (received, status(order_id)) == (OrderStatus.RECEIVED, OrderStatus.COMPLETED)
    assert (escrow_before, ledger.balance("order_escrow").amount_minor) == (13_600, 0)
    owed = ledger.balance(f"merchant_payable:{tea.merchant_id}").amount_minor
    assert (owed, ledger.balance("commission_revenue").amount_minor) == (12_920, 680)
    assert ledger.imbalance() == {}


def test_an_order_with_money_on_its_way_back_waits_and_holds_up_no_other() -> None:
    me, _, waiting = bought(2)
    _, _, ready = bought(1)
    for order_id in (waiting, ready):
        scan(send(order_id), ParcelStatus.DELIVERED)
    confirm_receipt(order_id=waiting, buyer=me.buyer, now=LATER)
    order = queries.order_at_sale(waiting)
    request_refund(
        merchant_id=order.merchant_id,
        order_id=waiting,
        request=RefundRequest(lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)]),
        staff=STAFF,
        now=LATER,
    )

    complete_due(LATER + CONFIRM_AFTER)
    complete_due(LATER + CONFIRM_AFTER + RETURN_WINDOW)

    assert len(payments.refunds_of([waiting])[waiting]) == 1
    assert (status(waiting), status(ready)) == (OrderStatus.RECEIVED, OrderStatus.COMPLETED)
