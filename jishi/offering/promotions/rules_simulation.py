"""Past carts priced anew, without a promotion and with it: what it would have cost at the same demand."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jishi.kernel.ids import ProductId, SkuId
from jishi.kernel.money import BASIS_POINTS, Money, round_half_up, split
from jishi.kernel.words import CURRENCY
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import PromotionIndex
from jishi.offering.pricing.types import Funder
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions.rules_trial import Outcome, buyer_for, outcome, price_line
from jishi.offering.promotions.types_check import FunderAmount, PastCarts, Simulation, TouchedProduct

PRODUCTS_NAMED = 10
MOMENT = timedelta(microseconds=1)


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What the carts so far came to."""

    sampled: int = 0
    touched: int = 0
    before: int = 0
    after: int = 0
    funders: Counter[Funder] = field(default_factory=Counter)
    with_costs: int = 0
    below_cost: int = 0
    orders: Counter[ProductId] = field(default_factory=Counter)
    saved: Counter[ProductId] = field(default_factory=Counter)


def simulate(
    candidate: Promotion,
    others: Sequence[Promotion],
    past: PastCarts,
    skus: Mapping[SkuId, SkuForSale],
    costs: Mapping[SkuId, int],
    *,
    language: str,
    now: datetime,
) -> Simulation:
    """Price past carts at today's prices with `others`, then with the candidate too. SKUs that are not known any more
    are left out of their carts. Buyers count as those the candidate is for.
    """
    buyer, at = buyer_for(candidate) or Buyer(), _instant(candidate, now)
    index, with_it = PromotionIndex(others), PromotionIndex([*others, candidate])
    tally = _Tally()
    for past_cart in past.carts:
        cart = [price_line(skus[sku_id], pieces) for sku_id, pieces in past_cart.pieces if sku_id in skus]
        if cart:
            before, after = outcome(cart, index, buyer, at), outcome(cart, with_it, buyer, at)
            _count(tally, before, after, skus, costs, is_touched=candidate.id in after.applied)
    is_narrow = candidate.audience != type(candidate.audience)() or bool(candidate.channels)
    return replace(_shown(tally, past, skus, language), is_upper_bound=is_narrow)


def daily_discount(simulation: Simulation) -> int:
    """Return what it would have taken off a day, in minor units, from the sample scaled to all that was found."""
    if not simulation.orders_sampled:
        return 0
    scaled = simulation.discount.amount_minor * simulation.orders_found
    return round_half_up(scaled, simulation.orders_sampled * simulation.days)


def _count(
    tally: _Tally,
    before: Outcome,
    after: Outcome,
    skus: Mapping[SkuId, SkuForSale],
    costs: Mapping[SkuId, int],
    *,
    is_touched: bool,
) -> None:
    tally.sampled += 1
    tally.touched += is_touched
    tally.before += before.payable_minor
    tally.after += after.payable_minor
    for one, sign in ((after, 1), (before, -1)):
        for funder, amount in _funded(one).items():
            tally.funders[funder] += sign * amount
    # A price of its own is a discount that its seller bears.
    tally.funders[Funder.MERCHANT] += sum(line.amount.amount_minor for line in before.lines) - sum(
        line.amount.amount_minor for line in after.lines
    )
    if all(line.sku_id in costs for line in after.lines):
        cost = sum(costs[line.sku_id] * line.quantity for line in after.lines)
        tally.with_costs += 1
        tally.below_cost += after.payable_minor < cost
    lowered: defaultdict[ProductId, int] = defaultdict(int)
    for was, now in zip(before.lines, after.lines, strict=True):
        lowered[skus[was.sku_id].product_id] += was.payable.amount_minor - now.payable.amount_minor
    for product_id, amount in lowered.items():
        if amount:
            tally.orders[product_id] += 1
            tally.saved[product_id] += amount


def _funded(found: Outcome) -> Counter[Funder]:
    amounts: Counter[Funder] = Counter()
    for discount in found.discounts:
        parts = split(discount.amount.amount_minor, [share.basis_points for share in discount.funders])
        for part, share in zip(parts, discount.funders, strict=True):
            amounts[share.funder] += part
    return amounts


def _shown(tally: _Tally, past: PastCarts, skus: Mapping[SkuId, SkuForSale], language: str) -> Simulation:
    discount = tally.before - tally.after
    titles = {sku.product_id: sku.title.of(language) for sku in skus.values()}
    most = sorted(tally.saved, key=lambda one: (-tally.saved[one], one))[:PRODUCTS_NAMED]
    return Simulation(
        days=past.days,
        orders_found=past.count,
        orders_sampled=tally.sampled,
        orders_touched=tally.touched,
        revenue_before=_money(tally.before),
        revenue_after=_money(tally.after),
        discount=_money(discount),
        average_discount=_money(round_half_up(discount, tally.touched) if tally.touched else 0),
        by_funder=[
            FunderAmount(funder=one, amount=_money(tally.funders[one]))
            for one in Funder
            if tally.funders[one]
        ],
        breakeven_basis_points=_breakeven(tally.before, tally.after),
        orders_with_costs=tally.with_costs,
        orders_below_cost=tally.below_cost,
        is_upper_bound=False,
        products=[
            TouchedProduct(
                product_id=one, title=titles[one], orders=tally.orders[one], discount=_money(tally.saved[one])
            )
            for one in most
        ],
    )


def _breakeven(before: int, after: int) -> int | None:
    """Return how many more orders (basis points, rounded up) bring back what each brings less."""
    if before <= after:
        return 0
    return -(-(before - after) * BASIS_POINTS // after) if after else None


def _money(minor: int) -> Money:
    return Money(minor, CURRENCY)


def _instant(candidate: Promotion, now: datetime) -> datetime:
    """Return now, or what is nearest to it of the promotion's time."""
    at = max(now, candidate.starts_at) if candidate.starts_at else now
    return min(at, candidate.ends_at - MOMENT) if candidate.ends_at else at
