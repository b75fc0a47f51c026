"""What accounts need done by the clock."""

from datetime import datetime, timedelta

from jishi.identity.accounts import services
from jishi.kernel.jobs import job, periodic

ABANDONED_AFTER = timedelta(days=2)


@periodic("40 19 * * *")  # 3:40 in Shanghai
@job()
def forget_abandoned_accounts(*, now: datetime) -> None:
    """Remove accounts that were begun by phone and never proven, and sessions that are over."""
    services.forget_abandoned(before=now - ABANDONED_AFTER)
    services.forget_expired_sessions(now=now)
