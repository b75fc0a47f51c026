"""Training by the clock. Times are UTC: 20:10 is 4:10 in China."""

from datetime import datetime

from jishi.discovery.recommendations import services, services_measured
from jishi.kernel.jobs import job, periodic


@periodic("10 20 * * *")
@job(lock="recommendations.retrain")
def retrain(*, now: datetime) -> None:
    """Train tonight's version, and forget what was refused long ago."""
    services.retrain(now=now)
    services.forget_old_refusals(now=now)


@periodic("40 17 * * *")
@job(lock="recommendations.measure")
def measure(*, now: datetime) -> None:
    """Measure how the days that are over did: 1:40 in China."""
    services_measured.measure(now=now)
