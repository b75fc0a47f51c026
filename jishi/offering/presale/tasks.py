"""What pre-sales do by the clock."""

from datetime import datetime

from jishi.kernel.jobs import job, periodic
from jishi.offering.presale import services


@periodic("* * * * *")
@job(name="offering.presale.follow_presales", lock="presales")
def follow_presales(*, now: datetime) -> None:
    """Give back what pre-sales that are over left, and set aside what the next ones need."""
    services.close_due(now=now)
    services.open_due(now=now)
