"""The price function of docs/algorithms/pricing.md: a fixed sequence of steps over one draft."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money, total, zero
from jishi.offering.pricing.rules_claw_back import claw_backs, claw_backs_of, clawed_back, platform_part
from jishi.offering.pricing.rules_coupons import coupons
from jishi.offering.pricing.rules_draft import Draft, Earned, Offer, PriceWish, canonical
from jishi.offering.pricing.rules_effects import is_rising
from jishi.offering.pricing.rules_freight import FreightRules, freight
from jishi.offering.pricing.rules_points import points
from jishi.offering.pricing.rules_promotions import (
    eligible,
    item_promotions,
    lowered_prices,
    pieces_of,
    platform_promotions,
    store_promotions,
)
from jishi.offering.pricing.rules_scope import PromotionIndex, obstacle
from jishi.offering.pricing.rules_uses import limits_of, overspent, uses
from jishi.offering.pricing.types import (
    FreightCharge,
    NotApplied,
    Passed,
    Priced,
    PricedGift,
    PricedLine,
    PriceLine,
    PriceStep,
    PriceTier,
    TraceStep,
    UnitPrice,
)
from jishi.offering.pricing.types_claw_back import ClawBack
from jishi.offering.pricing.types_promotions import FreightOff

__all__ = [
    "Earned",
    "GoodsPriced",
    "Offer",
    "PromotionIndex",
    "claw_backs_of",
    "clawed_back",
    "goods_prices",
    "is_rising",
    "limits_of",
    "obstacle",
    "pieces_of",
    "platform_part",
    "price",
    "replay",
    "unit_price",
    "uses",
    "with_freight",
]

Step = Callable[[PriceWish, Draft], None]


def price(
    lines: Sequence[PriceLine],
    *,
    freight: Sequence[FreightCharge],
    currency: str,
    offer: Offer | None = None,
    points_minor: int = 0,
) -> Priced:
    """Price `lines` and the freight that carries them, all in `currency`, with the promotions of `offer` and points
    worth `points_minor`, of which no more are used than something is left of the goods.

    Lines come back in the order they were given, gifts that nothing earns left out; every amount is independent of
    it. Cost O(lines log lines + rules that cover a line). Raises: ProgrammingError for no pieces, a negative price or
    another currency.
    """
    return with_freight(
        goods_prices(lines, currency=currency, offer=offer), freight, points_minor=points_minor
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsPriced:
    """Goods with all their discounts, before anything carries them: freight thresholds measure `lines`."""

    lines: list[PricedLine]
    draft: Draft
    currency: str
    for_freight: FreightRules
    claw_backs: list[ClawBack]


def goods_prices(lines: Sequence[PriceLine], *, currency: str, offer: Offer | None = None) -> GoodsPriced:
    """Return what the goods cost, steps 1 to 5; lines in the given order. Raises: what `price` raises."""
    _check(lines, currency)
    order = sorted(range(len(lines)), key=lambda place: canonical(lines[place]))
    sorted_lines = [lines[place] for place in order]
    draft, for_freight = _draft(sorted_lines, currency, offer)
    while (spent := overspent(draft, offer)) or (ungiven := _ungiven(sorted_lines, draft)):
        if offer and spent:
            offer = replace(offer, used_up=offer.used_up | {spent})
        else:
            order = [place for number, place in enumerate(order) if number not in ungiven]
            sorted_lines = [lines[place] for place in order]
        draft, for_freight = _draft(sorted_lines, currency, offer)
    sold = {place: number for number, place in enumerate(sorted(order))}
    given = dict(zip(order, draft.lines, strict=True))
    return GoodsPriced(
        lines=[given[place] for place in sold],
        draft=draft,
        currency=currency,
        for_freight=for_freight,
        claw_backs=claw_backs(draft, [sold[place] for place in order]),
    )


def _ungiven(lines: Sequence[PriceLine], draft: Draft) -> set[int]:
    """Return the places of gifts that nothing earns: they are no part of the price."""
    return {place for place, line in enumerate(lines) if line.gift_of} - draft.given


def _draft(lines: Sequence[PriceLine], currency: str, offer: Offer | None) -> tuple[Draft, FreightRules]:
    rules, passed = eligible(offer, lines) if offer else ({}, [])
    chosen = offer.chosen if offer else None
    wish = PriceWish(lines=lines, currency=currency, rules=rules, chosen=chosen)
    draft = Draft(passed=passed)
    for step in STEPS:
        step(wish, draft)
    for_freight = FreightRules(
        rules=rules.get(PriceStep.FREIGHT, ()),
        left_minor=offer.left_minor if offer else {},
        coupons=[one for one in rules.get(PriceStep.COUPON, ()) if isinstance(one.rule.effect, FreightOff)],
        chosen=chosen,
    )
    return draft, for_freight


def with_freight(goods: GoodsPriced, charges: Sequence[FreightCharge], *, points_minor: int = 0) -> Priced:
    """Add what carries the goods, points, and the total: steps 6 to 8. Raises: ProgrammingError."""
    if any(one.amount.currency != goods.currency or one.amount.amount_minor < 0 for one in charges):
        raise ProgrammingError(f"freight is in {goods.currency} and not negative")
    draft = goods.draft
    carried = freight(charges, draft, goods.for_freight)
    lines, by_points = points(goods.lines, points_minor)
    payables = [line.payable for line in lines] + [one.payable for one in carried.freight]
    amount = total(payables, goods.currency)
    end = TraceStep(step=PriceStep.TOTAL, rule_id="total", rule_version=1, amount=amount)
    return Priced(
        lines=lines,
        freight=carried.freight,
        discounts=draft.discounts,
        total=amount,
        trace=[*draft.trace, *carried.trace, *by_points, end],
        passed=[*draft.passed, *carried.passed],
        nexts=draft.nexts,
        claw_backs=goods.claw_backs,
    )


def unit_prices(wish: PriceWish, draft: Draft) -> None:
    """Step 1: every line at the lowest price per piece that is legal; the others are named."""
    offered = lowered_prices(wish, draft)
    pieces = pieces_of(wish.lines)
    for place, line in enumerate(wish.lines):
        own = unit_prices_of(line.unit_price, line.tiers, pieces[line.sku_id])
        best, *others = sorted([*own, *offered.get(place, ())], key=lambda one: one.price.amount_minor)
        draft.lines.append(_at_unit_price(line, best.price))
        draft.trace.append(
            TraceStep(
                step=PriceStep.UNIT_PRICE,
                rule_id=best.rule_id,
                rule_version=best.rule_version,
                amount=draft.lines[place].amount,
                merchant_id=line.merchant_id,
                sku_id=line.sku_id,
                not_applied=others,
            )
        )
    applied = {step.rule_id for step in draft.trace}
    better = {one.rule_id for prices in offered.values() for one in prices} - applied
    draft.passed += [Passed(promotion_id=one, reason=NotApplied.NO_BETTER) for one in sorted(better)]


def unit_prices_of(single: Money, tiers: Sequence[PriceTier], pieces: int) -> list[UnitPrice]:
    """Return what one of so many pieces of a SKU may cost, the lowest first, which applies; then what does not."""
    wholesale = [
        UnitPrice(rule_id=f"wholesale_{tier.from_pieces}", price=tier.price)
        for tier in tiers
        if tier.from_pieces <= pieces
    ]
    found = [UnitPrice(rule_id="sku_price", price=single), *wholesale]
    return sorted(found, key=lambda one: one.price.amount_minor)


def unit_price(single: Money, tiers: Sequence[PriceTier], pieces: int) -> Money:
    """Return what one of so many pieces of a SKU costs."""
    return unit_prices_of(single, tiers, pieces)[0].price


# The order is part of the promise. Freight and points are steps of their own behind these: thresholds of freight
# measure what these left of the goods.
STEPS: tuple[Step, ...] = (
    unit_prices,
    item_promotions,
    store_promotions,
    platform_promotions,
    coupons,
)


def replay(trace: Iterable[TraceStep], currency: str) -> dict[MerchantId, Money]:
    """Return what each merchant's goods and freight cost, from the trace alone.

    Raises: ProgrammingError when the steps do not add up to the total they claim.
    """
    shares: defaultdict[MerchantId, Money] = defaultdict(lambda: zero(currency))
    claimed = zero(currency)
    for step in trace:
        if step.merchant_id is None:
            claimed += step.amount
        else:
            shares[step.merchant_id] += step.amount
    if total(list(shares.values()), currency) != claimed:
        raise ProgrammingError("the price trace does not add up")
    return dict(shares)


def _at_unit_price(line: PriceLine, unit: Money) -> PricedLine:
    amount = unit * line.quantity
    nothing = zero(amount.currency)
    kind = partial(PricedGift, gift_of=line.gift_of) if line.gift_of else PricedLine
    return kind(
        sku_id=line.sku_id,
        merchant_id=line.merchant_id,
        warehouse_id=line.warehouse_id,
        quantity=line.quantity,
        unit_price=unit,
        amount=amount,
        merchant_discount=nothing,
        platform_discount=nothing,
        points_discount=nothing,
        payable=amount,
    )


def _check(lines: Sequence[PriceLine], currency: str) -> None:
    if any(line.quantity <= 0 for line in lines):
        raise ProgrammingError("a line needs at least one piece")
    prices = [price for line in lines for price in (line.unit_price, *(tier.price for tier in line.tiers))]
    if any(one.currency != currency or one.amount_minor < 0 for one in prices):
        raise ProgrammingError(f"prices are {currency} and not negative")
