"""Trades and orders as people and other contexts see them; texts are in the asked language."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.identity.accounts.types import Recipient
from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.exact import Exact
from jishi.kernel.ids import (
    MerchantId,
    OrderId,
    OrderLineId,
    ProductId,
    PromotionId,
    QuoteId,
    SkuId,
    TradeId,
    UserId,
    WarehouseId,
)
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.money.payments.types import PaymentSummary
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.types import StockLine
from jishi.offering.pricing.types import Discount, NamedDiscount
from jishi.offering.pricing.types_claw_back import ClawBack
from jishi.trade.shipping.types import Parcel, ShippingMethod

TrackingNumber = Annotated[str, Field(min_length=4, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]


class OrderSort(StrEnum):
    """How a merchant's orders follow each other: what came last first, or what has waited longest."""

    NEWEST = "newest"
    OLDEST = "oldest"


class OrderStatus(StrEnum):
    """The summary shown to people, derived from payment, fulfilment and after-sale."""

    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_BALANCE = "awaiting_balance"
    AWAITING_SHIPMENT = "awaiting_shipment"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"
    COMPLETED = "completed"
    CLOSED = "closed"


class OrderPaymentStatus(StrEnum):
    """The payment column of an order."""

    UNPAID = "unpaid"
    DEPOSIT_PAID = "deposit_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class FulfilmentStatus(StrEnum):
    """The fulfilment column of an order."""

    UNSHIPPED = "unshipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"


class CloseReason(StrEnum):
    UNPAID = "unpaid"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"
    CANCELLED_BY_MERCHANT = "cancelled_by_merchant"
    REFUNDED = "refunded"


class Actor(StrEnum):
    BUYER = "buyer"
    MERCHANT = "merchant"
    PLATFORM = "platform"
    CARRIER = "carrier"
    CHANNEL = "channel"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened to an order: `kind` is stable (`placed`, `paid` …), `text` is for people."""

    kind: str
    text: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A line with its prices frozen at sale; quantities in pieces."""

    id: OrderLineId
    product_id: ProductId
    sku_id: SkuId
    title: str
    choice_name: str
    image: str | None
    unit_price: Money
    quantity: int
    amount: Money
    discount: Money
    payable: Money
    shipped_quantity: int
    refunded_quantity: int
    refunded: Money
    is_gift: bool = False
    kind: ProductKind = ProductKind.PHYSICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order in a list; the first few lines as pictures."""

    id: OrderId
    number: str
    trade_id: TradeId
    merchant: MerchantCard
    status: OrderStatus
    total: Money
    lines: list[OrderLine]
    piece_count: int
    placed_at: datetime
    actions: list[str]  # pay | cancel | confirm_receipt | ship | refund: what the asker may do now
    recipient: str | None = None  # masked; for the merchant only


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order in full. For the merchant the phone is masked, name and street unless a parcel needs them; where
    nothing travels (`shipping_method` virtual) the recipient's fields are empty.
    """

    id: OrderId
    number: str
    trade_id: TradeId
    merchant: MerchantCard
    status: OrderStatus
    payment_status: OrderPaymentStatus
    fulfilment_status: FulfilmentStatus
    close_reason: CloseReason | None
    lines: list[OrderLine]
    discounts: list[Discount]
    goods_amount: Money
    discount_amount: Money
    freight_amount: Money
    total: Money
    refunded: Money
    shipping_method: ShippingMethod
    recipient: Recipient
    note: str
    parcels: list[Parcel]
    timeline: list[TimelineEntry]
    actions: list[str]
    placed_at: datetime
    pay_before_at: datetime | None
    live_topic: str
    live_ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What one checkout submitted and one payment pays; one order per merchant (and per warehouse split)."""

    id: TradeId
    orders: list[OrderRow]
    payment: PaymentSummary
    total: Money
    placed_at: datetime
    pay_before_at: datetime
    live_topic: str
    live_ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySales:
    """A day of a store in figures: orders placed on it, those of them that were paid, and what they came to.

    Refunds are not taken off. Days are China's.
    """

    day: date
    orders: int
    paid_orders: int
    sales: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What somebody bought with one checkout."""

    buyer_id: UserId
    placed_at: datetime
    product_ids: list[ProductId]


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSeller:
    """A product by what was sold of it, refunds not taken off."""

    product_id: ProductId
    title: str
    image: str | None
    pieces: int
    sales: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSales:
    """What was sold of a product lately: pieces, those that came back, and all pieces weighed by how long ago."""

    product_id: ProductId
    pieces: int
    returned: int
    decayed: float


