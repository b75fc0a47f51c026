"""The cart and the quote, as the API shows them; texts are in the asked language."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import AddressId, CartLineId, ProductId, QuoteId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.offering.pricing.types import Discount, TraceStep
from jishi.trade.shipping.types import ShippingMethod, ShippingOption


class LineProblem(StrEnum):
    """Why a cart line cannot be bought as it stands."""

    NOT_FOR_SALE = "not_for_sale"
    SOLD_OUT = "sold_out"
    SHORT = "short"  # fewer left than wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineWish:
    """Put `quantity` pieces (1–9 999) of a SKU in the cart; pieces of a SKU already there add up."""

    sku_id: SkuId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineChange:
    """Change a line; what is None stays."""

    quantity: int | None = None
    is_selected: bool | None = None
    sku_id: SkuId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """A line of the cart; `available` is capped at 99, `amount` = price × quantity."""

    id: CartLineId
    sku_id: SkuId
    product_id: ProductId
    title: str
    choice_name: str
    image: str | None
    price: Money
    quantity: int
    amount: Money
    available: int
    is_selected: bool
    problem: LineProblem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartGroup:
    """The lines of one merchant; `selected_amount` over its selected lines."""

    merchant: MerchantCard
    lines: list[CartLine]
    selected_amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """The whole cart by merchant, lines that cannot be bought apart; live totals of what is selected."""

    groups: list[CartGroup]
    invalid_lines: list[CartLine]
    piece_count: int
    selected_count: int
    goods_amount: Money
    discount_amount: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """What to price: the selected lines of the cart, or `lines` when given (buy now).

    `address_id` may be missing to see prices before an address is known; `shipping` maps merchant id to
    method.
    """

    lines: list[CartLineWish] | None = None
    address_id: AddressId | None = None
    shipping: dict[str, ShippingMethod] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    sku_id: SkuId
    product_id: ProductId
    warehouse_id: WarehouseId
    title: str
    choice_name: str
    image: str | None
    unit_price: Money
    quantity: int
    amount: Money
    discount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFreight:
    method: ShippingMethod
    amount: Money
    payable: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteOrder:
    """One merchant's share of a quote; becomes one order."""

    merchant: MerchantCard
    lines: list[QuoteLine]
    freight: QuoteFreight
    shipping_options: list[ShippingOption]
    discounts: list[Discount]
    goods_amount: Money
    discount_amount: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A frozen, explained price for chosen lines at an instant. Σ order totals = total."""

    id: QuoteId
    address_id: AddressId | None
    orders: list[QuoteOrder]
    goods_amount: Money
    freight_amount: Money
    discount_amount: Money
    total: Money
    trace: list[TraceStep]
    quoted_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRequest:
    """Buy what `quote_id` priced, if it still costs `expected_total`."""

    quote_id: QuoteId
    expected_total: Money
