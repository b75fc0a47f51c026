"""What ranking does by the clock."""

from datetime import datetime

from jishi.discovery.ranking import services
from jishi.kernel.jobs import job, periodic


@periodic("25 */6 * * *")
@job(name="discovery.ranking.refresh")
def refresh(*, now: datetime) -> None:
    """Compute every product's quality anew."""
    services.refresh(now=now)
