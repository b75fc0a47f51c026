"""Carts made up to see what promotions do to them; the price function itself says what they come to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jishi.kernel.ids import SkuId, WarehouseId
from jishi.kernel.words import CURRENCY
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.catalog.types_goods import sku_marks
from jishi.offering.pricing.rules import Offer, PromotionIndex, goods_prices
from jishi.offering.pricing.types import Measure, NamedDiscount, PricedLine, PriceLine, PriceStep
from jishi.offering.pricing.types_promotions import (
    Bundle,
    Buyer,
    Effect,
    EveryPieces,
    LowerPrice,
    Promotion,
    Tiers,
)

NOWHERE = WarehouseId(UUID(int=0))  # where goods come from changes no price
PIECES_MAX = 9_999
Cart = list[PriceLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a cart comes to, and which rules had a part in it."""

    lines: list[PricedLine]
    applied: frozenset[str]
    discounts: list[NamedDiscount]

    @property
    def payable_minor(self) -> int:
        return sum(line.payable.amount_minor for line in self.lines)


def price_line(sku: SkuForSale, quantity: int) -> PriceLine:
    """Return pieces of a SKU as the price function takes them."""
    return PriceLine(
        sku_id=sku.sku_id,
        merchant_id=sku.merchant_id,
        warehouse_id=NOWHERE,
        quantity=quantity,
        unit_price=sku.price,
        tiers=sku.tiers,
        marks=sku_marks(sku),
    )


def covers(promotion: Promotion, sku: SkuForSale) -> bool:
    """Tell whether a promotion is about a SKU."""
    return bool(PromotionIndex([promotion]).covering([price_line(sku, 1)]))


def buyer_for(*promotions: Promotion) -> Buyer | None:
    """Return a buyer whom all the promotions are for; None when nobody can be."""
    levels = _common(one.audience.levels for one in promotions)
    channels = _common(one.channels for one in promotions)
    if levels == set() or channels == set():
        return None
    return Buyer(
        level=min(levels) if levels else "",
        segments=frozenset().union(*[one.audience.segments for one in promotions]),
        is_new=any(one.audience.is_new_only for one in promotions),
        channel="web" if not channels or "web" in channels else min(channels),
    )


def _common(words: Iterable[frozenset[str]]) -> set[str] | None:
    """Return what is in all of the sets that are not empty; None when all are."""
    named = [set(one) for one in words if one]
    return set.intersection(*named) if named else None


def each(line: PricedLine) -> int:
    """Return what a piece of a line comes to in minor units, rounded down."""
    return line.payable.amount_minor // line.quantity


def outcome(cart: Cart, index: PromotionIndex, buyer: Buyer, at: datetime) -> Outcome:
    """Price a cart with the promotions of an index."""
    found = goods_prices(cart, currency=CURRENCY, offer=Offer(index=index, buyer=buyer, at=at))
    lowered = {step.rule_id for step in found.draft.trace if step.step is PriceStep.UNIT_PRICE}
    taken = {one.rule_id for one in found.draft.discounts}
    return Outcome(lines=found.lines, applied=frozenset(lowered | taken), discounts=found.draft.discounts)


def trial_carts(skus: Sequence[SkuForSale], *effects: Effect) -> Iterator[Cart]:
    """Yield carts of one SKU each with the pieces that reach the thresholds of the effects, and one for a bundle."""
    for sku in skus:
        for quantity in sorted({1}.union(*[_quantities(one, sku) for one in effects])):
            yield [price_line(sku, quantity)]
    for effect in effects:
        if isinstance(effect, Bundle):
            yield from _bundle(effect, {sku.sku_id: sku for sku in skus})


def _quantities(effect: Effect, sku: SkuForSale) -> set[int]:
    match effect:
        case LowerPrice():
            return {effect.from_pieces}
        case EveryPieces():
            return {effect.every}
        case Tiers(measure=Measure.PIECES):
            return {tier.threshold for tier in effect.tiers if tier.threshold <= PIECES_MAX}
        case Tiers():
            reached = {-(-tier.threshold // max(sku.price.amount_minor, 1)) for tier in effect.tiers}
            # Twice as many reach it too where another promotion has taken up to a half before.
            return {one for one in reached | {2 * max(reached)} if one <= PIECES_MAX}
        case _:
            return {1}


def _bundle(effect: Bundle, skus: dict[SkuId, SkuForSale]) -> Iterator[Cart]:
    cart = []
    for part in effect.parts:
        known = [skus[one] for one in sorted(part.sku_ids) if one in skus]
        if not known:
            return
        dearest = max(known, key=lambda sku: sku.price.amount_minor)
        cart.append(price_line(dearest, part.pieces))
    yield cart
