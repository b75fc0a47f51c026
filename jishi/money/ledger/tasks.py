"""What the ledger has to be ready for: the coming months."""

from datetime import datetime

from jishi.kernel.db import atomic
from jishi.kernel.jobs import job, periodic
from jishi.money.ledger import services, services_standing


@periodic("15 17 * * *")
@job(lock="ledger.open_months", name="money.ledger.tasks.open_months")
def open_months(*, now: datetime) -> None:
    """Make the partitions of the coming months."""
    with atomic():
        services.open_months(now=now)


@periodic("7 * * * *")
@job(lock="ledger.keep_standing", name="money.ledger.tasks.keep_standing")
def keep_standing(*, now: datetime) -> None:
    """Keep what stands on the accounts, so that a page need not sum years."""
    services_standing.keep_standing(now=now)


@periodic("37 18 * * *")
@job(lock="ledger.keep_standing", name="money.ledger.tasks.sum_standing_anew")
def sum_standing_anew(*, now: datetime) -> None:
    """Sum the accounts from their first posting, so that what is kept is never further off than a day."""
    services_standing.keep_standing(now=now, anew=True)
