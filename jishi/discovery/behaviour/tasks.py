"""Forgetting old behaviour by the clock. Times are UTC: 19:25 is 3:25 in China."""

from datetime import datetime

from jishi.discovery.behaviour import services
from jishi.kernel.jobs import job, periodic


@periodic("25 19 * * *")
@job(lock="behaviour.drop_old")
def drop_old(*, now: datetime) -> None:
    """Drop the months of behaviour that are older than it is kept."""
    services.drop_old(now=now)
