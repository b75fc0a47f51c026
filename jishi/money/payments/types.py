"""Payments, their parts and refunds. One part per order in every payment, each with its own refunds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from jishi.identity.accounts.types import LINE
from jishi.kernel.exact import Exact
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, PaymentId, PaymentPartId, RefundId, TradeId
from jishi.kernel.money import Money
from jishi.money.payments.types_instalments import Instalments


class ChannelName(StrEnum):
    ALIPAY = "alipay"
    WECHAT = "wechat"


class PaymentStatus(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    DEPOSIT_PAID = "deposit_paid"  # of two instalments the first is here
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
    DEPOSIT = "deposit"  # of an order that nothing became of


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSummary:
    """A payment as its buyer sees it; `instalments` when it is paid in two."""

    id: PaymentId
    status: PaymentStatus
    amount: Money
    channel: ChannelName | None
    channels: list[ChannelName]  # what can be chosen
    refunded: Money
    instalments: Instalments | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """How the buyer wants to pay; `client` decides between a page and a QR code."""

    channel: ChannelName
    client: Literal["desktop", "phone"] = "desktop"


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
    """Pieces of one order line that go back, with the money of each side of the line.

    `is_claw_back` without pieces: a discount changes sides on pieces that stay, or money withheld from pieces that
    are back is free.
    """

    order_line_id: OrderLineId
    quantity: int
    payable: Money
    platform_discount: Money
    points_discount: Money
    commission: Money
    merchant_discount: Money
    is_claw_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back to a buyer through the channel it came from; `failure` says why it has not gone
    yet.
    """

    id: RefundId
    order_id: OrderId | None
    amount: Money
    status: RefundStatus
    reason: RefundReason
    note: str
    requested_at: datetime
    done_at: datetime | None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesToRefund:
    order_line_id: OrderLineId
    quantity: Annotated[int, Field(ge=1, le=1_000_000), Exact]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Refund pieces of lines, or an amount; exactly one of the two.

    `freight` also returns what is left of the freight.
    """

    lines: Annotated[list[PiecesToRefund], Field(min_length=1, max_length=500)] | None = None
    amount: Money | None = None
    freight: StrictBool = False
    reason: Annotated[str, Field(max_length=200, pattern=LINE)] = ""


# -- between the channels and the flows, never sent to a browser -------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PartCaptured:
    """What a channel that knows parts took for one of them, in a transaction of its own."""

    out_trade_no: str
    channel_transaction_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """Money learnt of, from whichever of webhook, return page and poll came first; verified to be the
    channel's word.
    """

    out_trade_no: str
    channel: ChannelName
    channel_transaction_id: str
    amount: Money
    merchant_account: str
    paid_at: datetime
    source: str  # webhook | return | poll
    parts: tuple[PartCaptured, ...] = ()


class Outcome(StrEnum):
    """What became of a word from a channel."""

    APPLIED = "applied"
    REPEATED = "repeated"  # known already; nothing changed
    LATE_REVIVED = "late_revived"
    LATE_RETURNED = "late_returned"
    SECOND_RETURNED = "second_returned"
    REFUND_NOTED = "refund_noted"
    NOTED = "noted"  # moves no money
    REFUSED = "refused"  # not what we asked for; nothing changed
    FORGED = "forged"  # not the channel's word; nothing changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What became of a capture; `status` is the payment's afterwards, None when there is no such payment."""

    outcome: Outcome
    status: PaymentStatus | None
    reason: str = ""


class Disposition(StrEnum):
    """What a capture is to its payment."""

    APPLIED = "applied"
    LATE = "late"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to pay, through one channel, under a number of its own; every part has one too."""

    id: UUID
    payment_id: PaymentId
    trade_id: TradeId
    channel: ChannelName
    client: str
    out_trade_no: str
    merchant_account: str
    amount: Money
    expires_at: datetime
    parts: tuple["AttemptPart", ...]
    redirect_url: str | None = None
    qr_code: str | None = None
    instalment: int = 1  # 2 pays the balance after a deposit

    @property
    def has_way(self) -> bool:
        """Whether the buyer was shown a way to pay by it."""
        return bool(self.redirect_url or self.qr_code)

    @property
    def charged(self) -> tuple["AttemptPart", ...]:
        """The parts that the channel is asked to take money for."""
        return tuple(part for part in self.parts if part.amount.amount_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPart:
    part_id: PaymentPartId
    order_id: OrderId
    out_trade_no: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTask:
    """All that sending a refund takes: the transaction it comes from, its stable number, the money."""

    id: RefundId
    payment_id: PaymentId
    trade_id: TradeId
    order_id: OrderId | None
    part_id: PaymentPartId
    merchant_id: MerchantId
    channel: ChannelName | None
    channel_transaction_id: str | None
    transaction_amount: Money
    out_refund_no: str
    amount: Money
    freight: Money
    reason: RefundReason
    note: str
    status: RefundStatus
    is_suspense: bool
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A line's money, or a part of it, by who brought it, in minor units."""

    payable: int = 0
    platform_discount: int = 0
    points_discount: int = 0
    commission: int = 0
    merchant_discount: int = 0

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            payable=self.payable + other.payable,
            platform_discount=self.platform_discount + other.platform_discount,
            points_discount=self.points_discount + other.points_discount,
            commission=self.commission + other.commission,
            merchant_discount=self.merchant_discount + other.merchant_discount,
        )

    def __sub__(self, other: "Shares") -> "Shares":
        return Shares(
            payable=self.payable - other.payable,
            platform_discount=self.platform_discount - other.platform_discount,
            points_discount=self.points_discount - other.points_discount,
            commission=self.commission - other.commission,
            merchant_discount=self.merchant_discount - other.merchant_discount,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """An order line as it was sold: its pieces and its money by who brought it."""

    order_line_id: OrderLineId
    pieces: int
    sold: Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Clawed:
    """What one rule takes back on the kept pieces of a line, in minor units, and what of it the platform had paid."""

    rule_id: str
    order_line_id: OrderLineId
    amount: int
    platform: int


ClawBack = Callable[[Mapping[OrderLineId, int]], Sequence[Clawed]]
"""From the pieces of each line that stay, to what becomes dearer on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldOrder:
    """An order as refunds see it; `nothing_sent` is whether no piece of it ever left.

    `claw_back` answers what discounts are lost on what is kept; None when no rule of the order takes any back.
    """

    order_id: OrderId
    lines: tuple[SoldLine, ...]
    freight: Money
    nothing_sent: bool
    claw_back: ClawBack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPlan:
    """What a refund will send back, line by line; amount = Σ line payable + freight.

    `clawed` is what is withheld of it, rule by rule and line by line.
    """

    lines: tuple[RefundLine, ...]
    freight: Money
    clawed: tuple[Clawed, ...] = ()

    @property
    def amount(self) -> Money:
        """What the buyer gets through the channel."""
        return sum((line.payable for line in self.lines), self.freight)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneRefund:
    """A refund that went through, as the books need it."""

    id: RefundId
    lines: tuple[RefundLine, ...]
    freight: Money
