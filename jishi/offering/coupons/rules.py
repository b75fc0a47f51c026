"""How a template may be written, how long its coupons are good, and what the price function takes of one."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta

from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.ids import CouponId, MerchantId, PromotionId
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.coupons.rules_lift import HOLDOUT_WAYS
from jishi.offering.coupons.types import CouponTemplateWish, TemplateStatus, Way
from jishi.offering.pricing.types_promotions import Promotion
from jishi.offering.promotions.rules import promotion_of
from jishi.offering.promotions.rules import require_sound as require_sound_promotion
from jishi.offering.promotions.types import PromotionWish

CODE_WAYS = frozenset({Way.CODE_SHARED, Way.CODE_ONCE})
MOVES = {
    TemplateStatus.DRAFT: {TemplateStatus.LIVE, TemplateStatus.ENDED},
    TemplateStatus.LIVE: {TemplateStatus.PAUSED, TemplateStatus.ENDED},
    TemplateStatus.PAUSED: {TemplateStatus.LIVE, TemplateStatus.ENDED},
    TemplateStatus.ENDED: set[TemplateStatus](),
}
_ANY_DAY = datetime(2020, 1, 1, tzinfo=UTC)


class TemplateMoveNotAllowed(Conflict):
    """A template cannot go from where it stands to where it was sent; both are in the data."""

    code = "coupon_template_move_not_allowed"
    message = Text(
        zh="券模板当前状态不能进行此操作", en="The coupon template cannot do that from where it stands"
    )


def require_move(now: TemplateStatus, to: TemplateStatus) -> None:
    """Check a change of status. Raises: TemplateMoveNotAllowed (409)."""
    if to not in MOVES[now]:
        raise TemplateMoveNotAllowed(status=now, wanted=to)


def require_sound(wish: CouponTemplateWish, merchant_id: MerchantId | None) -> None:
    """Check everything that needs no look at what was given. Raises: Invalid, naming the field."""
    times = [wish.valid_from, wish.valid_until, wish.claim_from, wish.claim_until]
    if any(one is not None and one.tzinfo is None for one in times):
        raise Invalid(field="valid_from")
    if (wish.valid_days is None) == (wish.valid_until is None) or (
        (wish.valid_from is None) != (wish.valid_until is None)
    ):
        raise Invalid(field="valid_days")
    if wish.valid_from and wish.valid_until and wish.valid_from >= wish.valid_until:
        raise Invalid(field="valid_until")
    if wish.claim_from and wish.claim_until and wish.claim_from >= wish.claim_until:
        raise Invalid(field="claim_until")
    if (wish.way is Way.SPEND) != (wish.spend_minor is not None):
        raise Invalid(field="spend_minor")
    if wish.holdout_percent and wish.way not in HOLDOUT_WAYS:
        raise Invalid(field="holdout_percent")
    require_sound_promotion(_as_promotion(wish, *validity(wish, _ANY_DAY)), merchant_id)


def validity(wish: CouponTemplateWish, given_at: datetime) -> tuple[datetime, datetime]:
    """Return from when until before when a coupon that is given at an instant is good."""
    if wish.valid_from is not None and wish.valid_until is not None:
        return wish.valid_from, wish.valid_until
    return given_at, given_at + timedelta(days=wish.valid_days or 0)


def birthdays_on(day: date) -> list[str]:
    """Return the days of the year ("MM-DD") that are kept on a day: in a common year the 28th of February is also
    the birthday of those born on the 29th.
    """
    own = f"{day:%m-%d}"
    return [own, "02-29"] if own == "02-28" and not isleap(day.year) else [own]


def as_rule(
    coupon_id: CouponId,
    version: int,
    merchant_id: MerchantId | None,
    wish: CouponTemplateWish,
    valid_from: datetime,
    valid_until: datetime,
) -> Promotion:
    """Return a coupon as the price function takes it, under its own id."""
    terms = _as_promotion(wish, valid_from, valid_until)
    return promotion_of(PromotionId(coupon_id), version, merchant_id, terms, CURRENCY)


def _as_promotion(wish: CouponTemplateWish, starts_at: datetime, ends_at: datetime) -> PromotionWish:
    return PromotionWish(
        name=wish.name,
        effect=wish.effect,
        goods=wish.goods,
        audience=wish.audience,
        channels=wish.channels,
        starts_at=starts_at,
        ends_at=ends_at,
        stack_group=wish.stack_group,
        funders=wish.funders,
    )


def as_code(typed: str) -> str:
    """Return a code the way it is kept: in capitals, without the spaces and dashes people put into it."""
    return "".join(one for one in typed.upper() if one not in " -")