# -- for flows and other contexts, never sent to a browser
# --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAtSale:
    """A line's money frozen at sale, for ledger, settlement and refunds; amounts of the whole line."""

    id: OrderLineId
    order_id: OrderId
    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int
    amount: Money
    merchant_discount: Money
    platform_discount: Money
    points_discount: Money
    payable: Money
    commission_basis_points: int
    shipped_quantity: int
    refunded_quantity: int
    kind: ProductKind = ProductKind.PHYSICAL
    voucher_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAtSale:
    """An order's money frozen at sale; `freight` is the merchant's, outside the commission.

    `claw_backs` are rules whose discount goes when goods come back, their places those of `lines`.
    """

    id: OrderId
    number: str
    trade_id: TradeId
    buyer_id: UserId
    merchant_id: MerchantId
    status: OrderStatus
    payment_status: OrderPaymentStatus
    fulfilment_status: FulfilmentStatus
    lines: list[LineAtSale]
    freight: Money
    total: Money
    claw_backs: list[ClawBack] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtLine:
    """A line of a buyer as others need it who ask what he bought; `is_received` once he has confirmed it."""

    order_id: OrderId
    product_id: ProductId
    merchant_id: MerchantId
    is_received: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """A line about to be sold, with all that is frozen; amounts are of the whole line."""

    sku_id: SkuId
    product_id: ProductId
    warehouse_id: WarehouseId
    title: Text
    choice_name: Text
    image: str | None
    unit_price: Money
    quantity: int
    amount: Money
    merchant_discount: Money
    platform_discount: Money
    points_discount: Money
    payable: Money
    commission_basis_points: int
    gift_of: PromotionId | None = None
    kind: ProductKind = ProductKind.PHYSICAL
    voucher_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """One merchant's share of a trade about to be placed."""

    merchant_id: MerchantId
    lines: list[LineDraft]
    discounts: list[NamedDiscount]
    freight: Money
    total: Money
    shipping_method: ShippingMethod
    note: str
    claw_backs: list[ClawBack] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeDraft:
    """A trade about to be placed; without a recipient when nothing of it travels."""

    id: TradeId
    buyer_id: UserId
    quote_id: QuoteId
    recipient: Recipient | None
    orders: list[OrderDraft]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedTrade:
    """A trade whose orders nobody else can change until the transaction ends."""

    id: TradeId
    buyer_id: UserId
    total: Money
    placed_at: datetime
    pay_before_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """An order that was just written, its lines in the order of the draft."""

    id: OrderId
    number: str
    merchant_id: MerchantId
    total: Money
    line_ids: list[OrderLineId]
    stock_lines: list[StockLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTrade:
    """A trade that was just written, its orders in the order of the draft."""

    id: TradeId
    orders: list[PlacedOrder]
    placed_at: datetime
    pay_before_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesWish:
    """Some pieces of an order line: to ship, or to refund."""

    order_line_id: OrderLineId
    quantity: Annotated[int, Field(ge=1, le=1_000_000), Exact]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelWish:
    """What a merchant ships: lines (None: all that is left); without a number the carrier gives one."""

    carrier: Annotated[str, Field(min_length=1, max_length=32)]
    tracking_number: TrackingNumber | None = None
    lines: Annotated[list[PiecesWish], Field(min_length=1, max_length=500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWish:
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")] = ""
