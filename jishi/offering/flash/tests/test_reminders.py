"""Reminders: asked for once, told once by mail or text message, and forgotten with the session."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jishi.config.env_channels import SmsAccount
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.notifications.services import NotSent
from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import FlashItemId, MerchantId, UserId
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.flash import queries, rules, services
from jishi.offering.flash import services_reminders as reminders
from jishi.offering.flash.models import FlashItemRow
from jishi.offering.flash.services_reminders import FlashBegun, TooManyReminders
from jishi.offering.flash.tests.factories import HOURS, NOW, make_application
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db

EMAIL = "waits@example.com"
PHONE = "+8613800138000"
A_DAY_BEFORE = NOW - timedelta(days=1)
SHORTLY_BEFORE = NOW - rules.REMIND_BEFORE


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


def accepted(starts_at: datetime = NOW) -> FlashItemId:
    item = make_application(make_product(), starts_at=starts_at)
    services.accept(item_id=item, staff_id=None, now=starts_at - timedelta(hours=2))
    return item


def waits(buyer: UserId, now: datetime) -> list[FlashItemId]:
    return [one.item.id for one in queries.reminded(buyer, language="zh", now=now)]


def test_who_asked_is_told_once_of_all_that_starts(inbox: RunningSimulators) -> None:
    buyer, first, second, later = make_buyer(email=EMAIL), accepted(), accepted(), accepted(NOW + HOURS)
    for item in (first, second, later, first):
        reminders.remind(item_id=item, buyer=buyer, now=A_DAY_BEFORE)
    assert waits(buyer, A_DAY_BEFORE) == [first, second, later]

    assert reminders.to_tell(now=SHORTLY_BEFORE - timedelta(seconds=1)) == []
    assert reminders.to_tell(now=SHORTLY_BEFORE) == [buyer]
    assert reminders.tell(buyer=buyer, now=SHORTLY_BEFORE)
    assert not reminders.tell(buyer=buyer, now=SHORTLY_BEFORE)  # run once more
    assert reminders.to_tell(now=SHORTLY_BEFORE) == []

    (letter,) = inbox.control.messages(EMAIL)
    assert "10:00" in letter["text"]
    assert letter["text"].count("「") == 2
    assert "/flash" in letter["text"]


def test_a_message_that_did_not_leave_is_sent_again(inbox: RunningSimulators) -> None:
    starts_at = clock.now() + rules.REMIND_BEFORE  # the gateway looks at the time
    buyer, item = make_buyer(phone=PHONE), accepted(starts_at)
    reminders.remind(item_id=item, buyer=buyer, now=starts_at - timedelta(hours=1))
    inbox.control.fail_next("sms")
    at = clock.now()
    with pytest.raises(NotSent):
        reminders.tell(buyer=buyer, now=at)
    assert reminders.to_tell(now=at) == [buyer]
    assert reminders.tell(buyer=buyer, now=at)
    (message,) = inbox.control.messages(PHONE)
    assert f"{starts_at.astimezone(rules.CHINA):%H:%M}" in message["text"]


def test_nobody_is_told_of_what_was_taken_back_or_dropped_or_began_long_ago() -> None:
    buyer, dropped, withdrawn, missed = make_buyer(), accepted(), accepted(), accepted()
    for item in (dropped, withdrawn):
        reminders.remind(item_id=item, buyer=buyer, now=A_DAY_BEFORE)
    reminders.forget(item_id=dropped, buyer=buyer)
    reminders.forget(item_id=dropped, buyer=buyer)
    merchant = FlashItemRow.objects.across_merchants().get(id=withdrawn).merchant_id
    services.withdraw(merchant_id=MerchantId(merchant), item_id=withdrawn, staff_id=None, now=A_DAY_BEFORE)
    assert waits(buyer, A_DAY_BEFORE) == []
    assert reminders.to_tell(now=SHORTLY_BEFORE) == []
    reminders.remind(item_id=missed, buyer=buyer, now=A_DAY_BEFORE)
    assert reminders.to_tell(now=NOW + reminders.LATE_MAX) == []


def test_a_session_that_runs_or_an_offer_that_waits_has_no_reminder() -> None:
    buyer, item, undecided = make_buyer(), accepted(), make_application(make_product())
    with pytest.raises(FlashBegun):
        reminders.remind(item_id=item, buyer=buyer, now=NOW)
    with pytest.raises(NotFound):
        reminders.remind(item_id=undecided, buyer=buyer, now=A_DAY_BEFORE)


def test_there_is_an_end_to_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "REMINDERS_MAX", 2)
    buyer, items = make_buyer(), [accepted() for _ in range(3)]
    for item in items[:2] * 2:  # what one waits for already is no more than that
        reminders.remind(item_id=item, buyer=buyer, now=A_DAY_BEFORE)
    with pytest.raises(TooManyReminders):
        reminders.remind(item_id=items[2], buyer=buyer, now=A_DAY_BEFORE)
    reminders.forget(item_id=items[0], buyer=buyer)
    reminders.remind(item_id=items[2], buyer=buyer, now=A_DAY_BEFORE)
    assert waits(buyer, A_DAY_BEFORE) == items[1:]


def test_reminders_go_with_their_session() -> None:
    buyer, item = make_buyer(), accepted()
    reminders.remind(item_id=item, buyer=buyer, now=A_DAY_BEFORE)
    assert reminders.clear(now=NOW) == 0
    assert reminders.clear(now=NOW + HOURS) == 1
    assert reminders.clear(now=NOW + HOURS) == 0
