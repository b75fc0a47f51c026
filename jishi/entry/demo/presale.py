"""The demo's pre-sale: one product is always sold ahead, made as a merchant makes it."""

from datetime import datetime, timedelta

from jishi.kernel.db import row, rows
from jishi.kernel.ids import PresaleId, SkuId
from jishi.offering.catalog import queries as catalog
from jishi.offering.inventory import queries as inventory
from jishi.offering.presale import services
from jishi.offering.presale.types import PresaleWish

QUOTA = 30
PIECES_MIN = 3 * QUOTA  # ordinary buyers keep most of the stock
PRICE_MIN_MINOR = 10_000
DEPOSITS = timedelta(days=7)
BALANCES = timedelta(days=3)
SHIPPING = timedelta(days=4)

_POOL = """
SELECT DISTINCT ON (p.id) s.id FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
WHERE p.status = 'live' AND p.per_buyer_limit IS NULL AND s.is_active ORDER BY p.id, s.id LIMIT 200
"""


def plan(*, now: datetime) -> PresaleId | None:
    """Sell something ahead unless something is; return the pre-sale that was made. Safe to call again."""
    if row("SELECT 1 FROM presale WHERE deposit_until_at > %s AND stopped_at IS NULL LIMIT 1", [now]):
        return None
    pool = [SkuId(sku_id) for (sku_id,) in rows(_POOL)]
    available = inventory.availability(pool)
    skus = catalog.skus_for_sale(pool)
    for sku_id in pool:
        sku = skus[sku_id]
        if sku.is_for_sale and available[sku_id] >= PIECES_MIN and sku.price.amount_minor >= PRICE_MIN_MINOR:
            wish = _wish(sku_id, sku.price.amount_minor, now)
            return services.make(merchant_id=sku.merchant_id, wish=wish, staff_id=None, now=now)
    return None


def _wish(sku_id: SkuId, price_minor: int, now: datetime) -> PresaleWish:
    """Return a deposit of a tenth that counts as a fifth."""
    deposit_minor = price_minor // 1_000 * 100
    until = now + DEPOSITS
    return PresaleWish(
        sku_id=sku_id,
        price_minor=price_minor,
        deposit_minor=deposit_minor,
        worth_minor=2 * deposit_minor,
        deposit_from_at=now,
        deposit_until_at=until,
        balance_from_at=until,
        balance_until_at=until + BALANCES,
        ship_by_at=until + BALANCES + SHIPPING,
        quota=QUOTA,
        per_buyer_max=2,
        returns_deposit=False,
    )
