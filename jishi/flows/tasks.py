"""The flows that time starts. Importing this makes every job of the flows known to the workers."""

from datetime import datetime

from jishi.flows import close_unpaid, complete, payment_tasks, ship
from jishi.kernel.jobs import job, periodic

__all__ = ["close_unpaid", "complete_due_orders", "payment_tasks", "ship"]


@periodic("*/5 * * * *")
@job(lock="flows.complete_due")
def complete_due_orders(*, now: datetime) -> None:
    """Confirm receipts and complete orders whose time has come."""
    complete.complete_due(now)
