"""A merchant sends goods: what leaves the books of stock is exactly what a parcel holds."""

from datetime import datetime

import msgspec

from jishi.identity.merchants import queries as merchants
from jishi.kernel import idempotency
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, OrderId, ParcelId, UserId
from jishi.kernel.jobs import job
from jishi.kernel.words import Text
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.types import StockLine
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import OrderAtSale, OrderStatus, ParcelWish
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping import services as parcels
from jishi.trade.shipping import services_carriers as carriers
from jishi.trade.shipping.types import PackedLine, Parcel


class NothingToShip(Conflict):
    """The order is not paid, closed, or everything of it was sent; `status` is what it is now."""

    code = "nothing_to_ship"
    message = Text(zh="该订单没有可发货的商品", en="There is nothing to ship in this order")


class OneWarehousePerParcel(Conflict):
    """The pieces lie in several warehouses; `parcels` groups the order lines by where they are."""

    code = "one_warehouse_per_parcel"
    message = Text(
        zh="商品分布在多个仓库,请按仓库分别发货",
        en="The goods lie in several warehouses; send a parcel from each",
    )


def ship_order(
    *,
    order_id: OrderId,
    merchant_id: MerchantId,
    wish: ParcelWish,
    staff: UserId,
    key: str | None = None,
    now: datetime,
) -> Parcel:
    """Send pieces of an order, all that are left when the wish names none, in one parcel.

    Without a tracking number the carrier gives one; the same `key` again is the same parcel. Raises: NotFound;
    NothingToShip, PiecesGone, OneWarehousePerParcel, TrackingNumberUsed, KeyReused (409); Invalid (422);
    CarrierAway (503).
    """
    request = msgspec.json.encode(["parcel", order_id, wish])
    if key and (sent := idempotency.known(owner=merchant_id, key=key, request=request)):
        return shipping.parcel(ParcelId(sent))
    carriers.require_carrier(wish.carrier)
    order = queries.order_at_sale(order_id)
    if order.merchant_id != merchant_id:
        raise NotFound
    if order.status not in {OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPED}:
        raise NothingToShip(status=order.status)
    number = wish.tracking_number or _label(order, wish.carrier, now)
    with atomic():
        claimed = idempotency.claim(owner=merchant_id, key=key, request=request) if key else None
        if claimed and not claimed.is_new:
            return shipping.parcel(ParcelId(claimed.the_result))
        services.lock_order_trade(order_id)
        packed = services.note_shipped(order_id=order_id, wanted=wish.lines, staff_id=staff, now=now)
        _require_one_warehouse(packed)
        inventory.ship(
            _stock_lines(order_id, packed), reference=f"{wish.carrier} {number}", now=now, staff_id=staff
        )
        parcel_id = parcels.create_parcel(
            order_id=order_id,
            buyer_id=order.buyer_id,
            merchant_id=merchant_id,
            carrier=wish.carrier,
            tracking_number=number,
            lines=packed,
            now=now,
        )
        follow_parcel.defer(parcel_id=parcel_id)
        if claimed:
            idempotency.finish(claimed, parcel_id)
    return shipping.parcel(parcel_id)


@job()
def follow_parcel(*, parcel_id: ParcelId, now: datetime) -> None:
    """Ask the carrier to tell us where a parcel is. Asking twice is no mistake."""
    parcel = shipping.parcel(parcel_id)
    carriers.subscribe(carrier=parcel.carrier, tracking_number=parcel.tracking_number, now=now)


def _label(order: OrderAtSale, carrier: str, now: datetime) -> str:
    """Order a label before the transaction; one that was not used is given again for the same key."""
    sender = merchants.profile(order.merchant_id)
    return carriers.order_label(
        carrier=carrier,
        label_key=f"{order.number}-{shipping.parcel_count(order.id) + 1}",
        sender=carriers.Sender(name=sender.contact_name, phone=sender.contact_phone, address=sender.name.zh),
        recipient=queries.recipient(order.id),
        goods=order.number,
        now=now,
    )


def _require_one_warehouse(packed: list[PackedLine]) -> None:
    by_warehouse: dict[str, list[str]] = {}
    for line in packed:
        by_warehouse.setdefault(str(line.warehouse_id), []).append(str(line.order_line_id))
    if len(by_warehouse) > 1:
        raise OneWarehousePerParcel(parcels=list(by_warehouse.values()))


def _stock_lines(order_id: OrderId, packed: list[PackedLine]) -> list[StockLine]:
    return [
        StockLine(
            owner_id=order_id,
            sku_id=line.sku_id,
            warehouse_id=line.warehouse_id,
            quantity=line.quantity,
        )
        for line in packed
    ]
