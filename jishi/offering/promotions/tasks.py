"""What promotions do by the clock."""

from datetime import datetime

from jishi.kernel.jobs import job, periodic
from jishi.offering.promotions import services_uses


@periodic("*/5 * * * *")
@job(name="offering.promotions.count_uses", lock="promotions.count_uses")
def count_uses(*, now: datetime) -> None:  # noqa: ARG001 - every job is told the time
    """Add up what promotions without a budget took off since the last time."""
    services_uses.count_uses()
