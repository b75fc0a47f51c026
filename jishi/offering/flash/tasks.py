"""What flash sales do by the clock."""

from datetime import datetime

from jishi.kernel.jobs import job, periodic
from jishi.offering.flash import services


@periodic("* * * * *")
@job(name="offering.flash.follow_sessions", lock="flash.sessions")
def follow_sessions(*, now: datetime) -> None:
    """Give back what sessions that are over left, set aside what the next ones need, and make the days ahead."""
    services.finish(now=now)
    services.open_sessions(now=now)
    services.preheat(now=now)
