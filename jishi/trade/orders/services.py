"""The verbs of an order. Each runs inside a flow's transaction, after `lock_trade`.

A verb moves orders from the states it names; what it finds in another state it leaves alone, and its answer
says so.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel.db import require_transaction, row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId, TradeId, UserId
from jishi.kernel.money import Money
from jishi.trade.orders import events, statements
from jishi.trade.orders.models import OrderEvent
from jishi.trade.orders.rules import State, summary
from jishi.trade.orders.services_moves import Cause, move
from jishi.trade.orders.services_pieces import (
    PiecesGone,
    Sent,
    note_deposit_back,
    note_handed_over,
    note_refund,
    note_shipped,
    reserve_refund_pieces,
)
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    FulfilmentStatus,
    LockedTrade,
    OrderPaymentStatus,
    OrderStatus,
)
from jishi.trade.orders.types_timeline import TimelineFact

__all__ = [
    "PiecesGone",
    "Sent",
    "add_timeline",
    "close",
    "lock_order_trade",
    "lock_trade",
    "mark_completed",
    "mark_delivered",
    "mark_deposit_paid",
    "mark_paid",
    "mark_received",
    "note_deposit_back",
    "note_handed_over",
    "note_refund",
    "note_shipped",
    "reopen",
    "reserve_refund_pieces",
]

UNPAID_ONLY = frozenset({OrderStatus.AWAITING_PAYMENT})
NOT_ALL_PAID = UNPAID_ONLY | {OrderStatus.AWAITING_BALANCE}
UNSENT = NOT_ALL_PAID | {OrderStatus.AWAITING_SHIPMENT}
CLOSABLE = {
    CloseReason.UNPAID: NOT_ALL_PAID,
    CloseReason.CANCELLED_BY_BUYER: UNSENT,
    CloseReason.CANCELLED_BY_MERCHANT: UNSENT,
}


def lock_trade(trade_id: TradeId) -> LockedTrade:
    """Wait for and keep the trade until the transaction ends. Every flow that changes orders does this first.

    Raises: NotFound.
    """
    require_transaction("locking a trade")
    found = row(
        "SELECT buyer_id, total_minor, currency, placed_at, pay_before_at FROM orders_trade WHERE id = %s "
        "FOR NO KEY UPDATE",
        [trade_id],
    )
    if found is None:
        raise NotFound
    buyer_id, total_minor, currency, placed_at, pay_before_at = found
    return LockedTrade(
        id=trade_id,
        buyer_id=UserId(buyer_id),
        total=Money(total_minor, currency),
        placed_at=placed_at,
        pay_before_at=pay_before_at,
    )


def lock_order_trade(order_id: OrderId) -> TradeId:
    """Lock the trade an order belongs to. Raises: NotFound."""
    require_transaction("locking a trade")
    found = row(
        "SELECT t.id FROM orders_trade t JOIN orders_order o ON o.trade_id = t.id WHERE o.id = %s "
        "FOR NO KEY UPDATE OF t",
        [order_id],
    )
    if found is None:
        raise NotFound
    return TradeId(found[0])


def mark_deposit_paid(*, trade_id: TradeId, until: datetime, now: datetime) -> list[OrderId]:
    """Note that the deposit of a trade is here, and that its balance is awaited until an instant."""
    paid = State(
        payment=OrderPaymentStatus.DEPOSIT_PAID,
        fulfilment=FulfilmentStatus.UNSHIPPED,
        close_reason=None,
        is_completed=False,
    )
    return move(
        statements.MARK_DEPOSIT_PAID,
        events.OrderDepositPaid,
        sources=UNPAID_ONLY,
        target=summary(paid),
        cause=Cause(kind="deposit_paid", actor=Actor.CHANNEL),
        now=now,
        trade_id=trade_id,
        until=until,
    )


def mark_paid(*, trade_id: TradeId, now: datetime) -> list[OrderId]:
    """Note that all the money of a trade is here; return the orders that waited for it."""
    paid = State(
        payment=OrderPaymentStatus.PAID,
        fulfilment=FulfilmentStatus.UNSHIPPED,
        close_reason=None,
        is_completed=False,
    )
    return move(
        statements.MARK_PAID,
        events.OrderPaid,
        sources=NOT_ALL_PAID,
        target=summary(paid),
        cause=Cause(kind="paid", actor=Actor.CHANNEL),
        now=now,
        trade_id=trade_id,
    )


def close(
    *,
    order_ids: Sequence[OrderId],
    reason: CloseReason,
    actor: Actor,
    now: datetime,
    actor_id: UUID | None = None,
    note: str = "",
) -> list[OrderId]:
    """Close unpaid or unsent orders; return those that were. Releasing stock and refunding are the caller's.

    `UNPAID` closes what awaits payment, the cancellations also what awaits shipment. Full refunds close by
    `note_refund`.
    """
    kind = "closed_unpaid" if reason is CloseReason.UNPAID else "cancelled"
    return move(
        statements.CLOSE,
        events.OrderClosed,
        sources=CLOSABLE[reason],
        target=OrderStatus.CLOSED,
        cause=Cause(kind=kind, actor=actor, actor_id=actor_id, reason=note),
        now=now,
        order_ids=list(order_ids),
        close_reason=reason,
    )


def reopen(*, trade_id: TradeId, now: datetime) -> list[OrderId]:
    """Let orders that were closed unpaid await payment again, because it has come after all; return them."""
    return move(
        statements.REOPEN,
        events.OrderReopened,
        sources={OrderStatus.CLOSED},
        target=OrderStatus.AWAITING_PAYMENT,
        cause=Cause(kind="reopened", actor=Actor.CHANNEL),
        now=now,
        trade_id=trade_id,
    )


def mark_delivered(
    *, order_id: OrderId, actor: Actor = Actor.CARRIER, kind: str = "delivered", now: datetime
) -> bool:
    """Note that all of a fully shipped order arrived, by its parcels or without; False when it is not in transit."""
    moved = move(
        statements.DELIVER,
        events.OrderDelivered,
        sources={OrderStatus.SHIPPED},
        target=OrderStatus.DELIVERED,
        cause=Cause(kind=kind, actor=actor),
        now=now,
        order_ids=[order_id],
    )
    return bool(moved)


def mark_received(
    *, order_id: OrderId, actor: Actor, actor_id: UUID | None, kind: str = "received", now: datetime
) -> bool:
    """Note that the buyer has the goods, by his word or by time; False when they are not on their way."""
    moved = move(
        statements.RECEIVE,
        events.OrderReceived,
        sources={OrderStatus.SHIPPED, OrderStatus.DELIVERED},
        target=OrderStatus.RECEIVED,
        cause=Cause(kind=kind, actor=actor, actor_id=actor_id),
        now=now,
        order_ids=[order_id],
    )
    return bool(moved)


def mark_completed(*, order_id: OrderId, now: datetime) -> bool:
    """Note that the return window is over; the escrow is released by the caller. False when not received."""
    moved = move(
        statements.COMPLETE,
        events.OrderCompleted,
        sources={OrderStatus.RECEIVED},
        target=OrderStatus.COMPLETED,
        cause=Cause(kind="completed", actor=Actor.CLOCK),
        now=now,
        order_ids=[order_id],
    )
    return bool(moved)


def add_timeline(facts: Sequence[TimelineFact]) -> None:
    """Write entries into timelines, for what changes no status."""
    OrderEvent.objects.bulk_create(
        [
            OrderEvent(
                order_id=fact.order_id,
                kind=fact.kind,
                actor=fact.actor,
                actor_id=fact.actor_id,
                reason=fact.reason,
                at=fact.at,
            )
            for fact in facts
        ]
    )
