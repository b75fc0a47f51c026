"""The buyer has his goods."""

from datetime import datetime

from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.words import Text
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor


class CannotConfirm(Conflict):
    """Not everything was sent yet, or the receipt is confirmed already; `status` is what it is now."""

    code = "cannot_confirm"
    message = Text(zh="订单当前状态不能确认收货", en="The receipt cannot be confirmed now")


def confirm_receipt(*, order_id: OrderId, buyer: UserId, now: datetime) -> None:
    """Note the buyer's word that everything arrived. Raises: NotFound, CannotConfirm (409)."""
    with atomic():
        services.lock_order_trade(order_id)
        order = queries.order_at_sale(order_id)
        if order.buyer_id != buyer:
            raise NotFound
        if not services.mark_received(order_id=order_id, actor=Actor.BUYER, actor_id=buyer, now=now):
            raise CannotConfirm(status=order.status)
