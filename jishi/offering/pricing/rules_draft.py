"""What the steps of the price function are given, and what they write into one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.types import (
    NamedDiscount,
    Next,
    Passed,
    PricedFreight,
    PricedLine,
    PriceLine,
    PriceStep,
    TraceStep,
    gift_of,
)
from jishi.offering.pricing.types_promotions import Buyer, Promotion


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Everything about promotions that a price depends on; `used_up` names rules of which nothing is left, be it
    their budget or this buyer's share; a rule that would take more than its budget's `left_minor` is used up as a
    whole, for nobody is promised a part of it. `coupons` are those the buyer holds, each as a rule with tiers or off
    freight; `chosen` names those that may be used (None: all), the others are told why they are not.
    """

    index: PromotionIndex
    buyer: Buyer
    at: datetime
    used_up: frozenset[str] = frozenset()
    left_minor: Mapping[str, int] = field(default_factory=dict)
    coupons: Sequence[Promotion] = ()
    chosen: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """A rule that is for this buyer now, and the places of the lines it covers."""

    rule: Promotion
    places: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWish:
    """Everything the price depends on; lines in their canonical order."""

    lines: Sequence[PriceLine]
    currency: str
    rules: Mapping[PriceStep, Sequence[Eligible]]
    chosen: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a rule took off the lines at the places it covered, in minor units, and in which turn: rules of one turn
    all measured what the turns before it had left.
    """

    rule: Promotion
    turn: tuple[int, bool]
    amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A rule whose gifts the goods earn, so many times; `is_given` tells whether any were there to be given."""

    rule: Promotion
    times: int
    is_given: bool


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the steps have worked out so far: lines at the places of the wish's."""

    lines: list[PricedLine] = field(default_factory=list)
    freight: list[PricedFreight] = field(default_factory=list)
    discounts: list[NamedDiscount] = field(default_factory=list)
    trace: list[TraceStep] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    nexts: list[Next] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    lowered: set[int] = field(default_factory=set)  # places of lines that some rule has lowered
    held: set[int] = field(default_factory=set)  # those of a rule that stands alone
    given: set[int] = field(default_factory=set)  # those of gifts that are earned
    earned: list[Earned] = field(default_factory=list)


def canonical(line: PriceLine | PricedLine) -> tuple[MerchantId, SkuId, WarehouseId, int, int, str]:
    """Return what orders lines whatever order they were given in."""
    price_minor = line.unit_price.amount_minor
    return line.merchant_id, line.sku_id, line.warehouse_id, line.quantity, price_minor, gift_of(line)
