"""Coupon templates made the way their owners make them."""

from datetime import UTC, datetime, timedelta

from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.coupons import services
from jishi.offering.coupons.types import CouponTemplateWish, TemplateStatus
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Tier, Tiers

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


def off_from(threshold_minor: int, amount_minor: int) -> Tiers:
    """Return so much off from so much on."""
    tier = Tier(threshold=threshold_minor, off=Off(amount_minor=amount_minor))
    return Tiers(measure=Measure.AMOUNT, tiers=(tier,))


def template_wish(**also: object) -> CouponTemplateWish:
    """Return what a template says whose coupons take ¥5 off ¥10 in the month around `NOW`."""
    fields: dict[str, object] = {
        "name": Text("满10减5", "¥5 off ¥10"),
        "effect": off_from(10_00, 5_00),
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=30),
    }
    return CouponTemplateWish(**{**fields, **also})  # type: ignore[arg-type]


def make_template(merchant_id: MerchantId | None = None, **also: object) -> CouponTemplateId:
    """Make a template and let it give; without a merchant it is the platform's and paid by it."""
    terms = also if merchant_id else {"funders": BY_PLATFORM} | also
    made = services.draft(merchant_id=merchant_id, wish=template_wish(**terms), staff_id=None, now=NOW)
    services.move(merchant_id=merchant_id, template_id=made, to=TemplateStatus.LIVE, staff_id=None, now=NOW)
    return made
