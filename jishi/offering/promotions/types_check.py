"""What is found out about a promotion before it goes live: findings, past carts priced anew, a price explained."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from jishi.kernel.channels import Channel
from jishi.kernel.exact import Instant
from jishi.kernel.ids import ProductId, PromotionId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.types import Funder, Measure, NotApplied, Off, TraceStep
from jishi.offering.pricing.types_promotions import Pieces
from jishi.offering.promotions.types import PromotionStatus, PromotionWish, Words


class Severity(StrEnum):
    """What a finding means: it cannot go live; think again; good to know."""

    BLOCKS = "blocks"
    WARNS = "warns"
    NOTES = "notes"


class FindingCode(StrEnum):
    EMPTY_SCOPE = "empty_scope"
    OFF_SHELF = "off_shelf"
    OVER = "over"
    STARTED = "started"
    LASTS_LONG = "lasts_long"
    UNKNOWN_BUYERS = "unknown_buyers"
    UNKNOWN_CHANNEL = "unknown_channel"
    STEPS_FALL = "steps_fall"
    SPLITTING_PAYS = "splitting_pays"
    EVERYBODY_GETS_IT = "everybody_gets_it"
    TAKES_NOTHING = "takes_nothing"
    STACKS = "stacks"
    NEVER_APPLIES = "never_applies"
    PUSHES_OUT = "pushes_out"
    DEEP = "deep"
    BELOW_COST = "below_cost"
    BELOW_LOWEST = "below_lowest"
    ABOVE_LOWEST = "above_lowest"
    SHORT_BUDGET = "short_budget"
    GIFT_OUT = "gift_out"
    GIFT_DEAR = "gift_dear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where warnings begin: a discount deeper than so many basis points of the goods, a time longer than so many
    days; and the words for buyers and channels that somebody can be in.
    """

    deep_basis_points: int = 5_000
    days_max: int = 90
    levels: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuFacts:
    """A covered SKU with what its owner paid for a piece (None: not said), and the lowest price of 30 days."""

    sku: SkuForSale
    cost_minor: int | None = None
    lowest_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftFacts:
    """A gift, the pieces of it that come at once, and how many can be promised."""

    sku: SkuForSale
    pieces: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a promotion, in both languages with its figures, and the goods and promotions it names."""

    code: FindingCode
    severity: Severity
    text: Text
    sku_ids: tuple[SkuId, ...] = ()
    promotion_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCart:
    """What somebody once bought together: pieces by SKU, in the order of the ids."""

    id: UUID
    pieces: tuple[tuple[SkuId, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCarts:
    """Carts of a time, and how many it had in all (counted up to a bound); `carts` is a sample when it had more."""

    count: int
    days: int
    carts: Sequence[PastCart]


# -- answers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSku:
    sku_id: SkuId
    product_id: ProductId
    title: str
    choice_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPromotion:
    """A promotion by name; `is_own` says whether it is the asker's."""

    id: str
    name: str
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    code: FindingCode
    severity: Severity
    message: str
    goods: list[NamedSku] = field(default_factory=list)
    promotions: list[NamedPromotion] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderAmount:
    funder: Funder
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedProduct:
    """A product whose price the promotion lowers: in so many carts, by so much in all."""

    product_id: ProductId
    title: str
    orders: int
    discount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Past carts at today's prices, without the promotion and with it, at the same demand.

    `orders_sampled` of `orders_found` were priced. `breakeven_basis_points` is how many more orders bring the same
    revenue, None when none would. `orders_below_cost` of `orders_with_costs`: all of whose goods have a cost. With
    `is_upper_bound` every buyer counted as one of those it is for.
    """

    days: int
    orders_found: int
    orders_sampled: int
    orders_touched: int
    revenue_before: Money
    revenue_after: Money
    discount: Money
    average_discount: Money
    by_funder: list[FunderAmount]
    breakeven_basis_points: int | None
    orders_with_costs: int
    orders_below_cost: int
    is_upper_bound: bool
    products: list[TouchedProduct]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSku:
    """A covered SKU: its price, the lowest of 30 days, what it cost, and the least a piece comes to with it all."""

    sku_id: SkuId
    product_id: ProductId
    title: str
    choice_name: str
    price: Money
    lowest: Money | None
    cost: Money | None
    worst: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCheck:
    """All that is found out about a promotion; `skus_checked` of `skus_covered` were looked at."""

    name: str
    findings: list[ShownFinding]
    simulation: Simulation
    skus_covered: int
    skus_checked: int
    goods: list[CheckedSku]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """A kept promotion, or one as it is being written: one of the two."""

    promotion_id: PromotionId | None = None
    wish: PromotionWish | None = None


# -- a price explained --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    sku_id: SkuId
    quantity: Pieces = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewBuyer:
    """Who buys, as far as a price may know."""

    level: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    segments: Words = frozenset()
    is_new: StrictBool = False
    channel: Channel = Channel.WEB


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePreviewRequest:
    """A cart, a buyer and an instant (None: now); a promotion being written may join those that are kept."""

    lines: Annotated[list[PreviewLine], Field(min_length=1, max_length=50)]
    buyer: PreviewBuyer = field(default_factory=PreviewBuyer)
    at: Instant | None = None
    wish: PromotionWish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedLine:
    sku_id: SkuId
    title: str
    choice_name: str
    quantity: int
    unit_price: Money
    amount: Money
    discount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedRule:
    """A promotion in a price; `status` is None for the one being written and for what is no promotion."""

    rule_id: str
    name: str
    status: PromotionStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedRule:
    """What one promotion takes off, in all; a price of its own shows in the lines' unit prices instead."""

    rule: PreviewedRule
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPassed:
    """A promotion that covers some of the goods and takes nothing off, and why."""

    rule: PreviewedRule
    reason: NotApplied
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What is missing (minor units or pieces) for the next step of a promotion, and what that takes off."""

    rule: PreviewedRule
    measure: Measure
    missing: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePreview:
    """A price before freight, with everything that led to it."""

    at: datetime
    lines: list[PreviewedLine]
    goods_amount: Money
    discount_amount: Money
    total: Money
    applied: list[AppliedRule]
    passed: list[PreviewPassed]
    nexts: list[NextStep]
    trace: list[TraceStep]
    rules: list[PreviewedRule]
