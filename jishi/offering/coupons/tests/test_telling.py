"""Reminders of coupons that end soon, and gifts on birthdays: mails arrive at the simulator."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from jishi.config.environment import SmsAccount
from jishi.identity.accounts import queries as accounts
from jishi.identity.accounts.services import change_me
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.accounts.types import MeChange
from jishi.identity.notifications.services import NotSent
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.kernel.ids import UserId
from jishi.offering.coupons import rules, services_giving, services_telling, tasks
from jishi.offering.coupons.tests.factories import NOW, make_template
from jishi.offering.coupons.types import Way
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db
EMAIL, PHONE = "wang@example.com", "+8613800138000"
DAY = timedelta(days=1)
GIVEN: dict[str, Any] = {"valid_from": None, "valid_until": None, "valid_days": 10}


@pytest.fixture
def inbox(simulators_server: RunningSimulators, settings: Any) -> Iterator[RunningSimulators]:
    """Where messages arrive."""
    simulators_server.control.reset()
    settings.ENV = replace(
        settings.ENV,
        sms=SmsAccount(
            url=simulators_server.sms_url,
            access_key=simulators_server.accounts.sms_secret_id,
            secret=simulators_server.keys.sms_secret,
        ),
        email_url=simulators_server.mail_url,
    )
    yield simulators_server
    simulators_server.control.clear_faults()


def claim(buyer: UserId, **also: object) -> None:
    made = make_template(None, **{**GIVEN, **also})
    services_giving.claim(buyer=buyer, template_id=made, key="key-0001", now=NOW)


def due(now: datetime) -> list[UserId]:
    return services_telling.buyers_to_remind(now=now)


def test_a_buyer_is_told_once_of_all_that_end_soon(inbox: RunningSimulators) -> None:
    buyer = make_buyer(email=EMAIL)
    claim(buyer)
    claim(buyer)
    claim(buyer, remind_days=1)
    assert due(NOW + 6 * DAY) == []
    soon = NOW + 7 * DAY
    assert due(soon) == [buyer]
    assert services_telling.remind(buyer=buyer, now=soon) == 2
    assert services_telling.remind(buyer=buyer, now=soon) == 0
    (message,) = inbox.control.messages(EMAIL)
    assert "2 张优惠券" in message["text"]
    assert "/me/coupons" in message["text"]
    assert services_telling.remind(buyer=buyer, now=NOW + 9 * DAY) == 1


def test_what_was_refused_is_told_later(inbox: RunningSimulators) -> None:
    buyer = make_buyer(phone=PHONE)
    now = clock.now()  # the gateway looks at the time
    template = make_template(None, **{**GIVEN, "valid_days": 3})
    services_giving.claim(buyer=buyer, template_id=template, key="key-0001", now=now - DAY)
    inbox.control.fail_next("sms")
    with pytest.raises(NotSent):
        services_telling.remind(buyer=buyer, now=now)
    assert services_telling.remind(buyer=buyer, now=now) == 1
    (message,) = inbox.control.messages(PHONE)
    assert "1 张" in message["text"]


def test_who_wants_no_news_gets_none(inbox: RunningSimulators) -> None:
    buyer = make_buyer(email=EMAIL)
    claim(buyer)
    change_me(user_id=buyer, change=MeChange(has_coupon_news=False))
    assert services_telling.remind(buyer=buyer, now=NOW + 7 * DAY) == 0
    assert inbox.control.messages(EMAIL) == []


def test_no_reminder_of_what_is_over_just_given_or_not_to_be_told_of() -> None:
    claim(make_buyer(), remind_days=None)
    claim(make_buyer(), valid_days=2)
    assert due(NOW) == []  # the second was given this minute
    assert len(due(NOW + DAY)) == 1
    assert due(NOW + 10 * DAY) == []


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2027, 2, 28), ["02-28", "02-29"]),
        (date(2028, 2, 28), ["02-28"]),
        (date(2028, 2, 29), ["02-29"]),
        (date(2027, 11, 5), ["11-05"]),
    ],
)
def test_the_29th_of_february_is_kept_every_year(day: date, names: list[str]) -> None:
    assert rules.birthdays_on(day) == names


def gifts(buyer: UserId) -> int:
    return len(rows("SELECT 1 FROM coupons_coupon WHERE buyer_id = %s", [buyer]))


def test_a_birthday_gives_once_a_year_whatever_the_day_is_changed_to() -> None:
    templates = [make_template(None, way=Way.BIRTHDAY, **GIVEN)]
    assert services_giving.birthday_templates() == templates
    buyer = make_buyer()
    for year in (2026, 2026, 2027):
        services_giving.congratulate(buyer=buyer, templates=templates, year=year, now=NOW)
    assert gifts(buyer) == 2


def test_those_whose_birthday_it_is_get_a_job_each() -> None:
    make_template(None, way=Way.BIRTHDAY, **GIVEN)
    today, missed, other = make_buyer(), make_buyer(), make_buyer()
    for who, day in ((today, "11-24"), (missed, "11-22"), (other, "11-20")):
        assert change_me(user_id=who, change=MeChange(birthday=day)).birthday == day
    tasks.congratulate_all(now=NOW)
    queued = rows(
        "SELECT args::text FROM procrastinate_jobs WHERE task_name LIKE '%%coupons.tasks.congratulate'", []
    )
    assert len(queued) == 2
    assert all(sum(str(who) in args for (args,) in queued) == 1 for who in (today, missed))


def test_a_birthday_is_sealed_and_can_be_taken_back() -> None:
    buyer = make_buyer()
    change_me(user_id=buyer, change=MeChange(birthday="11-24"))
    ((sealed,),) = rows("SELECT birthday FROM accounts_user WHERE id = %s", [buyer])
    assert b"11-24" not in bytes(sealed)
    assert accounts.born_on("11-24") == [buyer]
    assert change_me(user_id=buyer, change=MeChange(nickname="小王")).birthday == "11-24"
    assert change_me(user_id=buyer, change=MeChange(birthday="")).birthday is None
    assert accounts.born_on("11-24") == []
