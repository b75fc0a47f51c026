"""How a promotion may be written, and what the price function takes of it."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import timedelta

from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.ids import MerchantId, PromotionId, SkuId
from jishi.kernel.money import BASIS_POINTS
from jishi.kernel.words import Text
from jishi.offering.pricing.rules import is_rising
from jishi.offering.pricing.types import Funder, FunderShare, Off
from jishi.offering.pricing.types_promotions import (
    ALL,
    Bundle,
    Effect,
    EveryPieces,
    FreightOff,
    Gift,
    LowerPrice,
    Mark,
    PieceOff,
    Promotion,
    Scope,
    Tiers,
)
from jishi.offering.promotions.types import PromotionStatus, PromotionWish

NAME_MAX = 60
LASTS_MAX = timedelta(days=366)
BY_MERCHANT = (FunderShare(funder=Funder.MERCHANT, basis_points=BASIS_POINTS),)
MOVES = {
    PromotionStatus.DRAFT: {PromotionStatus.LIVE, PromotionStatus.ENDED},
    PromotionStatus.LIVE: {PromotionStatus.PAUSED, PromotionStatus.ENDED},
    PromotionStatus.PAUSED: {PromotionStatus.LIVE, PromotionStatus.ENDED},
    PromotionStatus.ENDED: set[PromotionStatus](),
}


class PromotionMoveNotAllowed(Conflict):
    """A promotion cannot go from where it stands to where it was sent; both are in the data."""

    code = "promotion_move_not_allowed"
    message = Text(zh="活动当前状态不能进行此操作", en="The promotion cannot do that from where it stands")


def require_move(now: PromotionStatus, to: PromotionStatus) -> None:
    """Check a change of status. Raises: PromotionMoveNotAllowed (409)."""
    if to not in MOVES[now]:
        raise PromotionMoveNotAllowed(status=now, wanted=to)


def require_sound(wish: PromotionWish, merchant_id: MerchantId | None) -> None:
    """Check everything that needs no look at the goods. Raises: Invalid, naming the field."""
    if has_unstorable(asdict(wish)):
        raise Invalid(field="name")
    if not 1 <= len(wish.name.zh.strip()) <= NAME_MAX or len(wish.name.en) > NAME_MAX:
        raise Invalid(field="name")
    if wish.starts_at.tzinfo is None or wish.ends_at.tzinfo is None:
        raise Invalid(field="starts_at")
    if not timedelta() < wish.ends_at - wish.starts_at <= LASTS_MAX:
        raise Invalid(field="ends_at")
    if not is_sound(wish.effect):
        raise Invalid(field="effect")
    if isinstance(wish.effect, FreightOff | Gift) and merchant_id is None:
        raise Invalid(field="effect")  # freight is the merchant's, and so are gifts
    shares = [share.basis_points for share in wish.funders]
    is_own = merchant_id is not None
    if (is_own and wish.funders) or (not is_own and (sum(shares) != BASIS_POINTS or min(shares) < 0)):
        raise Invalid(field="funders")
    if len({share.funder for share in wish.funders}) < len(shares):
        raise Invalid(field="funders")


def is_sound(effect: Effect) -> bool:
    """Tell whether an effect does what its kind says for every cart."""
    match effect:
        case LowerPrice():
            return True
        case PieceOff():
            return _takes(effect.off)
        case FreightOff():
            return _takes(effect.off)
        case EveryPieces():
            return effect.every > effect.reduced and effect.basis_points > 0
        case Tiers():
            thresholds = [tier.threshold for tier in effect.tiers]
            return (
                len(set(thresholds)) == len(thresholds)
                and all(_takes(tier.off) for tier in effect.tiers)
                and is_rising(effect)
                and (not effect.is_each or (len(thresholds) == 1 and not effect.tiers[0].off.basis_points))
            )
        case Bundle():
            named = [sku_id for part in effect.parts for sku_id in part.sku_ids]
            return len(set(named)) == len(named) and sum(part.pieces for part in effect.parts) > 1
        case Gift():
            gifts = {part.sku_id for part in effect.gifts}
            is_choice = len(gifts) > 1 or not effect.is_chosen
            return len(gifts) == len(effect.gifts) and is_choice and (effect.is_each or not effect.times_max)


def named_skus(effect: Effect) -> set[SkuId]:
    """Return the SKUs that an effect names itself, whatever goods are chosen."""
    if isinstance(effect, LowerPrice):
        return set(effect.prices)
    if isinstance(effect, Gift):
        return {part.sku_id for part in effect.gifts}
    return {one for part in effect.parts for one in part.sku_ids} if isinstance(effect, Bundle) else set()


def promotion_of(
    promotion_id: PromotionId,
    version: int,
    merchant_id: MerchantId | None,
    wish: PromotionWish,
    currency: str,
) -> Promotion:
    """Return a kept promotion as the price function takes it."""
    return Promotion(
        id=str(promotion_id),
        version=version,
        name=wish.name,
        effect=wish.effect,
        funders=wish.funders or BY_MERCHANT,
        currency=currency,
        merchant_id=merchant_id,
        scope=_scope(wish),
        audience=wish.audience,
        channels=wish.channels,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        priority=wish.priority,
        stack_group=wish.stack_group,
        is_exclusive=wish.is_exclusive,
        refunding=wish.refunding,
        budget_minor=wish.budget_minor,
        per_buyer_max=wish.per_buyer_max,
    )


def _takes(off: Off) -> bool:
    """One of an amount and a share, never both: nobody could say it in a sentence."""
    return (off.amount_minor > 0) != (off.basis_points > 0) and (off.cap_minor is None or off.cap_minor > 0)


def _scope(wish: PromotionWish) -> Scope:
    goods, effect = wish.goods, wish.effect
    marks = _marks("product", goods.product_ids) | _marks("category", goods.category_ids)
    marks |= _marks("brand", goods.brand_ids) | _marks("tag", goods.tags)
    if isinstance(effect, LowerPrice):
        marks = _marks("sku", effect.prices)
    elif isinstance(effect, Bundle):
        marks = _marks("sku", [sku_id for part in effect.parts for sku_id in part.sku_ids])
    return Scope(marks=marks or frozenset({ALL}), excluded=_marks("product", goods.excluded_product_ids))


def _marks(kind: str, ids: Collection[object]) -> frozenset[Mark]:
    return frozenset((kind, str(one)) for one in ids)
