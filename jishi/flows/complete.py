"""Time completes orders: receipt is taken for granted after a while, and the return window ends."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from jishi.flows.release import release_escrow
from jishi.kernel.db import atomic
from jishi.kernel.ids import OrderId
from jishi.money.payments import queries as payments
from jishi.money.payments.types import RefundStatus
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor

log = structlog.get_logger(__name__)

BATCH = 200


def complete_due(now: datetime) -> int:
    """Confirm what was delivered long ago, complete what can no longer come back; return how many moved.

    Each order moves in a transaction of its own; its money is released in the same one. An order that cannot
    move is told at the end and holds up no other.
    Raises: ExceptionGroup with what went wrong.
    """
    received_until = now - timedelta(days=settings.ENV.auto_confirm_days)
    returnable_until = now - timedelta(days=settings.ENV.return_window_days)
    failures: list[Exception] = []
    moved = _each(_delivered(received_until), _confirm, now, failures)
    moved += _each(_received(returnable_until), complete_order, now, failures)
    if failures:
        raise ExceptionGroup("orders that could not move", failures)
    return moved


def _each(
    order_ids: Iterator[OrderId],
    move: Callable[[OrderId, datetime], bool],
    now: datetime,
    failures: list[Exception],
) -> int:
    moved = 0
    for order_id in order_ids:
        try:
            moved += move(order_id, now)
        except Exception as error:
            log.exception("order_cannot_move", order_id=str(order_id))
            failures.append(error)
    return moved


def _delivered(until: datetime) -> Iterator[OrderId]:
    after = None
    while batch := queries.delivered_before(until, after=after, limit=BATCH):
        yield from (due.order_id for due in batch)
        after = batch[-1]


def _received(until: datetime) -> Iterator[OrderId]:
    after = None
    while batch := queries.received_before(until, after=after, limit=BATCH):
        waiting = _with_open_refunds([due.order_id for due in batch])
        yield from (due.order_id for due in batch if due.order_id not in waiting)
        after = batch[-1]


def _with_open_refunds(order_ids: list[OrderId]) -> set[OrderId]:
    """Return the orders whose money is still on its way back: they complete after it has arrived."""
    return {
        order_id
        for order_id, refunds in payments.refunds_of(order_ids).items()
        if any(refund.status is not RefundStatus.DONE for refund in refunds)
    }


def _confirm(order_id: OrderId, now: datetime) -> bool:
    with atomic():
        services.lock_order_trade(order_id)
        return services.mark_received(order_id=order_id, actor=Actor.CLOCK, actor_id=None, now=now)


def complete_order(order_id: OrderId, now: datetime) -> bool:
    """Complete a received order and release its money; False when it is not received.

    Raises: NotFound, RefundUnderWay (409).
    """
    with atomic():
        services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        if not services.mark_completed(order_id=order_id, now=now):
            return False
        release_escrow(order, now=now)
        return True
