"""The price function's input and output. The trace says where every cent came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from jishi.kernel.exact import Exact
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import Text

if TYPE_CHECKING:
    from jishi.offering.pricing.types_claw_back import ClawBack

Minor = Annotated[int, Field(ge=0, le=10**9), Exact]
BasisPoints = Annotated[int, Field(ge=0, le=10_000), Exact]


class PriceStep(StrEnum):
    """The steps of the price function, in their fixed order."""

    UNIT_PRICE = "unit_price"
    ITEM_PROMOTION = "item_promotion"
    STORE_PROMOTION = "store_promotion"
    PLATFORM_PROMOTION = "platform_promotion"
    COUPON = "coupon"
    FREIGHT = "freight"
    POINTS = "points"
    TOTAL = "total"


class Funder(StrEnum):
    PLATFORM = "platform"
    MERCHANT = "merchant"
    BRAND = "brand"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderShare:
    """Who pays for a discount; the shares of one discount sum to 10 000 basis points."""

    funder: Funder
    basis_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTier:
    """A wholesale step: from so many pieces of a SKU on, each of them costs `price`."""

    from_pieces: int
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """One line to price: `quantity` pieces (> 0) of a SKU from one warehouse, each at `unit_price`, or less by the
    SKU's `tiers`, which are the same in all its lines. `marks` are what promotions cover goods by (see
    `types_promotions`). With `gift_of` it is what that promotion may give: no promotion covers it, it bears no tiers,
    and it is sold only when it is earned.
    """

    sku_id: SkuId
    merchant_id: MerchantId
    warehouse_id: WarehouseId
    quantity: int
    unit_price: Money
    marks: frozenset[tuple[str, str]] = frozenset()
    tiers: Sequence[PriceTier] = ()
    gift_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightCharge:
    """What one merchant charges for one shipping method, however many parcels it takes."""

    merchant_id: MerchantId
    method: str
    rule_id: str
    rule_version: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrice:
    """What a rule lets one piece cost."""

    rule_id: str
    price: Money
    rule_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceStep:
    """One entry of the trace: what `rule_id` at `rule_version` did, in money; a discount is negative.

    Unit prices that were legal and higher are named as `not_applied`.
    """

    step: PriceStep
    rule_id: str
    rule_version: int
    amount: Money
    merchant_id: MerchantId | None = None
    sku_id: SkuId | None = None
    funders: list[FunderShare] = field(default_factory=list)
    not_applied: list[UnitPrice] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """One discount of an order as people see it."""

    rule_id: str
    name: str
    amount: Money
    funders: list[FunderShare] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDiscount:
    """What one rule takes off the goods of one merchant, named in both languages."""

    rule_id: str
    name: Text
    amount: Money
    merchant_id: MerchantId
    funders: list[FunderShare] = field(default_factory=list)

    def shown(self, language: str) -> Discount:
        return Discount(
            rule_id=self.rule_id, name=self.name.of(language), amount=self.amount, funders=self.funders
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDiscount(NamedDiscount):
    """A discount as an order keeps it. One off freight is in the freight already and in no line's share."""

    is_freight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """`payable` = unit_price × quantity − the line's share of every discount; never below zero."""

    sku_id: SkuId
    merchant_id: MerchantId
    warehouse_id: WarehouseId
    quantity: int
    unit_price: Money
    amount: Money
    merchant_discount: Money
    platform_discount: Money
    points_discount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedGift(PricedLine):
    """What the promotion `gift_of` gives: its whole price is that promotion's discount, and nothing is payable.

    A type of its own, so that a price without gifts is the same bytes as before there were any.
    """

    gift_of: str


def gift_of(line: PriceLine | PricedLine) -> str:
    """Return the promotion that gives a line away; empty for one that is bought."""
    return line.gift_of if isinstance(line, PriceLine | PricedGift) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedFreight:
    merchant_id: MerchantId
    method: str
    amount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUse:
    """What one rule took off one merchant's goods and freight."""

    rule_id: str
    rule_version: int
    merchant_id: MerchantId
    amount_minor: int


class Measure(StrEnum):
    """What a threshold is measured in: minor units of what is left of the covered goods, or their pieces."""

    AMOUNT = "amount"
    PIECES = "pieces"


class NotApplied(StrEnum):
    """Why a rule that covers some of the goods takes nothing off."""

    NOT_YET = "not_yet"
    OVER = "over"
    OTHER_BUYERS = "other_buyers"
    OTHER_CHANNEL = "other_channel"
    USED_UP = "used_up"
    BELOW_THRESHOLD = "below_threshold"
    NOT_COMBINED = "not_combined"
    NO_BETTER = "no_better"
    NOTHING_COVERED = "nothing_covered"
    NO_GIFT_LEFT = "no_gift_left"
    NO_FREIGHT = "no_freight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """What is taken off: a fixed amount, or a share of what is left (basis points) up to a cap."""

    amount_minor: Minor = 0
    basis_points: BasisPoints = 0
    cap_minor: Minor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A rule that covers some of the goods and takes nothing off them, and why; below a threshold, what is missing
    for it: minor units or pieces, as the rule measures.
    """

    promotion_id: str
    reason: NotApplied
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What is missing (minor units or pieces) for the next tier of a rule, and what that would take off; of all
    merchants' goods when it has none.
    """

    promotion_id: str
    name: Text
    merchant_id: MerchantId | None
    measure: Measure
    missing: int
    off: Off


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """The whole: Σ line payable + Σ freight payable = total; `passed` are rules that took nothing off, `nexts` what
    is missing for their next tier, `claw_backs` those that take their discount back when goods come back.
    """

    lines: list[PricedLine]
    freight: list[PricedFreight]
    discounts: list[NamedDiscount]
    total: Money
    trace: list[TraceStep]
    passed: list[Passed] = field(default_factory=list)
    nexts: list[Next] = field(default_factory=list)
    claw_backs: list["ClawBack"] = field(default_factory=list)
