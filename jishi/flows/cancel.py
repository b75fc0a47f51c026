"""The buyer changes his mind before anything was sent."""

from datetime import datetime

from jishi.flows.close_unpaid import release_unpaid
from jishi.flows.refund import open_refund
from jishi.flows.take_back import take_back_codes
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.words import Text
from jishi.money.payments import services as payments
from jishi.money.payments.types import RefundReason
from jishi.offering.inventory import services as inventory
from jishi.offering.promotions import services_uses as promotions
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor, CloseReason, OrderAtSale, OrderStatus

AWAITS_MONEY = frozenset({OrderStatus.AWAITING_PAYMENT, OrderStatus.AWAITING_BALANCE})


class CannotCancel(Conflict):
    """The order was sent, closed or paid at this very moment; `status` is what it is now."""

    code = "cannot_cancel"
    message = Text(zh="订单当前状态不能取消", en="The order cannot be cancelled any more")


def cancel_order(*, order_id: OrderId, buyer: UserId, reason: str, now: datetime) -> None:
    """Cancel an order before anything of it was sent; its stock is free at once.

    Unpaid: the whole trade is closed, because one payment pays for all of it; a deposit goes where its pre-sale
    says. Paid: the order is closed and all its money goes back; the other orders of the trade stay.
    Raises: NotFound, CannotCancel (409).
    """
    with atomic():
        trade_id = services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        if order.buyer_id != buyer:
            raise NotFound
        if order.status in AWAITS_MONEY and payments.close(trade_id=trade_id, now=now):
            release_unpaid(
                trade_id,
                reason=CloseReason.CANCELLED_BY_BUYER,
                actor=Actor.BUYER,
                actor_id=buyer,
                note=reason,
                now=now,
            )
        elif order.status is OrderStatus.AWAITING_SHIPMENT:
            _cancel_paid(order, reason, now)
        else:
            raise CannotCancel(status=order.status)


def _cancel_paid(order: OrderAtSale, reason: str, now: datetime) -> None:
    services.close(
        order_ids=[order.id],
        reason=CloseReason.CANCELLED_BY_BUYER,
        actor=Actor.BUYER,
        actor_id=order.buyer_id,
        note=reason,
        now=now,
    )
    promotions.give_back([order.id], now=now)
    inventory.release([order.id], now=now)
    take_back_codes(order, now=now)
    open_refund(
        order=order,
        lines=None,
        amount=None,
        freight=None,
        reason=RefundReason.CANCELLED,
        note=reason,
        now=now,
    )
