"""Promotions made the way their owners make them."""

from datetime import UTC, datetime, timedelta

from jishi.kernel.ids import MerchantId, PromotionId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import Effect, PieceOff
from jishi.offering.promotions import services
from jishi.offering.promotions.types import PromotionStatus, PromotionWish

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
TEN_PERCENT = PieceOff(off=Off(basis_points=1_000))


def promotion_wish(effect: Effect = TEN_PERCENT, **also: object) -> PromotionWish:
    """Return what a promotion of a month around `NOW` says."""
    fields: dict[str, object] = {
        "name": Text("冬季优惠", "Winter offer"),
        "effect": effect,
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=30),
    }
    return PromotionWish(**{**fields, **also})  # type: ignore[arg-type]


def make_promotion(
    merchant_id: MerchantId | None, effect: Effect = TEN_PERCENT, **also: object
) -> PromotionId:
    """Make a promotion and put it in force."""
    made = services.draft(
        merchant_id=merchant_id, wish=promotion_wish(effect, **also), staff_id=None, now=NOW
    )
    services.move(merchant_id=merchant_id, promotion_id=made, to=PromotionStatus.LIVE, staff_id=None, now=NOW)
    return made
