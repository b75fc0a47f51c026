"""What the ledger has to be ready for: the coming months."""

from datetime import datetime

from jishi.kernel.db import atomic
from jishi.kernel.jobs import job, periodic
from jishi.money.ledger import services


@periodic("15 17 * * *")
@job(lock="ledger.open_months", name="money.ledger.tasks.open_months")
def open_months(*, now: datetime) -> None:
    """Make the partitions of the coming months."""
    with atomic():
        services.open_months(now=now)
