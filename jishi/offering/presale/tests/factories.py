"""Pre-sales made the way they come about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jishi.kernel.ids import PresaleId, SkuId
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.presale import services
from jishi.offering.presale.types import PresaleWish

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BALANCE_FROM = NOW + 2 * DAY
BALANCE_UNTIL = NOW + 4 * DAY


def wish_for(sku_id: SkuId, **changes: Any) -> PresaleWish:
    """Return a pre-sale at 100.00: a deposit of 10.00 counts as 20.00, so a piece costs 90.00 in the end."""
    wish = PresaleWish(
        sku_id=sku_id,
        price_minor=10_000,
        deposit_minor=1_000,
        worth_minor=2_000,
        deposit_from_at=NOW,
        deposit_until_at=NOW + DAY,
        balance_from_at=BALANCE_FROM,
        balance_until_at=BALANCE_UNTIL,
        ship_by_at=NOW + 7 * DAY,
        quota=5,
        per_buyer_max=2,
        returns_deposit=False,
    )
    return replace(wish, **changes)


def make_presale(goods: MadeProduct, **changes: Any) -> PresaleId:
    """Let the merchant of goods sell their first SKU ahead; it takes deposits from now on."""
    return services.make(
        merchant_id=goods.merchant_id, wish=wish_for(goods.sku_id, **changes), staff_id=None, now=NOW
    )
