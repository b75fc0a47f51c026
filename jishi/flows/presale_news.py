"""Telling buyers of pre-sales of their balance: when it is due, and before its time ends."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.services import NotSent
from jishi.identity.notifications.types import News
from jishi.kernel.db import atomic
from jishi.kernel.ids import OrderId
from jishi.kernel.jobs import job, periodic
from jishi.money.payments import queries as payments
from jishi.offering.presale import services_telling as telling
from jishi.offering.presale.services_telling import BalanceNews
from jishi.trade.orders import queries as orders
from jishi.trade.orders.types import OrderAtSale, OrderStatus


def tell(order_id: OrderId, *, now: datetime) -> bool:
    """Tell a buyer what his order is owed; return whether he was told. Again tells nothing.

    An order whose deposit is not paid yet waits: it may be paid this minute. One that is paid or closed is passed
    over for good. What the gateway refuses counts as not told, and the next run of the clock tries again.
    """
    order = orders.order_at_sale(order_id)
    if order.status is OrderStatus.AWAITING_PAYMENT:
        return False
    news = telling.mark_told(order_id, now=now)
    if news is None or order.status is not OrderStatus.AWAITING_BALANCE:
        return False
    try:
        _write(order, news, now)
    except NotSent:
        telling.unmark_told(news)
        return False
    return True


def _write(order: OrderAtSale, news: BalanceNews, now: datetime) -> None:
    split = payments.summary(order.trade_id).instalments
    if split is None:
        raise LookupError(f"no instalments of order {order.id}")
    notifications.tell(
        user_id=order.buyer_id,
        news=News.BALANCE_ENDING if news.is_ending else News.BALANCE_DUE,
        params={
            "number": order.number,
            "amount": f"{split.balance.amount_minor // 100}.{split.balance.amount_minor % 100:02d}",
            "time": f"{news.until.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}",
            "url": f"{settings.ENV.public_url}/orders/{order.id}",
        },
        now=now,
    )


@job(lock="flows.tell_of_balance:{order_id}")
def tell_of_balance(*, order_id: UUID, now: datetime) -> None:
    """Tell the buyer of an order of its balance."""
    tell(OrderId(order_id), now=now)


@periodic("*/2 * * * *")
@job(lock="flows.tell_of_balances")
def tell_of_balances(*, now: datetime) -> None:
    """Give every order that is owed a word on its balance a job of its own."""
    after = None
    while waiting := telling.orders_to_tell(now=now, after=after):
        with atomic():
            tell_of_balance.defer_many([{"order_id": order_id} for order_id in waiting])
        after = waiting[-1]
