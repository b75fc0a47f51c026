"""The demo's flash sales: every session of the next days has a few offers, applied for and accepted as real ones."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.ids import FlashItemId, SkuId
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.flash import queries, services
from jishi.offering.flash.types import FlashSession, FlashWish
from jishi.offering.inventory import queries as inventory

OFFERS = 8
QUOTA = 30
PIECES_MIN = 3 * QUOTA  # ordinary buyers keep most of the stock
PRICE_SHARE = (55, 60, 65, 70)  # percent of the usual price
PRICE_MIN_MINOR = 1_000
BEFORE = timedelta(hours=12)
RUSH = timedelta(hours=1)

# The older half: what was put on sale last stands on the first pages, and stays as it is.
_POOL = """
SELECT DISTINCT ON (p.id) s.id FROM catalog_sku s JOIN (
    SELECT id FROM catalog_product WHERE status = 'live' AND per_buyer_limit IS NULL
    ORDER BY id LIMIT (SELECT count(*) / 2 FROM catalog_product)
) p ON p.id = s.product_id WHERE s.is_active ORDER BY p.id, s.id
"""


def plan(*, now: datetime) -> int:
    """Fill the empty sessions that run or come within two days; return the offers made. Safe to call again."""
    services.open_sessions(now=now)
    empty = [one for one in queries.sessions(now=now) if not _has_offers(one)]
    return sum(_fill(session) for session in empty)


def sell_now(sku_id: str, pieces: int, *, now: datetime) -> dict[str, object] | None:
    """Sell so many pieces of a SKU in a session of its own that begins now; None when there is no such SKU."""
    sku = catalog.skus_for_sale([SkuId(UUID(sku_id))]).get(SkuId(UUID(sku_id)))
    if sku is None:
        return None
    session_id = services.add_session(starts_at=now, ends_at=now + RUSH, now=now - BEFORE)
    (session,) = (one for one in queries.sessions(now=now) if one.id == session_id)
    item_id = _offer(session, sku, PRICE_SHARE[0], pieces)
    services.preheat(now=now)
    return {"item_id": str(item_id), "session_id": str(session_id), "sku_id": sku_id}


def _has_offers(session: FlashSession) -> bool:
    return row("SELECT 1 FROM flash_item WHERE session_id = %s LIMIT 1", [session.id]) is not None


def _fill(session: FlashSession) -> int:
    chance = random.Random(session.starts_at.isoformat())
    pool = [SkuId(sku_id) for (sku_id,) in rows(_POOL)]
    drawn = chance.sample(pool, min(len(pool), 5 * OFFERS))
    available = inventory.availability(drawn)
    skus = catalog.skus_for_sale(drawn)
    fit = [skus[one] for one in drawn if available[one] >= PIECES_MIN and _fits(skus[one])]
    for sku in fit[:OFFERS]:
        _offer(session, sku, chance.choice(PRICE_SHARE))
    return len(fit[:OFFERS])


def _fits(sku: SkuForSale) -> bool:
    return sku.is_for_sale and sku.price.amount_minor >= PRICE_MIN_MINOR


def _offer(session: FlashSession, sku: SkuForSale, share: int, quota: int = QUOTA) -> FlashItemId:
    """Apply and be accepted, the evening before: the demo's past is its own."""
    before = session.apply_until - BEFORE
    wish = FlashWish(
        flash_session_id=session.id,
        sku_id=sku.sku_id,
        price_minor=sku.price.amount_minor * share // 100,
        quota=quota,
    )
    item_id = services.apply(merchant_id=sku.merchant_id, wish=wish, staff_id=None, now=before)
    services.accept(item_id=item_id, staff_id=None, now=before)
    return item_id
