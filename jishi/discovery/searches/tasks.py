"""Telling of what is new in saved searches: once a day, a job for each person."""

from datetime import datetime, timedelta

from jishi.discovery.searches import queries_saved, services_saved
from jishi.kernel.db import atomic
from jishi.kernel.ids import UserId
from jishi.kernel.jobs import Retry, job, periodic

TELL_RETRY = Retry(attempts=5, first=timedelta(minutes=5), longest=timedelta(hours=1))


@job(lock="searches.tell:{user_id}", retry=TELL_RETRY)
def tell_of_new(*, user_id: UserId, now: datetime) -> None:
    """Tell somebody what is new in his saved searches."""
    services_saved.tell_of_new(user_id=user_id, now=now)


@periodic("0 2 * * *")
@job(lock="searches.tell_all")
def tell_all_of_new(*, now: datetime) -> None:
    """Give everybody who wants to be told a job of his own: at ten in the morning in China."""
    waiting = queries_saved.to_tell(told_before=now - services_saved.ALERT_EVERY)
    with atomic():
        tell_of_new.defer_many([{"user_id": user_id} for user_id in waiting])
