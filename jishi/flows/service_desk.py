"""What the platform's service desk does to an order for a buyer or a merchant who asks."""

from datetime import datetime

from jishi.flows.cancel import AWAITS_MONEY, CannotCancel
from jishi.flows.close_unpaid import release_unpaid
from jishi.flows.refund import open_refund
from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.money import Money
from jishi.money.payments import services as payments
from jishi.money.payments import services_refund as refunds
from jishi.money.payments.types import PiecesToRefund, Refund, RefundReason
from jishi.offering.inventory import services as inventory
from jishi.offering.promotions import services_uses as promotions
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor, CloseReason, OrderAtSale, OrderStatus

CAUSES = frozenset({CloseReason.CANCELLED_BY_BUYER, CloseReason.CANCELLED_BY_MERCHANT})


def cancel_order(*, order_id: OrderId, cause: CloseReason, staff: UserId, reason: str, now: datetime) -> None:
    """Cancel an order before anything of it was sent; `cause` says for whom. Its stock is free at once.

    Unpaid: the whole trade is closed, because one payment pays for all of it; a deposit goes back. Paid: the order is
    closed and all its money goes back; the other orders of the trade stay.
    Raises: NotFound, CannotCancel (409), Invalid for another cause.
    """
    if cause not in CAUSES:
        raise Invalid(field="cause")
    with atomic():
        trade_id = services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        if order.status in AWAITS_MONEY and payments.close(trade_id=trade_id, now=now):
            release_unpaid(
                trade_id,
                reason=cause,
                actor=Actor.PLATFORM,
                actor_id=staff,
                note=reason,
                returns_deposit=True,
                now=now,
            )
        elif order.status is OrderStatus.AWAITING_SHIPMENT:
            _cancel_paid(order, cause, staff, reason, now)
        else:
            raise CannotCancel(status=order.status)
        _note("order.cancelled", order, staff, {"cause": cause, "reason": reason}, now)


def _cancel_paid(order: OrderAtSale, cause: CloseReason, staff: UserId, reason: str, now: datetime) -> None:
    services.close(
        order_ids=[order.id], reason=cause, actor=Actor.PLATFORM, actor_id=staff, note=reason, now=now
    )
    promotions.give_back([order.id], now=now)
    inventory.release([order.id], now=now)
    open_refund(order=order, reason=RefundReason.CANCELLED, note=reason, requested_by=staff, now=now)


def refund_amount(
    *, order_id: OrderId, amount: Money, freight: bool, staff: UserId, reason: str, now: datetime
) -> Refund:
    """Send back an amount of an order's goods, pieces staying with the buyer; `freight` adds what is left
    of the freight.

    Raises: NotFound, Invalid, NothingToRefund, RefundTooMuch.
    """
    with atomic():
        services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        refund = open_refund(
            order=order,
            amount=amount,
            freight=freight,
            reason=RefundReason.GOODWILL,
            note=reason,
            requested_by=staff,
            now=now,
        )
        _note_refund(order, refund, staff, reason, now)
    return refund


def refund_rest(*, order_id: OrderId, staff: UserId, reason: str, now: datetime) -> Refund:
    """Send back all that is left of an order, freight included; pieces not sent yet go back on sale at once.

    Raises: NotFound, NothingToRefund, RefundTooMuch, PiecesGone.
    """
    with atomic():
        services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        refund = open_refund(
            order=order, reason=RefundReason.PARTIAL, note=reason, requested_by=staff, now=now
        )
        returned = [
            PiecesToRefund(order_line_id=line.order_line_id, quantity=line.quantity)
            for line in refunds.refund_lines(refund.id, refund.amount.currency)
            if line.quantity
        ]
        if returned:
            unsent = services.reserve_refund_pieces(order_id=order_id, lines=returned, now=now)
            inventory.release_lines(unsent, now=now)
        _note_refund(order, refund, staff, reason, now)
    return refund


def _note_refund(order: OrderAtSale, refund: Refund, staff: UserId, reason: str, now: datetime) -> None:
    facts = {"refund_id": refund.id, "amount_minor": refund.amount.amount_minor, "reason": reason}
    _note("refund.requested", order, staff, facts, now)


def _note(action: str, order: OrderAtSale, staff: UserId, data: dict[str, object], now: datetime) -> None:
    audit.record(
        actor=staff,
        actor_kind="platform",
        action=action,
        subject_kind="order",
        subject_id=order.id,
        merchant_id=order.merchant_id,
        data=data,
        now=now,
    )
