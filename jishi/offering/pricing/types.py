"""The price function's input and output. The trace says where every cent came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money


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
    SKU's `tiers`, which are the same in all its lines.
    """

    sku_id: SkuId
    merchant_id: MerchantId
    warehouse_id: WarehouseId
    quantity: int
    unit_price: Money
    tiers: Sequence[PriceTier] = ()


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
class PricedFreight:
    merchant_id: MerchantId
    method: str
    amount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """The whole: Σ line payable + Σ freight payable = total."""

    lines: list[PricedLine]
    freight: list[PricedFreight]
    discounts: list[Discount]
    total: Money
    trace: list[TraceStep]
