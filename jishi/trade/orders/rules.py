"""What an order's columns say together, and which moves are allowed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import OrderId
from jishi.trade.orders.types import CloseReason, FulfilmentStatus, OrderPaymentStatus, OrderStatus

# Every state has a way out to one of the two ends, completed and closed (docs/algorithms/place_order.md).
ORDER_MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.AWAITING_PAYMENT: frozenset(
        {OrderStatus.AWAITING_BALANCE, OrderStatus.AWAITING_SHIPMENT, OrderStatus.CLOSED}
    ),
    # A deposit is paid; the balance comes in its window, or the order closes.
    OrderStatus.AWAITING_BALANCE: frozenset({OrderStatus.AWAITING_SHIPMENT, OrderStatus.CLOSED}),
    OrderStatus.AWAITING_SHIPMENT: frozenset(
        {OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.CLOSED}
    ),
    OrderStatus.PARTIALLY_SHIPPED: frozenset(
        {OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CLOSED}
    ),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.CLOSED}),
    OrderStatus.DELIVERED: frozenset({OrderStatus.RECEIVED, OrderStatus.CLOSED}),
    OrderStatus.RECEIVED: frozenset({OrderStatus.COMPLETED, OrderStatus.CLOSED}),
    OrderStatus.COMPLETED: frozenset(),
    # A payment that arrives late may revive an order that was closed because nobody paid.
    OrderStatus.CLOSED: frozenset({OrderStatus.AWAITING_PAYMENT}),
}

PAYMENT_MOVES: Mapping[OrderPaymentStatus, frozenset[OrderPaymentStatus]] = {
    OrderPaymentStatus.UNPAID: frozenset({OrderPaymentStatus.DEPOSIT_PAID, OrderPaymentStatus.PAID}),
    OrderPaymentStatus.DEPOSIT_PAID: frozenset({OrderPaymentStatus.PAID}),
    OrderPaymentStatus.PAID: frozenset({OrderPaymentStatus.PARTIALLY_REFUNDED, OrderPaymentStatus.REFUNDED}),
    OrderPaymentStatus.PARTIALLY_REFUNDED: frozenset({OrderPaymentStatus.REFUNDED}),
    OrderPaymentStatus.REFUNDED: frozenset(),
}

FULFILMENT_MOVES: Mapping[FulfilmentStatus, frozenset[FulfilmentStatus]] = {
    FulfilmentStatus.UNSHIPPED: frozenset({FulfilmentStatus.PARTIALLY_SHIPPED, FulfilmentStatus.SHIPPED}),
    FulfilmentStatus.PARTIALLY_SHIPPED: frozenset({FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED}),
    FulfilmentStatus.SHIPPED: frozenset({FulfilmentStatus.DELIVERED, FulfilmentStatus.RECEIVED}),
    FulfilmentStatus.DELIVERED: frozenset({FulfilmentStatus.RECEIVED}),
    FulfilmentStatus.RECEIVED: frozenset(),
}

_BY_FULFILMENT: Mapping[FulfilmentStatus, OrderStatus] = {
    FulfilmentStatus.UNSHIPPED: OrderStatus.AWAITING_SHIPMENT,
    FulfilmentStatus.PARTIALLY_SHIPPED: OrderStatus.PARTIALLY_SHIPPED,
    FulfilmentStatus.SHIPPED: OrderStatus.SHIPPED,
    FulfilmentStatus.DELIVERED: OrderStatus.DELIVERED,
    FulfilmentStatus.RECEIVED: OrderStatus.RECEIVED,
}


# While goods are on their way a merchant needs to know where they go; before and after he does not.
PARCEL_NEEDS_ADDRESS = frozenset(
    {OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED}
)
CLOCK_SKEW_MS_MAX = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The separate columns of an order; the summary is derived from them."""

    payment: OrderPaymentStatus
    fulfilment: FulfilmentStatus
    close_reason: CloseReason | None
    is_completed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePieces:
    """The pieces of one line: `cancelled` were refunded before they were sent and never will be sent."""

    quantity: int
    shipped: int
    cancelled: int

    @property
    def to_ship(self) -> int:
        """Return how many pieces still have to leave."""
        return self.quantity - self.shipped - self.cancelled


def require_moves(sources: Iterable[OrderStatus], target: OrderStatus) -> None:
    """Check that every one of `sources` may become, or stay, `target`. Raises: ProgrammingError."""
    wrong = [source for source in sources if target not in ORDER_MOVES[source] | {source}]
    if wrong:
        raise ProgrammingError(f"{wrong} may not become {target}")


def summary(state: State) -> OrderStatus:
    """Derive the status people see."""
    if state.is_completed:
        return OrderStatus.COMPLETED
    if state.close_reason is not None:
        return OrderStatus.CLOSED
    if state.payment is OrderPaymentStatus.UNPAID:
        return OrderStatus.AWAITING_PAYMENT
    if state.payment is OrderPaymentStatus.DEPOSIT_PAID:
        return OrderStatus.AWAITING_BALANCE
    return _BY_FULFILMENT[state.fulfilment]


def fulfilment_of(lines: Sequence[LinePieces], all_delivered: bool) -> FulfilmentStatus:
    """Derive the fulfilment of an order nobody has confirmed yet; `all_delivered` speaks of its parcels."""
    if not any(line.shipped for line in lines):
        return FulfilmentStatus.UNSHIPPED
    if any(line.to_ship for line in lines):
        return FulfilmentStatus.PARTIALLY_SHIPPED
    return FulfilmentStatus.DELIVERED if all_delivered else FulfilmentStatus.SHIPPED


def payment_after(refunded_minor: int, total_minor: int) -> OrderPaymentStatus:
    """Derive the payment column of a paid order from what went back."""
    if refunded_minor == 0:
        return OrderPaymentStatus.PAID
    return (
        OrderPaymentStatus.REFUNDED
        if refunded_minor >= total_minor
        else OrderPaymentStatus.PARTIALLY_REFUNDED
    )


def unsent_part(line: LinePieces, pieces: int) -> int:
    """Return how many of `pieces` to be refunded are taken from those not sent yet: these go first."""
    return min(pieces, line.to_ship)


def buyer_actions(state: State, *, can_still_pay: bool) -> list[str]:
    """Return what the buyer may do now, the likeliest first."""
    status = summary(state)
    if status in {OrderStatus.AWAITING_PAYMENT, OrderStatus.AWAITING_BALANCE}:
        return ["pay", "cancel"] if can_still_pay else ["cancel"]
    if status is OrderStatus.AWAITING_SHIPMENT:
        return ["cancel"]
    if status in {OrderStatus.SHIPPED, OrderStatus.DELIVERED}:
        return ["confirm_receipt"]
    return []


def merchant_actions(state: State, *, unsent_count: int) -> list[str]:
    """Return what the merchant's staff may do now, the likeliest first."""
    if state.payment not in {OrderPaymentStatus.PAID, OrderPaymentStatus.PARTIALLY_REFUNDED}:
        return []
    if state.close_reason is not None:
        return []
    return ["ship", "refund"] if unsent_count else ["refund"]


def masked_name(name: str) -> str:
    """Return a name of which only the first character can be read."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def ids_from(order_id: OrderId) -> UUID:
    """Return the smallest UUIDv7 that a row about this order may have, were clocks an hour apart."""
    return UUID(int=max(order_id.int - (CLOCK_SKEW_MS_MAX << 80), 0))
