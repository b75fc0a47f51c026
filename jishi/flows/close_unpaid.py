"""Nobody paid in time: the orders close, their stock is free again, and the channel is told."""

from datetime import datetime, timedelta
from uuid import UUID

from jishi.flows import instalments, take_payment
from jishi.flows.payment_tasks import abandon_payment
from jishi.kernel.db import atomic
from jishi.kernel.ids import TradeId
from jishi.kernel.jobs import job
from jishi.money.payments import services as payments
from jishi.offering.coupons import services_redeeming as coupons
from jishi.offering.inventory import services as inventory
from jishi.offering.promotions import services_uses as promotions
from jishi.trade.orders import queries, services
from jishi.trade.orders.types import Actor, CloseReason

RING_AGAIN_AFTER = timedelta(seconds=5)  # two machines whose clocks differ must not hand it to and fro


@job(lock="trade:{trade_id}")
def close_unpaid(*, trade_id: TradeId, now: datetime) -> None:
    """Close a trade whose deadline is over and that nobody paid. Safe to call again, and on a paid trade.

    The channel is asked first, so that a payment of the last minute is found before the order is closed.
    Money that comes even later finds a closed payment and is either revived or sent back (`take_payment`).
    """
    take_payment.poll(trade_id=trade_id, now=now)
    with atomic():
        # A deposit that came meanwhile has moved the deadline to that of the balance.
        pay_before_at = services.lock_trade(trade_id).pay_before_at
        if now < pay_before_at:
            # The clock that sent us was ahead, or ours went back: without another call nobody would come again.
            close_unpaid.defer(at=max(pay_before_at, now + RING_AGAIN_AFTER), trade_id=trade_id)
            return
        if payments.close(trade_id=trade_id, now=now):
            release_unpaid(trade_id, reason=CloseReason.UNPAID, actor=Actor.CLOCK, now=now)


def release_unpaid(
    trade_id: TradeId,
    *,
    reason: CloseReason,
    actor: Actor,
    now: datetime,
    actor_id: UUID | None = None,
    note: str = "",
    returns_deposit: bool = False,
) -> None:
    """Close the orders of a trade whose payment was just closed, and give back its coupons, promotions and stock.

    A deposit goes where the pre-sale says, or back to the buyer when `returns_deposit`.

    Inside the caller's transaction, the trade locked.
    """
    closed = services.close(
        order_ids=queries.ids_of_trade(trade_id),
        reason=reason,
        actor=actor,
        actor_id=actor_id,
        note=note,
        now=now,
    )
    coupons.release(trade_id)
    promotions.give_back(closed, now=now)
    inventory.release(closed, now=now)
    instalments.end_deposit(trade_id, returns=returns_deposit, note=note, now=now)
    abandon_payment.defer(trade_id=trade_id)
