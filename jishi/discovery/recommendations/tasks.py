"""Training by the clock. Times are UTC: 20:10 is 4:10 in China."""

from datetime import datetime, timedelta

from jishi.discovery.recommendations import (
    queries_letters,
    services,
    services_letters,
    services_measured,
)
from jishi.kernel.db import atomic
from jishi.kernel.ids import UserId
from jishi.kernel.jobs import Retry, job, periodic

WRITE_RETRY = Retry(attempts=5, first=timedelta(minutes=5), longest=timedelta(hours=1))


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


@job(name="recommendations.write_letter", lock="recommendations.letter:{user_id}", retry=WRITE_RETRY)
def write_letter(*, user_id: UserId, now: datetime) -> None:
    """Send somebody this week's letter."""
    services_letters.write(buyer=user_id, now=now)


@periodic("0 2 * * 3")
@job(name="recommendations.write_letters", lock="recommendations.letters")
def write_letters(*, now: datetime) -> None:
    """Give everybody who wants a letter a job of his own: on Wednesday at ten in the morning in China."""
    waiting = queries_letters.to_write(sent_before=now - services_letters.REST)
    with atomic():
        write_letter.defer_many([{"user_id": user_id} for user_id in waiting])
