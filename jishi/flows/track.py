"""Carriers tell where parcels are; orders follow."""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.db import atomic
from jishi.kernel.ids import OrderId, ParcelId
from jishi.kernel.outbox import publish
from jishi.trade.orders import queries, services
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping import services as parcels
from jishi.trade.shipping.events import ParcelScanned
from jishi.trade.shipping.types import Scan


def record_scans(*, carrier: str, tracking_number: str, scans: Sequence[Scan], now: datetime) -> int:
    """Take in scans of a tracking number, again and in any order; return how many parcels travel under it.

    An order all of whose pieces were sent is delivered with its last parcel; it does not wait for one that
    was lost and refunded.
    """
    found = shipping.tracked(carrier, tracking_number)
    for parcel_id, order_id in found:
        with atomic():
            _record(parcel_id, order_id, scans, now)
    return len(found)


def _record(parcel_id: ParcelId, order_id: OrderId, scans: Sequence[Scan], now: datetime) -> None:
    services.lock_order_trade(order_id)
    moved = parcels.record_scans(parcel_id=parcel_id, scans=scans, now=now)
    if moved.after is not moved.before and queries.has_arrived(order_id):
        services.mark_delivered(order_id=order_id, now=now)
    if moved.new_scans:
        publish(ParcelScanned(parcel_id=parcel_id, order_id=order_id, status=moved.after, occurred_at=now))
