"""What was bought lately, cart by cart: for pricing it anew."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.tables import id_floor
from jishi.kernel.words import CURRENCY
from jishi.offering.promotions.types_check import PastCart, PastCarts

COUNTED_MAX = 20_000
_OF_MERCHANT = (
    "o.merchant_id = %(merchant)s AND o.placed_at >= %(since)s",
    "o.id",
    "o.placed_at DESC, o.id DESC",
)
_OF_MARKET = "o.id >= %(floor)s AND o.placed_at >= %(since)s", "o.trade_id", "o.id DESC"
# What was bought by whom is never asked; a hash of the id chooses the sample, the same one each time.
_PAST = """
WITH recent AS (
    SELECT o.id, {cart} AS cart_id FROM orders_order o
    WHERE {whose} AND o.placed_at < %(until)s AND o.payment_status NOT IN ('unpaid', 'deposit_paid')
      AND o.currency = %(currency)s
    ORDER BY {latest} LIMIT %(counted)s
), carts AS (
    SELECT DISTINCT cart_id FROM recent
), chosen AS (
    SELECT cart_id FROM carts ORDER BY md5(cart_id::text), cart_id LIMIT %(at_most)s
)
SELECT (SELECT count(*) FROM carts), r.cart_id, l.sku_id, least(sum(l.quantity), 9999)::int
FROM chosen JOIN recent r USING (cart_id) JOIN orders_order_line l ON l.order_id = r.id
GROUP BY r.cart_id, l.sku_id ORDER BY r.cart_id, l.sku_id
"""


def past_carts(
    merchant_id: MerchantId | None, *, since: datetime, until: datetime, at_most: int
) -> PastCarts:
    """Return what was bought and paid for in [since, until): a merchant's orders, or the market's whole trades.

    At most `at_most` of the latest `COUNTED_MAX` orders, the same ones each time. One statement.
    """
    whose, cart, latest = _OF_MARKET if merchant_id is None else _OF_MERCHANT
    found = rows(
        _PAST.format(whose=whose, cart=cart, latest=latest),
        {
            "merchant": merchant_id,
            "floor": id_floor(since),
            "since": since,
            "until": until,
            "currency": CURRENCY,
            "counted": COUNTED_MAX,
            "at_most": at_most,
        },
    )
    pieces: dict[UUID, list[tuple[SkuId, int]]] = {}
    for _, cart_id, sku_id, quantity in found:
        pieces.setdefault(cart_id, []).append((SkuId(sku_id), quantity))
    return PastCarts(
        count=found[0][0] if found else 0,
        days=max(round((until - since).total_seconds() / 86_400), 1),
        carts=[PastCart(id=cart_id, pieces=tuple(held)) for cart_id, held in pieces.items()],
    )
