"""What people see at once: every change of an order goes to the pages that show it."""

from datetime import datetime

from jishi.kernel import live
from jishi.kernel.outbox import handler
from jishi.offering.catalog import services as catalog
from jishi.trade.orders import queries
from jishi.trade.orders.events import OrderCompleted, OrderMoved
from jishi.trade.shipping.events import ParcelScanned


@handler(own_transaction=True)
def tell_order(event: OrderMoved) -> None:
    """Push an order's new status to its own page, its trade's and its merchant's."""
    data = {
        "order_id": event.order_id,
        "status": event.status,
        "kind": event.name,
        "at": event.occurred_at,
    }
    for topic in (f"order:{event.order_id}", f"trade:{event.trade_id}", f"merchant:{event.merchant_id}"):
        live.publish(topic, "order_changed", data)


@handler(own_transaction=True)
def tell_parcel(event: ParcelScanned) -> None:
    """Push a parcel's new scans to the page of its order."""
    data = {
        "order_id": event.order_id,
        "parcel_id": event.parcel_id,
        "status": event.status,
        "at": event.occurred_at,
    }
    live.publish(f"order:{event.order_id}", "parcel_scanned", data)


def count_sales(event: OrderCompleted, *, now: datetime) -> None:
    """Count the pieces of a completed order that were kept as sold."""
    catalog.count_sold(queries.sold_pieces(event.order_id), now=now)
