"""Saved searches, and being told of what is new: real index, real database; mails arrive at the simulator."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from jishi.config.environment import SmsAccount
from jishi.discovery.search import indexer, places, reading
from jishi.discovery.searches import queries_saved, services_saved
from jishi.discovery.searches.services_saved import TooManySearches
from jishi.discovery.searches.types import SavedSearch, SavedSearchWish
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.notifications.services import NotSent
from jishi.kernel import clock
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.tests.factories import make_product
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
EMAIL, PHONE = "wang@example.com", "+8613800138000"
TEAPOTS = "q=%E8%8C%B6%E5%A3%B6&to=50000"


@pytest.fixture(autouse=True)
def _no_index(db: None) -> Iterator[None]:
    yield
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()


def save(
    buyer: UserId, address: str = TEAPOTS, name: str = "茶壶", *, has_alerts: bool = True
) -> SavedSearch:
    wish = SavedSearchWish(name=name, address=address, has_alerts=has_alerts)
    return services_saved.save(buyer=buyer, wish=wish, now=NOW)


def stock_shelf(**published_at: datetime) -> None:
    """Put products with these titles on sale at these instants, and index them."""
    for title, at in published_at.items():
        made = make_product(title=Text(title, title), prices_minor=[10_000])
        Product.objects.across_merchants().filter(id=made.id).update(published_at=at)
    indexer.catch_up()


def test_the_same_search_is_kept_once_whatever_its_order() -> None:
    buyer = make_buyer()
    first = save(buyer)
    again = save(buyer, "to=50000&sort=sales&utm=x&q=%E8%8C%B6%E5%A3%B6", "便宜茶壶", has_alerts=False)
    assert again.id == first.id
    (kept,) = queries_saved.saved(buyer=buyer, now=NOW)
    assert (kept.name, kept.address, kept.has_alerts) == ("便宜茶壶", TEAPOTS, False)


@pytest.mark.parametrize("address", ["sort=sales", "utm=x", "q=", "from=-1", "&&&", "%ff=%ff"])
def test_what_asks_for_nothing_is_not_kept(address: str) -> None:
    with pytest.raises(Invalid):
        save(make_buyer(), address)


def test_nobody_keeps_more_than_fifty() -> None:
    buyer = make_buyer()
    for number in range(services_saved.SAVED_MAX):
        save(buyer, f"q=a{number}")
    with pytest.raises(TooManySearches):
        save(buyer, "q=more")
    save(buyer, "q=a7", "known")  # one of them still changes
    services_saved.remove(buyer=buyer, saved_id=queries_saved.saved(buyer=buyer, now=NOW)[0].id)
    save(buyer, "q=more")


def test_only_the_owner_sees_and_removes_his() -> None:
    mine = save(make_buyer())
    other = make_buyer(phone="13700137001")
    assert queries_saved.saved(buyer=other, now=NOW) == []
    with pytest.raises(NotFound):
        services_saved.remove(buyer=other, saved_id=mine.id)


def test_what_came_since_is_new_until_it_was_seen() -> None:
    buyer = make_buyer()
    stock_shelf(
        旧茶壶=NOW - timedelta(days=1), 新茶壶=NOW + timedelta(hours=1), 耳机=NOW + timedelta(hours=1)
    )
    save(buyer)
    later = NOW + timedelta(hours=2)
    assert queries_saved.saved(buyer=buyer, now=later)[0].new_count == 1
    services_saved.look(buyer=buyer, now=later)
    assert queries_saved.saved(buyer=buyer, now=later)[0].new_count == 0


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


def test_one_message_a_day_at_most(inbox: RunningSimulators) -> None:
    buyer = make_buyer(email=EMAIL)
    stock_shelf(紫砂茶壶=NOW + timedelta(hours=1), 铁茶壶=NOW + timedelta(hours=30))
    save(buyer, "q=%E8%80%B3%E6%9C%BA", "耳机")
    save(buyer, "q=%E7%B4%AB%E7%A0%82", "紫砂")
    at = NOW + timedelta(hours=8)
    assert services_saved.tell_of_new(user_id=buyer, now=at)
    assert not services_saved.tell_of_new(user_id=buyer, now=at)  # run once more
    assert not services_saved.tell_of_new(user_id=buyer, now=at + timedelta(hours=2))
    (letter,) = inbox.control.messages(EMAIL)
    assert "「紫砂」" in letter["text"]
    assert "耳机" not in letter["text"]
    assert "/me/searches" in letter["text"]
    assert list(queries_saved.to_tell(told_before=at - services_saved.ALERT_EVERY)) == []
    assert list(queries_saved.to_tell(told_before=at + timedelta(hours=4))) == [buyer]
    tomorrow = NOW + timedelta(hours=32)
    assert not services_saved.tell_of_new(user_id=buyer, now=tomorrow)  # nothing since the last message
    save(buyer, "q=%E8%8C%B6%E5%A3%B6", "茶壶")
    assert services_saved.tell_of_new(user_id=buyer, now=tomorrow)
    assert len(inbox.control.messages(EMAIL)) == 2


def test_who_wants_no_alerts_gets_none() -> None:
    buyer = make_buyer()
    stock_shelf(茶壶=NOW + timedelta(hours=1))
    save(buyer, has_alerts=False)
    assert not services_saved.tell_of_new(user_id=buyer, now=NOW + timedelta(hours=2))
    assert list(queries_saved.to_tell(told_before=NOW)) == []


def test_a_message_that_did_not_leave_gives_the_turn_back(inbox: RunningSimulators) -> None:
    buyer = make_buyer(phone=PHONE)
    stock_shelf(茶壶=NOW + timedelta(hours=1))
    save(buyer)
    inbox.control.fail_next("sms")
    at = clock.now()  # the gateway looks at the time
    with pytest.raises(NotSent):
        services_saved.tell_of_new(user_id=buyer, now=at)
    assert services_saved.tell_of_new(user_id=buyer, now=at)
    (message,) = inbox.control.messages(PHONE)
    assert "「茶壶」" in message["text"]


def test_over_http_only_when_signed_in() -> None:
    client = Client()
    for method, path in (("get", ""), ("post", ""), ("post", "/seen"), ("delete", f"/{new_id()}")):
        answer = getattr(client, method)(
            f"/api/v1/store/saved-searches{path}", content_type="application/json"
        )
        assert answer.status_code == 401, (method, path)
