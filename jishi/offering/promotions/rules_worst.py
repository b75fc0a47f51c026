"""The least that covered goods can come to with a promotion and all that stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.ids import SkuId
from jishi.kernel.money import BASIS_POINTS
from jishi.offering.pricing.rules import PromotionIndex
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions.rules_trial import buyer_for, covers, each, outcome, trial_carts
from jishi.offering.promotions.types_check import SkuFacts

INSTANTS_MAX = 4
COMPANIONS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The least that a piece of a SKU comes to, in minor units, and how far below its price that is; `alone_minor`
    is with the promotion by itself, in the smallest cart that it lowers (None: it lowers none).
    """

    each_minor: int
    depth_basis_points: int
    alone_minor: int | None


def worst_prices(
    candidate: Promotion, others: Sequence[Promotion], facts: Sequence[SkuFacts]
) -> dict[SkuId, Worst]:
    """Return the worst price of each SKU in the carts that the candidate lowers; one it never lowers is left out."""
    buyer = buyer_for(candidate)
    if buyer is None or candidate.starts_at is None:
        return {}
    all_rules, alone = PromotionIndex([candidate, *others]), PromotionIndex([candidate])
    instants = _instants(candidate, others)
    found: dict[SkuId, Worst] = {}
    for one in facts:
        beside = [other.effect for other in others if covers(other, one.sku)][:COMPANIONS_MAX]
        single, least = None, None
        for cart in trial_carts([one.sku], candidate.effect, *beside):
            by_itself = outcome(cart, alone, buyer, candidate.starts_at)
            if single is None and candidate.id in by_itself.applied:
                single = each(by_itself.lines[0])
            for at in instants:
                together = outcome(cart, all_rules, buyer, at)
                if candidate.id in together.applied:
                    price = each(together.lines[0])
                    least = price if least is None else min(least, price)
        if least is not None:
            price = one.sku.price.amount_minor
            depth = (price - least) * BASIS_POINTS // price
            found[one.sku.sku_id] = Worst(each_minor=least, depth_basis_points=depth, alone_minor=single)
    return found | _of_bundles(candidate, alone, buyer, facts)


def _of_bundles(
    candidate: Promotion, alone: PromotionIndex, buyer: Buyer, facts: Sequence[SkuFacts]
) -> dict[SkuId, Worst]:
    """Return the worst prices of a bundle's parts: it takes nothing off one SKU by itself."""
    if candidate.effect.kind != "bundle" or candidate.starts_at is None:
        return {}
    found = {}
    for cart in trial_carts([one.sku for one in facts], candidate.effect):
        tried = outcome(cart, alone, buyer, candidate.starts_at)
        if candidate.id in tried.applied:
            for line in tried.lines:
                least, price = each(line), line.unit_price.amount_minor
                depth = (price - least) * BASIS_POINTS // max(price, 1)
                found[line.sku_id] = Worst(each_minor=least, depth_basis_points=depth, alone_minor=least)
    return found


def _instants(candidate: Promotion, others: Sequence[Promotion]) -> list[datetime]:
    """Return the beginnings within a promotion's time, its own first: what counts changes only there and at ends."""
    begin, end = candidate.starts_at, candidate.ends_at
    if begin is None or end is None:
        return []
    later = {other.starts_at for other in others if other.starts_at and begin < other.starts_at < end}
    return [begin, *sorted(later)[: INSTANTS_MAX - 1]]
