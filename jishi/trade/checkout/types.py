"""The cart and the quote, as the API shows them; texts are in the asked language."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from jishi.identity.accounts.types import Recipient
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.channels import Channel
from jishi.kernel.exact import Exact
from jishi.kernel.ids import (
    AddressId,
    CartLineId,
    CouponId,
    FlashItemId,
    MerchantId,
    PresaleId,
    ProductId,
    QuoteId,
    SkuId,
    WarehouseId,
)
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.coupons.types import CouponUse
from jishi.offering.pricing.types import (
    Discount,
    KeptDiscount,
    Measure,
    NamedDiscount,
    NotApplied,
    Priced,
    PricedLine,
    PriceTier,
    RuleUse,
    TraceStep,
)
from jishi.trade.checkout.types_explained import Hint, PassedRule
from jishi.trade.checkout.types_gifts import GiftOffer, Gifts, GivenGift
from jishi.trade.checkout.types_replay import PriceInputs
from jishi.trade.shipping.types import Freight, ShippingMethod, ShippingOption

LINES_MAX = 120
QUANTITY_MAX = 9_999
NOTE_LENGTH_MAX = 200
COUPONS_MAX = 20

Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX, examples=[2]), Exact]
Note = Annotated[str, Field(max_length=NOTE_LENGTH_MAX, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
MerchantKey = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class LineProblem(StrEnum):
    """Why a cart line cannot be bought as it stands."""

    NOT_FOR_SALE = "not_for_sale"
    SOLD_OUT = "sold_out"
    SHORT = "short"  # fewer left than wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineWish:
    """Put `quantity` pieces (1–9 999) of a SKU in the cart; pieces of a SKU already there add up."""

    sku_id: SkuId
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CartSelection:
    """Select or deselect several lines at once, all of them when `line_ids` is None."""

    is_selected: StrictBool
    line_ids: Annotated[list[CartLineId], Field(max_length=2 * LINES_MAX)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineChange:
    """Change a line; what is None stays."""

    quantity: Quantity | None = None
    is_selected: StrictBool | None = None
    sku_id: SkuId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """A line of the cart; `available` is capped at 99, `amount` = price × quantity.

    `price` is what each of so many pieces costs; it falls below `single_price` by the SKU's wholesale `tiers`.
    """

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
    single_price: Money
    tiers: list[PriceTier] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CartGroup:
    """The lines of one merchant; `selected_amount` over its selected lines, before the discounts."""

    merchant: MerchantCard
    lines: list[CartLine]
    selected_amount: Money
    discounts: list[Discount]
    hints: list[Hint]
    gifts: list[GiftOffer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """The whole cart by merchant, lines that cannot be bought apart; live totals of what is selected. `hints` are
    of promotions across merchants.
    """

    groups: list[CartGroup]
    invalid_lines: list[CartLine]
    piece_count: int
    selected_count: int
    hints: list[Hint]
    goods_amount: Money
    discount_amount: Money
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """What to price: the selected lines of the cart, or `lines` when given (buy now).

    `address_id` may be missing to see prices before an address is known; `shipping` maps merchant id to
    method. `coupons` are the ones to use, none when empty; without it those that save most.
    """

    lines: Annotated[list[CartLineWish], Field(min_length=1, max_length=LINES_MAX)] | None = None
    address_id: AddressId | None = None
    shipping: Annotated[dict[MerchantKey, ShippingMethod], Field(max_length=LINES_MAX)] = field(
        default_factory=dict
    )
    notes: Annotated[dict[MerchantKey, Note], Field(max_length=LINES_MAX)] = field(default_factory=dict)
    coupons: Annotated[list[CouponId], Field(max_length=COUPONS_MAX)] | None = None


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
    is_gift: bool = False


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
    hints: list[Hint] = field(default_factory=list)
    gifts: list[GiftOffer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteCoupon:
    """A coupon the buyer holds: what it takes off here, or why it takes nothing off. Below its threshold `missing`
    minor units or pieces, as `measure` says. Without amount and reason it was not chosen. One that `is_freight` takes
    it off the freight of its merchant.
    """

    id: CouponId
    name: str
    merchant_id: MerchantId | None
    ends_at: datetime | None
    measure: Measure
    is_freight: bool
    amount: Money | None
    reason: NotApplied | None
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A frozen, explained price for chosen lines at an instant. Σ order totals = total. `used_up` names promotions
    for these goods of which nothing is left, in all or for this buyer; `rules` names the promotions of the trace by
    id, `passed` those not applied; `hints` say what is missing for the next discounts, those of one merchant where
    they stand in his order. Without `needs_address` nothing of it travels.
    """

    id: QuoteId
    address_id: AddressId | None
    orders: list[QuoteOrder]
    goods_amount: Money
    freight_amount: Money
    discount_amount: Money
    total: Money
    trace: list[TraceStep]
    used_up: list[str]
    quoted_at: datetime
    expires_at: datetime
    coupons: list[QuoteCoupon] = field(default_factory=list)
    rules: dict[str, str] = field(default_factory=dict)
    passed: list[PassedRule] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    needs_address: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRequest:
    """Buy what `quote_id` priced, if it still costs `expected_total`."""

    quote_id: QuoteId
    expected_total: Money


# -- for flows, never sent to a browser ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLine:
    """A line of a cart as it is kept."""

    id: CartLineId
    sku_id: SkuId
    quantity: int
    is_selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a quote was made for, as it is kept: pieces per SKU, whether they came from the cart, and the item of a
    flash sale or the pre-sale that they are of; `channel` is the one that the price was confirmed in, and `gifts`
    came with it.
    """

    pieces: list[tuple[SkuId, int]]
    is_from_cart: bool
    address_id: AddressId | None
    shipping: dict[str, ShippingMethod]
    notes: dict[str, str]
    coupons: list[CouponId] | None = None
    flash_item_id: FlashItemId | None = None
    channel: Channel = Channel.WEB
    gifts: list[GivenGift] = field(default_factory=list)
    presale_id: PresaleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """A priced line with what is known of its SKU."""

    sku: SkuForSale
    priced: PricedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldOrder:
    """One merchant's share of a calculation; `freight_discounts` are in `freight_payable` already."""

    merchant_id: MerchantId
    lines: list[SoldLine]
    freight: Freight
    freight_payable: Money
    offers: list[Freight]
    note: str
    discounts: list[NamedDiscount]
    freight_discounts: list[KeptDiscount]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A whole price with the goods it is for, before it is shown or sold."""

    orders: list[SoldOrder]
    priced: Priced
    inputs: PriceInputs
    uses: list[RuleUse]
    used_up: list[Text]
    recipient: Recipient | None
    gifts: Gifts
    needs_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedQuote:
    """A quote that was just bought: what its buyer confirmed, calculated again at this instant."""

    quote_id: QuoteId
    recipient: Recipient | None
    calculation: Calculation
    wish: Wish
    coupons: list[CouponUse] = field(default_factory=list)
