"""What bulk import does by the clock; `advance`, its work, is declared beside the services that ask for it."""

from datetime import datetime, timedelta

from jishi.kernel.jobs import job, periodic
from jishi.offering.imports import services

UNSTARTED_KEPT = timedelta(days=7)


@periodic("41 18 * * *")
@job(name="offering.imports.purge")
def purge(*, now: datetime) -> None:
    """Forget tables that were uploaded and never started."""
    services.purge(unchanged_since=now - UNSTARTED_KEPT)
