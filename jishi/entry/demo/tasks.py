"""What keeps a demo market alive by the clock; a real market does nothing of it."""

from datetime import datetime

from django.conf import settings

from jishi.entry.demo import flash
from jishi.kernel.jobs import job, periodic


@periodic("* * * * *")
@job(name="entry.demo.plan_flash_sales", lock="flash.sessions")
def plan_flash_sales(*, now: datetime) -> None:
    """Let every session of the next days have offers."""
    if settings.ENV.demo:
        flash.plan(now=now)
