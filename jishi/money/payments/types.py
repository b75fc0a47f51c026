"""Payments, their parts and refunds. One part per order in every payment, each with its own refunds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, PaymentId, PaymentPartId, RefundId, TradeId
from jishi.kernel.money import Money


class ChannelName(StrEnum):
    ALIPAY = "alipay"
    WECHAT = "wechat"


class PaymentStatus(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"
    LATE_PAID = "late_paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


class RefundReason(StrEnum):
    CANCELLED = "cancelled"  # before shipment
    PARTIAL = "partial"  # some pieces, or an amount
    GOODWILL = "goodwill"
    LATE_PAYMENT = "late_payment"
    SECOND_CAPTURE = "second_capture"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSummary:
    """A payment as its buyer sees it."""

    id: PaymentId
    status: PaymentStatus
    amount: Money
    channel: ChannelName | None
    channels: list[ChannelName]  # what can be chosen
    refunded: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """How the buyer wants to pay; `client` decides between a page and a QR code."""

    channel: ChannelName
    client: str = "desktop"  # desktop | phone


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStart:
    """What the browser must do next: follow `redirect_url`, or show `qr_code` and wait."""

    payment_id: PaymentId
    status: PaymentStatus
    channel: ChannelName
    redirect_url: str | None
    qr_code: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWish:
    """One order's share of a new payment."""

    order_id: OrderId
    merchant_id: MerchantId
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPart:
    id: PaymentPartId
    payment_id: PaymentId
    trade_id: TradeId
    order_id: OrderId
    merchant_id: MerchantId
    amount: Money
    refunded: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Pieces of one order line that go back, with the money of each side of the line."""

    order_line_id: OrderLineId
    quantity: int
    payable: Money
    platform_discount: Money
    points_discount: Money
    commission: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back to a buyer through the channel it came from."""

    id: RefundId
    order_id: OrderId | None
    amount: Money
    status: RefundStatus
    reason: RefundReason
    note: str
    requested_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesToRefund:
    order_line_id: OrderLineId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Refund pieces of lines, or an amount; exactly one of the two. `freight` also returns what is left of the freight."""

    lines: list[PiecesToRefund] | None = None
    amount: Money | None = None
    freight: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """Money learnt of, from whichever of webhook, return page and poll came first."""

    out_trade_no: str
    channel: ChannelName
    channel_transaction_id: str
    amount: Money
    paid_at: datetime
    source: str  # webhook | return | poll
    part_transaction_ids: dict[UUID, str]
