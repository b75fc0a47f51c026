"""The jobs of money: what time starts, and what must not be lost when a channel or a worker is away."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from jishi.flows import reconcile, refund, settle, take_payment
from jishi.kernel.db import atomic
from jishi.kernel.ids import TradeId
from jishi.kernel.jobs import Retry, job, periodic
from jishi.money.payments import queries as payments
from jishi.money.payments import services_attempts as attempts

ABANDON_RETRY = Retry(attempts=20, first=timedelta(seconds=5), longest=timedelta(minutes=30))
RECONCILE_RETRY = Retry(attempts=8, first=timedelta(minutes=5), longest=timedelta(hours=2))
CHINA = ZoneInfo("Asia/Shanghai")
LEFT_OPEN = timedelta(minutes=2)  # after that nobody else is about to close an attempt
REFUND_FORGOTTEN = timedelta(hours=2)  # longer than the longest rest between two tries


@job(lock="payment:{trade_id}", name="flows.payment_tasks.poll_payment")
def poll_payment(*, trade_id: TradeId, now: datetime) -> None:
    """Ask the channels about one open payment, in case the webhook never comes."""
    take_payment.poll(trade_id=trade_id, now=now)


@job(lock="payment:{trade_id}", retry=ABANDON_RETRY, name="flows.payment_tasks.abandon_payment")
def abandon_payment(*, trade_id: TradeId, now: datetime) -> None:
    """Close at the channels what may still be open of a payment that is over."""
    take_payment.abandon(trade_id=trade_id, now=now)


@periodic("* * * * *")
@job(lock="flows.poll_payments", name="flows.payment_tasks.poll_payments")
def poll_payments(*, now: datetime) -> None:
    """Look for payments that are due to be asked about, and for attempts left open after the end."""
    due = payments.trades_to_poll(now=now)
    left = payments.trades_to_abandon(now=now - LEFT_OPEN)
    with atomic():
        attempts.note_all_asked(due, now=now)
        poll_payment.defer_many([{"trade_id": trade_id} for trade_id in due])
        abandon_payment.defer_many([{"trade_id": trade_id} for trade_id in left])


@periodic("7 * * * *")
@job(lock="flows.sweep_refunds", name="flows.payment_tasks.sweep_refunds")
def sweep_refunds(*, now: datetime) -> None:
    """Take up again refunds whose own job has given up or was lost."""
    with atomic():
        forgotten = payments.refunds_to_send(tried_before=now - REFUND_FORGOTTEN)
        refund.execute.defer_many([{"refund_id": refund_id} for refund_id in forgotten])


@periodic("40 16 * * *")
@job(lock="flows.settle_daily", name="flows.payment_tasks.settle_daily")
def settle_daily(*, now: datetime) -> None:
    """Issue the statements that are due, shortly after midnight in China."""
    settle.run_cycle(now)


@periodic("30 2 * * *")
@job(lock="flows.reconcile_daily", retry=RECONCILE_RETRY, name="flows.payment_tasks.reconcile_daily")
def reconcile_daily(*, now: datetime) -> None:
    """Read yesterday's bills once the channels have made them: at ten in the morning in China."""
    reconcile.run_day(now.astimezone(CHINA).date() - timedelta(days=1), now=now)
