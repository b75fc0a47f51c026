"""The platform's timetable: sessions follow it, and what merchants were promised stays."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from jishi.kernel.errors import Invalid
from jishi.kernel.ids import FlashSessionId
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.flash import queries, rules, services
from jishi.offering.flash.models import FlashSessionRow
from jishi.offering.flash.services_timetable import set_slots
from jishi.offering.flash.tests.factories import NOW, make_application

pytestmark = pytest.mark.django_db

NOON_IN_CHINA = NOW + timedelta(hours=2, minutes=1)  # NOW is ten o'clock there


def hours_of(day: datetime) -> list[int]:
    """Return the hours at which sessions start that begin within a day of an instant."""
    starts = FlashSessionRow.objects.filter(starts_at__gt=day, starts_at__lte=day + timedelta(days=1))
    return sorted(one.starts_at.astimezone(rules.CHINA).hour for one in starts)


def change(*hours: int) -> None:
    session = FlashSessionRow.objects.order_by("starts_at").first()
    assert session
    set_slots(hours=hours, session_id=FlashSessionId(session.id), staff_id=None, now=NOON_IN_CHINA)


def test_the_usual_hours_hold_until_others_are_set() -> None:
    services.open_sessions(now=NOON_IN_CHINA)
    assert hours_of(NOON_IN_CHINA + timedelta(days=2)) == [0, 10, 14, 20]
    change(22, 8, 8)
    assert queries.slot_hours() == (8, 22)
    assert hours_of(NOON_IN_CHINA + timedelta(days=2)) == [8, 22]
    services.open_sessions(now=NOON_IN_CHINA)
    assert hours_of(NOON_IN_CHINA + timedelta(days=2)) == [8, 22]


def test_the_session_that_runs_and_those_with_offers_stay() -> None:
    services.open_sessions(now=NOON_IN_CHINA)
    running = FlashSessionRow.objects.get(starts_at__lte=NOON_IN_CHINA, ends_at__gt=NOON_IN_CHINA)
    kept = FlashSessionRow.objects.filter(starts_at__gt=NOON_IN_CHINA + timedelta(days=2)).order_by(
        "starts_at"
    )[0]
    make_application(make_product(), starts_at=kept.starts_at)
    change(9, 21)
    assert FlashSessionRow.objects.filter(id__in=[running.id, kept.id]).count() == 2
    sessions = FlashSessionRow.objects.order_by("starts_at")
    assert all(one.ends_at <= following.starts_at for one, following in pairwise(sessions)), "none overlap"


@pytest.mark.parametrize("hours", [(), (24,), (-1,), tuple(range(13))])
def test_a_timetable_has_hours_and_not_too_many(hours: tuple[int, ...]) -> None:
    services.open_sessions(now=NOON_IN_CHINA)
    with pytest.raises(Invalid):
        change(*hours)
    assert queries.slot_hours() == rules.SLOTS_HOURS
