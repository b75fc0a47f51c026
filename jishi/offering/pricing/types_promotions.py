"""Rules that lower prices, as the price function takes them; how they are made and kept is not its business.

Every rule covers goods by their **marks**: `("product", id)`, `("category", id)` (each of the path), `("brand", id)`,
`("merchant", id)`, `("sku", id)`, `("tag", text)` and `ALL`, which every line bears.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from jishi.kernel.exact import Exact
from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import BasisPoints, FunderShare, Measure, Minor, Off, PriceStep

Mark = tuple[str, str]
ALL: Mark = ("all", "")
Pieces = Annotated[int, Field(ge=1, le=9_999), Exact]


class Refunding(StrEnum):
    """What becomes of a threshold's discount when goods come back and the rest no longer reaches it."""

    KEEP = "keep"
    CLAW_BACK = "claw_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The goods that bear one of `marks` and none of `excluded`."""

    marks: frozenset[Mark] = frozenset({ALL})
    excluded: frozenset[Mark] = frozenset()

    def covers(self, marks: frozenset[Mark]) -> bool:
        return not marks.isdisjoint(self.marks) and marks.isdisjoint(self.excluded)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerPrice:
    """Step 1: a price per piece of its own (flash sale, member, new customer, wholesale), from so many pieces on.

    `prices` names the price of each SKU in minor units.
    """

    prices: Annotated[dict[SkuId, Minor], Field(min_length=1, max_length=500)]
    from_pieces: Pieces = 1
    kind: Literal["lower_price"] = "lower_price"


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceOff:
    """Step 2: so much off each piece (limited-time discount); what people see is the piece's new price."""

    off: Off
    kind: Literal["piece_off"] = "piece_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryPieces:
    """Step 2: pieces are taken from the dearest down, `every` at a time, and the last `reduced` of each full set cost
    `basis_points` less; with `is_same_sku` each SKU is counted for itself.

    Second piece at half price: 2, 1, 5 000; buy two, get one: 3, 1, 10 000.
    """

    every: Pieces
    reduced: Pieces
    basis_points: BasisPoints
    is_same_sku: StrictBool = False
    kind: Literal["every_pieces"] = "every_pieces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """From `threshold` on (see the measure), so much off."""

    threshold: Annotated[int, Field(ge=1, le=10**9), Exact]
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """Steps 3 and 4: spend and save. The highest tier that is reached counts; `is_each` takes its amount off once for
    every full threshold, `times_max` times at most.
    """

    measure: Measure
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=10)]
    is_each: StrictBool = False
    times_max: Pieces | None = None
    kind: Literal["tiers"] = "tiers"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    """So many pieces of any of these SKUs."""

    sku_ids: Annotated[frozenset[SkuId], Field(min_length=1, max_length=100)]
    pieces: Pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Step 3: these parts, which share no SKU, at one price together, as often as the cart holds them and it saves;
    the dearest pieces come first.
    """

    parts: Annotated[tuple[BundlePart, ...], Field(min_length=1, max_length=10)]
    price_minor: Minor
    kind: Literal["bundle"] = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftPart:
    """A gift: so many pieces of a SKU of the same merchant."""

    sku_id: SkuId
    pieces: Pieces = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Step 2: from `threshold` of the covered goods on, all of `gifts`, or with `is_chosen` the one that the buyer
    chooses; `is_each` gives them once for every full threshold, `times_max` times at most.
    """

    measure: Measure
    threshold: Annotated[int, Field(ge=1, le=10**9), Exact]
    gifts: Annotated[tuple[GiftPart, ...], Field(min_length=1, max_length=10)]
    is_chosen: StrictBool = False
    is_each: StrictBool = False
    times_max: Pieces | None = None
    kind: Literal["gift"] = "gift"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightOff:
    """Step 6: so much off what carries the goods (free: 10 000 basis points), from `threshold` of them on."""

    off: Off
    measure: Measure = Measure.AMOUNT
    threshold: Annotated[int, Field(ge=0, le=10**9), Exact] = 0
    kind: Literal["freight_off"] = "freight_off"


Effect = Annotated[
    LowerPrice | PieceOff | EveryPieces | Tiers | Bundle | Gift | FreightOff, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a rule is for: anybody when empty. Levels and segments are the platform's words for groups of buyers."""

    levels: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    is_new_only: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """One rule at one version. `merchant_id` is whose goods it covers, None for all merchants.

    In one step a line takes at most one rule of each `stack_group`, and nothing beside a rule that is exclusive; it
    earns at most one gift of each group, which takes nothing off it and so stands beside discounts of that group.
    Among rules that compete the higher priority wins, then the greater discount, then the id.
    """

    id: str
    version: int
    name: Text
    effect: Effect
    funders: tuple[FunderShare, ...]
    currency: str
    merchant_id: MerchantId | None = None
    scope: Scope = field(default_factory=Scope)
    audience: Audience = field(default_factory=Audience)
    channels: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 0
    stack_group: str = ""
    is_exclusive: bool = False
    refunding: Refunding = Refunding.KEEP
    budget_minor: int | None = None
    per_buyer_max: int | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it can be used up, in all or by one buyer."""
        return self.budget_minor is not None or self.per_buyer_max is not None

    @property
    def step(self) -> PriceStep:
        """The step of the price function that applies it."""
        if isinstance(self.effect, LowerPrice):
            return PriceStep.UNIT_PRICE
        if isinstance(self.effect, PieceOff | EveryPieces | Gift):
            return PriceStep.ITEM_PROMOTION
        if isinstance(self.effect, FreightOff):
            return PriceStep.FREIGHT
        return PriceStep.STORE_PROMOTION if self.merchant_id else PriceStep.PLATFORM_PROMOTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """What a price may know of who buys: his level, his segments, whether he has never bought, and his channel."""

    level: str = ""
    segments: frozenset[str] = frozenset()
    is_new: bool = False
    channel: str = "web"
