"""What keeps a demo market alive by the clock; a real market does nothing of it."""

from datetime import datetime

from django.conf import settings

from jishi.entry.demo import flash, presale
from jishi.kernel.jobs import job, periodic


@periodic("* * * * *")
@job(name="entry.demo.plan_flash_sales", lock="flash.sessions")
def plan_flash_sales(*, now: datetime) -> None:
    """Let every session of the next days have offers."""
    if settings.ENV.demo:
        flash.plan(now=now)


@periodic("* * * * *")
@job(name="entry.demo.plan_presales", lock="presales")
def plan_presales(*, now: datetime) -> None:
    """Let something always be sold ahead."""
    if settings.ENV.demo:
        presale.plan(now=now)
