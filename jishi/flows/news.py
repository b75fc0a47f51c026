"""What people see at once: every change of an order goes to the pages that show it."""

from datetime import datetime

from django.conf import settings

from jishi.community.reviews import queries as reviews
from jishi.community.reviews.events import ReviewWritten
from jishi.discovery.behaviour import services as behaviour
from jishi.discovery.content import services as content
from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.types import News
from jishi.kernel import live
from jishi.kernel.outbox import handler
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.events import ListingMoved, ProductPublished
from jishi.trade.orders import queries
from jishi.trade.orders.events import OrderCompleted, OrderMoved, OrderPaid, OrderShipped
from jishi.trade.shipping import queries as shipping
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


@handler(own_transaction=True)
def write_of_shipment(event: OrderShipped, *, now: datetime) -> None:
    """Write to the buyer that goods are on their way. Raises: NotSent, for the job runner to try again."""
    parcels = shipping.parcels_of([event.order_id])[event.order_id]
    if not parcels:  # nothing travels
        return
    order = queries.order_at_sale(event.order_id)
    notifications.tell(
        user_id=event.buyer_id,
        news=News.SHIPPED,
        params={
            "number": order.number,
            "tracking": parcels[-1].tracking_number,
            "url": f"{settings.ENV.public_url}/orders/{event.order_id}",
        },
        now=now,
    )


def count_sales(event: OrderCompleted, *, now: datetime) -> None:
    """Count the pieces of a completed order that were kept as sold."""
    catalog.count_sold(queries.sold_pieces(event.order_id), now=now)


def note_purchase(event: OrderPaid, *, now: datetime) -> None:
    """Keep for recommendations what a buyer paid for, if he allows it."""
    behaviour.note_bought(
        buyer=event.buyer_id,
        order_id=event.order_id,
        product_ids=[product_id for product_id, _ in queries.sold_pieces(event.order_id)],
        at=event.occurred_at,
        now=now,
    )


def rate_product(event: ReviewWritten, *, now: datetime) -> None:
    """Show on a product's card and page what all its reviews say together; those of other merchants' offers of it
    follow with the choice of the best one.
    """
    catalog.set_rating(event.product_id, reviews.summary(event.product_id).rating, now=now)


@handler(own_transaction=True)
def renew_home(_: ProductPublished | ListingMoved) -> None:
    """Let the home page be made anew: a product that it may show is new, changed, dearer or gone."""
    content.forget()
