"""What each promotion took off, read from the trace, and which would take more than is left of its budget."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from jishi.kernel.ids import MerchantId, SkuId
from jishi.offering.pricing.rules_draft import Draft, Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.types import (
    PricedLine,
    PriceStep,
    RuleUse,
    TraceStep,
    UnitPrice,
    gift_of,
)


def uses(trace: Iterable[TraceStep], lines: Sequence[PricedLine], index: PromotionIndex) -> list[RuleUse]:
    """Return what each promotion of `index` took off each merchant's goods and freight, in minor units.

    A lower unit price took off what the next lowest legal one would have cost more. Coupons are not promotions.
    """
    found: defaultdict[tuple[str, MerchantId], int] = defaultdict(int)
    at_unit_price = _pieces_and_price(lines)
    for step in trace:
        if step.merchant_id is None or index.by_id.get(step.rule_id) is None:
            continue
        if step.step is PriceStep.UNIT_PRICE:
            amount = _below_the_next(step, at_unit_price)
        else:
            amount = -step.amount.amount_minor
        found[step.rule_id, step.merchant_id] += amount
    return [
        RuleUse(rule_id=rule_id, rule_version=_version(index, rule_id), merchant_id=of, amount_minor=amount)
        for (rule_id, of), amount in sorted(found.items())
    ]


def overspent(draft: Draft, offer: Offer | None) -> str | None:
    """Return the first rule, in the order of the steps, that takes more than is left of its budget; None when all
    keep to it.
    """
    if offer is None or not offer.left_minor:
        return None
    spent: defaultdict[str, int] = defaultdict(int)
    for one in uses(draft.trace, draft.lines, offer.index):
        spent[one.rule_id] += one.amount_minor
    named = (step.rule_id for step in draft.trace)
    return next((one for one in named if spent[one] > offer.left_minor.get(one, spent[one])), None)


def _pieces_and_price(lines: Sequence[PricedLine]) -> dict[SkuId, tuple[int, int]]:
    """Return how many pieces are bought of each SKU and what each costs: the same in all its lines."""
    found: dict[SkuId, tuple[int, int]] = {}
    for line in lines:
        if gift_of(line):
            continue
        pieces, _ = found.get(line.sku_id, (0, 0))
        found[line.sku_id] = pieces + line.quantity, line.unit_price.amount_minor
    return found


def _below_the_next(step: TraceStep, at_unit_price: dict[SkuId, tuple[int, int]]) -> int:
    """Return what a SKU costs less than at the next lowest price; counted with its first line, zero with the rest."""
    if step.sku_id is None or step.sku_id not in at_unit_price:
        return 0
    pieces, price = at_unit_price.pop(step.sku_id)
    return (_lowest(step.not_applied) - price) * pieces


def _lowest(prices: Sequence[UnitPrice]) -> int:
    return min(one.price.amount_minor for one in prices)


def _version(index: PromotionIndex, rule_id: str) -> int:
    found = index.by_id.get(rule_id)
    return found.version if found else 0


def limits_of(
    left: Mapping[str, tuple[int | None, int]], index: PromotionIndex
) -> tuple[frozenset[str], dict[str, int]]:
    """Return which rules are used up, and what is left of the budgets of the others.

    `left` says of each rule what is left of its budget (None without one) and how many orders of this buyer use it.
    """
    used_up = {
        rule_id
        for rule_id, (budget, orders) in left.items()
        if (budget is not None and budget <= 0) or _has_had(index, rule_id, orders)
    }
    budgets = {
        rule_id: budget
        for rule_id, (budget, _) in left.items()
        if budget is not None and rule_id not in used_up
    }
    return frozenset(used_up), budgets


def _has_had(index: PromotionIndex, rule_id: str, orders: int) -> bool:
    rule = index.by_id.get(rule_id)
    return rule is not None and rule.per_buyer_max is not None and orders >= rule.per_buyer_max
