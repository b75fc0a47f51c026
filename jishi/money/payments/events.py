"""What happened to a buyer's money; told in the transaction that did it."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import OrderId, PaymentId, RefundId, TradeId
from jishi.money.payments.types import RefundReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(Event):
    """A trade was paid, its orders with it."""

    name: ClassVar[str] = "payments.payment_captured"

    payment_id: PaymentId
    trade_id: TradeId

    @property
    def aggregate_id(self) -> UUID:
        return self.trade_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturned(Event):
    """Money came that nobody waits for (after closing, or a second time) and is on its way back; tell the
    buyer.
    """

    name: ClassVar[str] = "payments.payment_returned"

    payment_id: PaymentId
    trade_id: TradeId
    reason: RefundReason

    @property
    def aggregate_id(self) -> UUID:
        return self.trade_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDone(Event):
    """A refund reached its channel for good. `order_id` is None for money that was never an order's."""

    name: ClassVar[str] = "payments.refund_done"

    refund_id: RefundId
    trade_id: TradeId
    order_id: OrderId | None

    @property
    def aggregate_id(self) -> UUID:
        return self.trade_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    """A channel would not send a refund; it is tried again, and a person may look at it."""

    name: ClassVar[str] = "payments.refund_failed"

    refund_id: RefundId
    trade_id: TradeId
    order_id: OrderId | None

    @property
    def aggregate_id(self) -> UUID:
        return self.trade_id
