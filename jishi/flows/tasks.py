"""The flows that time starts. Importing this makes every job of the flows known to the workers."""

from datetime import datetime

from jishi.flows import best_offer, close_unpaid, complete, hand_over, payment_tasks, presale_news, ship
from jishi.kernel.jobs import job, periodic

__all__ = ["close_unpaid", "complete_due_orders", "payment_tasks", "presale_news", "ship"]


@periodic("*/5 * * * *")
@job(lock="flows.complete_due")
def complete_due_orders(*, now: datetime) -> None:
    """Confirm receipts and complete orders whose time has come."""
    complete.complete_due(now)


@periodic("23 * * * *")
@job(lock="flows.choose_best_offers")
def choose_best_offers(*, now: datetime) -> None:
    """Rank the offers of all shared products anew: freight templates may have changed."""
    best_offer.choose_all(now=now)


@periodic("*/10 * * * *")
@job(lock="flows.refund_expired_vouchers")
def refund_expired_vouchers(*, now: datetime) -> None:
    """Refund the vouchers that nobody used in time."""
    hand_over.refund_expired(now)
