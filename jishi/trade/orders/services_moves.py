"""How an order moves: one statement that also writes the timeline, and one event for each that moved."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel.db import require_transaction, rows
from jishi.kernel.ids import MerchantId, OrderId, TradeId, UserId
from jishi.kernel.outbox import publish
from jishi.trade.orders import events
from jishi.trade.orders.rules import require_moves
from jishi.trade.orders.types import Actor, OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who moves an order, and why."""

    kind: str
    actor: Actor
    actor_id: UUID | None = None
    reason: str = ""


def move(
    statement: str,
    event: type[events.OrderMoved],
    *,
    sources: AbstractSet[OrderStatus],
    target: OrderStatus,
    cause: Cause,
    now: datetime,
    **values: Any,
) -> list[OrderId]:
    """Run one move with its timeline entry, publish it, and return the orders that moved."""
    require_transaction("moving an order")
    require_moves(sources, target)
    moved = rows(
        statement,
        {
            "status": target,
            "sources": list(sources),
            "kind": cause.kind,
            "actor": cause.actor,
            "actor_id": cause.actor_id,
            "reason": cause.reason,
            "now": now,
            **values,
        },
    )
    tell(event, moved, now)
    return [OrderId(found[0]) for found in moved]


def tell(event: type[events.OrderMoved], moved: Sequence[tuple[Any, ...]], now: datetime) -> None:
    """Publish one event for each (id, trade, buyer, merchant, status) that a statement answered."""
    publish(
        *(
            event(
                order_id=OrderId(order_id),
                trade_id=TradeId(trade_id),
                buyer_id=UserId(buyer_id),
                merchant_id=MerchantId(merchant_id),
                status=OrderStatus(status),
                occurred_at=now,
            )
            for order_id, trade_id, buyer_id, merchant_id, status in moved
        )
    )
