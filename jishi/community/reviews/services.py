"""Writing reviews and answering them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from jishi.community.reviews import queries
from jishi.community.reviews.events import ReviewWritten
from jishi.community.reviews.types import OwnReview, ReviewWish
from jishi.kernel import cache, hot
from jishi.kernel.db import atomic, row
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, OrderLineId, ProductId, ReviewId, UserId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_offers as offers
from jishi.offering.media import queries as media
from jishi.trade.orders import queries as orders


class NotReceived(Conflict):
    """Only who has the goods in hand can say how they are."""

    code = "not_received"
    message = Text(zh="确认收货后才能评价", en="You can review this once you have confirmed its receipt")


class ReviewedAlready(Conflict):
    """An order line is reviewed once."""

    code = "reviewed_already"
    message = Text(zh="该商品已评价", en="You have reviewed this already")


def write(
    *, buyer: UserId, order_line_id: OrderLineId, wish: ReviewWish, language: str, now: datetime
) -> OwnReview:
    """Keep what a buyer says of something he received; the same words again are the same review.

    Raises: NotFound, Invalid for a picture that is not there, NotReceived (409), ReviewedAlready (409).
    """
    bought = orders.bought_line(order_line_id, buyer=buyer)
    if not bought.is_received:
        raise NotReceived
    pictures = _pictures(wish)
    with atomic():
        values = {
            "id": new_id(),
            "line": order_line_id,
            "order": bought.order_id,
            "product": bought.product_id,
            "merchant": bought.merchant_id,
            "buyer": buyer,
            "stars": wish.stars,
            "text": wish.text.strip(),
            "pictures": pictures,
            "is_anonymous": wish.is_anonymous,
            "now": now,
        }
        written = row(_WRITE, values)
        if written is None:
            return queries.own(_same(values), language=language)
        review_id = ReviewId(written[0])
        publish(ReviewWritten(review_id=review_id, product_id=bought.product_id, occurred_at=now))
        _forget_on_commit(bought.product_id)
    return queries.own(review_id, language=language)


def reply(
    *, merchant_id: MerchantId, review_id: ReviewId, text: str, staff: UserId, language: str, now: datetime
) -> OwnReview:
    """Answer a review of one of the merchant's products, or word the answer anew. Raises: NotFound."""
    with atomic():
        found = row(
            "UPDATE reviews_review SET reply = %s, replied_at = %s, replied_by_id = %s "
            "WHERE id = %s AND merchant_id = %s RETURNING product_id",
            [text.strip(), now, staff, review_id, merchant_id],
        )
        if found is None:
            raise NotFound
        _forget_on_commit(found[0])
    return queries.own(review_id, language=language)


_WRITE = """
INSERT INTO reviews_review (id, order_line_id, order_id, product_id, merchant_id, buyer_id, stars, text, pictures,
                            is_anonymous, written_at, reply)
VALUES (%(id)s, %(line)s, %(order)s, %(product)s, %(merchant)s, %(buyer)s, %(stars)s, %(text)s, %(pictures)s,
        %(is_anonymous)s, %(now)s, '')
ON CONFLICT (order_line_id) DO NOTHING RETURNING id
"""
_SAME = """
SELECT id FROM reviews_review
WHERE order_line_id = %(line)s AND stars = %(stars)s AND text = %(text)s AND pictures = %(pictures)s::jsonb
  AND is_anonymous = %(is_anonymous)s
"""


def _same(values: dict[str, object]) -> ReviewId:
    found = row(_SAME, values)
    if found is None:
        raise ReviewedAlready
    return ReviewId(found[0])


def _pictures(wish: ReviewWish) -> str:
    """Return the entries to store, in the wished order. Raises: Invalid."""
    found = media.entries(None, wish.media_ids)
    if any(media_id not in found for media_id in wish.media_ids):
        raise Invalid(field="media_ids")
    return msgspec.json.encode([found[media_id] for media_id in dict.fromkeys(wish.media_ids)]).decode()


def _forget_on_commit(product_id: ProductId) -> None:
    forget(offers.siblings(product_id))


def forget(product_ids: Sequence[ProductId]) -> None:
    """Drop what was made of the reviews of products, once the caller's transaction is committed."""
    # A product's page begins with its reviews, and is kept with the product.
    tags = [tag(one) for one in product_ids for tag in (queries.tag, catalog.product_tag)]

    def drop() -> None:
        for tag in tags:
            cache.purge(tag)
            hot.forget(tag)

    transaction.on_commit(drop)
