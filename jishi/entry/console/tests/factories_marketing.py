"""Promotions and events, made for tests of their desks."""

from datetime import timedelta

from jishi.entry.console.base import all_rows
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.clock import now
from jishi.kernel.ids import MerchantId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Tier, Tiers
from jishi.offering.promotions import services
from jishi.offering.promotions.models import PromotionRow
from jishi.offering.promotions.tests.factories import promotion_wish
from jishi.offering.promotions.types import PromotionStatus, PromotionWish

SPEND_300 = Tiers(measure=Measure.AMOUNT, tiers=(Tier(threshold=30_000, off=Off(amount_minor=5_000)),))
HALF_EACH = (
    FunderShare(funder=Funder.PLATFORM, basis_points=5_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=5_000),
)


def platform_wish(**also: object) -> PromotionWish:
    """Return what a promotion of the platform says that runs now."""
    fields: dict[str, object] = {
        "name": Text("跨店满减", "Spend and save"),
        "starts_at": now() - timedelta(days=1),
        "ends_at": now() + timedelta(days=9),
        "budget_minor": 1_000_000,
        "funders": HALF_EACH,
    }
    return promotion_wish(SPEND_300, **{**fields, **also})


def make_promotion_row(status: str = "live", *, merchant_id: MerchantId | None = None) -> PromotionRow:
    """Make a promotion, the platform's without a merchant."""
    wish = platform_wish(funders=() if merchant_id else HALF_EACH)
    made = services.draft(merchant_id=merchant_id, wish=wish, staff_id=None, now=now())
    for one in ("live", "paused") if status == "paused" else (status,):
        if one != "draft":
            services.move(
                merchant_id=merchant_id,
                promotion_id=made,
                to=PromotionStatus(one),
                staff_id=None,
                now=now(),
            )
    found: PromotionRow = all_rows(PromotionRow).get(id=made)
    return found


def merchants_promotion() -> PromotionRow:
    """Make a merchant's promotion."""
    return make_promotion_row(merchant_id=make_merchant())
