"""Two promotions on the same goods at the same time: whether both count, or one always stands back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.ids import SkuId
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import PromotionIndex
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions.rules_trial import Cart, buyer_for, covers, each, outcome, trial_carts

SKUS_TRIED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What becomes of two promotions together.

    `worst_minor` is the least that a piece of `sku_id` comes to where both count, before them `price_minor`.
    `has_lost`, `has_won`: in every cart that both wanted the first one, or the other one, stood back.
    """

    other: Promotion
    stacks: bool
    has_lost: bool
    has_won: bool
    covers_all: bool
    sku_id: SkuId | None = None
    worst_minor: int = 0
    price_minor: int = 0


def overlap(first: Promotion, other: Promotion, skus: Sequence[SkuForSale]) -> Overlap | None:
    """Try two promotions on carts of the goods that both cover; None when they never meet. `skus` are those that the
    first one covers.
    """
    at, buyer = _meeting(first, other), buyer_for(first, other)
    shared = [sku for sku in skus if covers(other, sku)]
    if at is None or buyer is None or not shared:
        return None
    tried = _few(shared)
    alone, beside = PromotionIndex([first]), PromotionIndex([other])
    both = PromotionIndex([first, other])
    wanted, lost, won, worst = 0, 0, 0, None
    for cart in trial_carts(tried, first.effect, other.effect):
        together = outcome(cart, both, buyer, at)
        if {first.id, other.id} <= together.applied:
            found = min((each(line), line.sku_id) for line in together.lines)
            worst = min(worst, found) if worst else found
        elif _both_want(cart, (first, alone), (other, beside), buyer, at):
            wanted += 1
            lost += first.id not in together.applied
            won += other.id not in together.applied
    prices = {sku.sku_id: sku.price.amount_minor for sku in tried}
    return Overlap(
        other=other,
        stacks=worst is not None,
        has_lost=worst is None and 0 < wanted == lost,
        has_won=worst is None and 0 < wanted == won,
        covers_all=len(shared) == len(skus) and _is_wider(other, first),
        sku_id=worst[1] if worst else None,
        worst_minor=worst[0] if worst else 0,
        price_minor=prices[worst[1]] if worst else 0,
    )


def _meeting(first: Promotion, other: Promotion) -> datetime | None:
    """Return the first instant of both; None without one."""
    starts = [one.starts_at for one in (first, other) if one.starts_at]
    ends = [one.ends_at for one in (first, other) if one.ends_at]
    at = max(starts, default=None)
    return at if at and all(at < end for end in ends) else None


def _both_want(
    cart: Cart,
    first: tuple[Promotion, PromotionIndex],
    other: tuple[Promotion, PromotionIndex],
    buyer: Buyer,
    at: datetime,
) -> bool:
    return all(rule.id in outcome(cart, index, buyer, at).applied for rule, index in (first, other))


def _is_wider(other: Promotion, first: Promotion) -> bool:
    """Tell whether another promotion is there whenever this one is, for all the buyers that this one is for."""
    if not (first.starts_at and first.ends_at and other.starts_at and other.ends_at):
        return False
    audience = other.audience
    return (
        other.starts_at <= first.starts_at
        and first.ends_at <= other.ends_at
        and (
            not audience.levels or (bool(first.audience.levels) and first.audience.levels <= audience.levels)
        )
        and (not audience.segments or first.audience.segments == audience.segments)
        and (not audience.is_new_only or first.audience.is_new_only)
        and (not other.channels or (bool(first.channels) and first.channels <= other.channels))
    )


def _few(skus: Sequence[SkuForSale]) -> list[SkuForSale]:
    """Return some of many, from the cheapest to the dearest."""
    ordered = sorted(skus, key=lambda sku: (sku.price.amount_minor, sku.sku_id))
    if len(ordered) <= SKUS_TRIED:
        return ordered
    step = (len(ordered) - 1) / (SKUS_TRIED - 1)
    return [ordered[round(place * step)] for place in range(SKUS_TRIED)]
