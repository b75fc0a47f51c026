"""Step 6: what carries the goods, a line of its own per merchant and method, and what promotions and then coupons
take off it.

Of a merchant's freight coupons at most one counts: the one that takes most off what his promotions left, which is
exact, for they stand beside each other and beside the coupons on goods, which came before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jishi.kernel.money import Money
from jishi.offering.pricing.rules_draft import Draft, Eligible
from jishi.offering.pricing.rules_effects import freight_missing, freight_off
from jishi.offering.pricing.rules_promotions import covered_lines
from jishi.offering.pricing.types import (
    FreightCharge,
    NotApplied,
    Passed,
    PricedFreight,
    PriceStep,
    TraceStep,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightRules:
    """The rules that may lower freight, and what is left of their budgets; the buyer's coupons off freight, of which
    he may use the `chosen` (None: all).
    """

    rules: Sequence[Eligible] = ()
    left_minor: Mapping[str, int] = field(default_factory=dict)
    coupons: Sequence[Eligible] = ()
    chosen: frozenset[str] | None = None


@dataclass(slots=True, kw_only=True)
class FreightPriced:
    """Freight with what was taken off it."""

    freight: list[PricedFreight] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)


def freight(charges: Sequence[FreightCharge], draft: Draft, wish: FreightRules) -> FreightPriced:
    """Price freight; one rule at most lowers each merchant's, the first by priority, then the greatest, and one
    coupon what it left.

    A threshold measures what the discounts left of the goods it covers; freight is never spread over goods.
    """
    found = FreightPriced()
    for charge in sorted(charges, key=lambda charge: (charge.merchant_id, charge.method)):
        found.trace.append(_step(charge, charge.rule_id, charge.rule_version, charge.amount))
        saved = _lower(charge, draft, wish, found)
        saved += _use_coupon(charge, charge.amount.amount_minor - saved, draft, wish, found)
        found.freight.append(
            PricedFreight(
                merchant_id=charge.merchant_id,
                method=charge.method,
                amount=charge.amount,
                payable=charge.amount - Money(saved, charge.amount.currency),
            )
        )
    return found


def _lower(charge: FreightCharge, draft: Draft, wish: FreightRules, found: FreightPriced) -> int:
    """Take the best rule's amount off a charge and say why the others do not count; return minor units."""
    offered = [
        (one, *_saving(one, charge, draft, wish.left_minor))
        for one in wish.rules
        if one.rule.merchant_id == charge.merchant_id
    ]
    offered.sort(key=lambda one: (-one[0].rule.priority, -one[1], one[0].rule.id))
    best = next((one for one in offered if one[1]), None)
    for one, _, reason in offered:
        if best is None or one.rule.id != best[0].rule.id:
            found.passed.append(Passed(promotion_id=one.rule.id, reason=reason or NotApplied.NO_BETTER))
    if best is None:
        return 0
    rule, saved = best[0].rule, best[1]
    less = Money(-saved, charge.amount.currency)
    found.trace.append(_step(charge, rule.id, rule.version, less, best[0]))
    return saved


def _use_coupon(
    charge: FreightCharge, left_minor: int, draft: Draft, wish: FreightRules, found: FreightPriced
) -> int:
    """Take the best coupon off what is left of a charge and say why the others do not count; return minor units."""
    usable: list[tuple[int, Eligible]] = []
    for one in wish.coupons:
        if one.rule.merchant_id != charge.merchant_id:
            continue
        lines = covered_lines(draft)
        free = [lines[place] for place in one.places if place not in draft.held]
        saved = freight_off(one.rule.effect, free, left_minor)
        if saved:
            usable.append((saved, one))
            continue
        missing = freight_missing(one.rule.effect, free) if free and left_minor else 0
        reason = NotApplied.BELOW_THRESHOLD if missing else NotApplied.NOT_COMBINED
        found.passed.append(
            Passed(
                promotion_id=one.rule.id,
                reason=reason if left_minor else NotApplied.NO_FREIGHT,
                missing=missing,
            )
        )
    usable.sort(key=lambda one: (-one[0], one[1].rule.id))
    ids = [one.rule.id for _, one in usable]
    allowed = [one for one in ids if wish.chosen is None or one in wish.chosen]
    found.passed += [
        Passed(promotion_id=one, reason=NotApplied.NO_BETTER)
        for one in ids
        if one not in allowed[:1] and (one in allowed or one != ids[0])
    ]
    best = next((one for one in usable if one[1].rule.id in allowed), None)
    if best is None:
        return 0
    saved, rule = best[0], best[1].rule
    less = Money(-saved, charge.amount.currency)
    found.trace.append(_step(charge, rule.id, rule.version, less, best[1]))
    return saved


def _saving(
    one: Eligible, charge: FreightCharge, draft: Draft, left_minor: Mapping[str, int]
) -> tuple[int, NotApplied | None]:
    """Return what a rule takes off a charge, and why nothing."""
    free = [place for place in one.places if place not in draft.held]
    if not free or (one.rule.is_exclusive and draft.lowered.intersection(free)):
        return 0, NotApplied.NOT_COMBINED
    lines = covered_lines(draft)
    saved = freight_off(one.rule.effect, [lines[place] for place in free], charge.amount.amount_minor)
    if saved > left_minor.get(one.rule.id, saved):
        return 0, NotApplied.USED_UP
    return saved, None if saved else NotApplied.BELOW_THRESHOLD


def _step(
    charge: FreightCharge, rule_id: str, version: int, amount: Money, by: Eligible | None = None
) -> TraceStep:
    return TraceStep(
        step=PriceStep.FREIGHT,
        rule_id=rule_id,
        rule_version=version,
        amount=amount,
        merchant_id=charge.merchant_id,
        funders=list(by.rule.funders) if by else [],
    )
