"""Training by the clock. Times are UTC: 20:10 is 4:10 in China."""

from datetime import datetime

from jishi.discovery.recommendations import services
from jishi.kernel.jobs import job, periodic


@periodic("10 20 * * *")
@job(lock="recommendations.retrain")
def retrain(*, now: datetime) -> None:
    """Train tonight's version, and forget what was refused long ago."""
    services.retrain(now=now)
    services.forget_old_refusals(now=now)
