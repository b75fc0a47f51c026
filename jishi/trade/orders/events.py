"""What orders tell upwards. All carry ids only; who hears them reads the rest."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import MerchantId, OrderId, TradeId, UserId
from jishi.trade.orders.types import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(Event):
    """What every event of one order carries; `status` is the summary it left behind."""

    order_id: OrderId
    trade_id: TradeId
    buyer_id: UserId
    merchant_id: MerchantId
    status: OrderStatus

    @property
    def aggregate_id(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDepositPaid(OrderMoved):
    """The deposit is here; the balance is awaited in its window."""

    name: ClassVar[str] = "orders.order_deposit_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(OrderMoved):
    """The buyer's money is here; the merchant may ship."""

    name: ClassVar[str] = "orders.order_paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed(OrderMoved):
    """Nobody paid, somebody cancelled, or everything was refunded."""

    name: ClassVar[str] = "orders.order_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReopened(OrderMoved):
    """A payment that arrived late found stock and price as they were."""

    name: ClassVar[str] = "orders.order_reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(OrderMoved):
    """A parcel left; more may follow."""

    name: ClassVar[str] = "orders.order_shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(OrderMoved):
    """The last parcel arrived."""

    name: ClassVar[str] = "orders.order_delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceived(OrderMoved):
    """The buyer, or time, confirmed the receipt."""

    name: ClassVar[str] = "orders.order_received"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(OrderMoved):
    """The return window is over; the merchant's money is his."""

    name: ClassVar[str] = "orders.order_completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefundOpened(OrderMoved):
    """A refund was asked for; pieces not sent yet will not be."""

    name: ClassVar[str] = "orders.order_refund_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(OrderMoved):
    """Money went back to the buyer."""

    name: ClassVar[str] = "orders.order_refunded"
