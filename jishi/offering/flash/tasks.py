"""What flash sales do by the clock."""

from datetime import datetime, timedelta

from jishi.kernel.db import atomic
from jishi.kernel.ids import UserId
from jishi.kernel.jobs import Retry, job, periodic
from jishi.offering.flash import services, services_reminders

TELL_RETRY = Retry(attempts=4, first=timedelta(seconds=20), longest=timedelta(minutes=2))


@periodic("* * * * *")
@job(name="offering.flash.follow_sessions", lock="flash.sessions")
def follow_sessions(*, now: datetime) -> None:
    """Give back what sessions that are over left, set aside what the next ones need, and make the days ahead."""
    services.finish(now=now)
    services.open_sessions(now=now)
    services.preheat(now=now)


@job(name="offering.flash.remind", lock="flash.remind:{user_id}", retry=TELL_RETRY)
def remind(*, user_id: UserId, now: datetime) -> None:
    """Tell somebody of the flash sales that he waits for and that start soon."""
    services_reminders.tell(buyer=user_id, now=now)


@periodic("* * * * *")
@job(name="offering.flash.remind_all", lock="flash.remind_all")
def remind_all(*, now: datetime) -> None:
    """Give everybody who is to be told a job of his own, and forget the reminders of what is over."""
    waiting = services_reminders.to_tell(now=now)
    with atomic():
        remind.defer_many([{"user_id": user_id} for user_id in waiting])
    services_reminders.clear(now=now)
