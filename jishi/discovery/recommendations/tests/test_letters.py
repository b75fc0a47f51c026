"""Letters with recommendations: only to who asked, once a week, ended by whoever has one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from jishi.discovery.recommendations import queries_letters, services, services_letters
from jishi.discovery.recommendations.tests.factories import NOW, make_goods, make_version
from jishi.discovery.recommendations.types import ListKind
from jishi.discovery.recommendations.types_letters import Letters
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.notifications.services import NotSent
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import UserId
from jishi.kernel.words import Text
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "wang@example.com"
BASE = "/api/v1/store/recommendations/letters"
WEEK = timedelta(days=7)


@pytest.fixture
def inbox(simulators_server: RunningSimulators, settings: Any) -> Iterator[RunningSimulators]:
    """Where letters arrive."""
    simulators_server.control.reset()
    settings.ENV = replace(settings.ENV, email_url=simulators_server.mail_url)
    yield simulators_server
    simulators_server.control.clear_faults()


def make_reader(*, wants: bool = True) -> UserId:
    buyer = make_buyer(email=EMAIL)
    services_letters.answer(buyer=buyer, wanted=wants, now=NOW)
    return buyer


def make_popular(count: int) -> None:
    goods = make_goods(count, title=Text("<陶> 杯", "<Clay> cup"))
    make_version({(ListKind.POPULAR, None): goods})


def test_a_letter_shows_what_home_would_with_prices_and_reasons(inbox: RunningSimulators) -> None:
    make_popular(8)
    buyer = make_reader()
    assert services_letters.write(buyer=buyer, now=NOW)
    (mail,) = inbox.control.messages(EMAIL)
    assert mail["subject"] == "为您挑选的 6 件商品"
    assert mail["text"].count("<陶> 杯") == mail["text"].count("/p/") == 6
    assert "¥100.00 · 近期热销" in mail["text"]


def test_one_a_week_and_nothing_twice(inbox: RunningSimulators) -> None:
    make_popular(10)
    buyer = make_reader()
    assert services_letters.write(buyer=buyer, now=NOW)
    assert not services_letters.write(buyer=buyer, now=NOW + timedelta(days=6))
    assert queries_letters.to_write(sent_before=NOW + WEEK - services_letters.REST) == [buyer]
    assert services_letters.write(buyer=buyer, now=NOW + WEEK)
    second, first = (set(links(mail["text"])) for mail in inbox.control.messages(EMAIL))
    assert not first & second and len(second) == 4


def links(text: str) -> list[str]:
    return [line for line in text.splitlines() if "/p/" in line]


def test_nobody_is_written_to_who_did_not_ask_or_has_proved_no_address(inbox: RunningSimulators) -> None:
    make_popular(8)
    buyer = make_reader(wants=False)
    assert not services_letters.write(buyer=buyer, now=NOW)
    assert queries_letters.letters(buyer) == Letters(wanted=False, has_address=True)
    services_letters.answer(buyer=buyer, wanted=True, now=NOW)
    EmailAddress.objects.filter(user_id=buyer).update(verified=False)
    assert not services_letters.write(buyer=buyer, now=NOW)
    assert queries_letters.letters(buyer) == Letters(wanted=True, has_address=False)
    assert inbox.control.messages(EMAIL) == []


def test_too_little_to_say_is_not_said(inbox: RunningSimulators) -> None:
    make_popular(services_letters.SHOWN_MIN - 1)
    assert not services_letters.write(buyer=make_reader(), now=NOW)
    assert inbox.control.messages(EMAIL) == []


def test_a_letter_that_was_not_taken_goes_later(inbox: RunningSimulators) -> None:
    make_popular(8)
    buyer = make_reader()
    inbox.control.fail_next("mail")
    with pytest.raises(NotSent):
        services_letters.write(buyer=buyer, now=NOW)
    assert services_letters.write(buyer=buyer, now=NOW + timedelta(minutes=5))


def test_what_he_refused_is_in_no_letter(inbox: RunningSimulators) -> None:
    goods = make_goods(6)
    make_version({(ListKind.POPULAR, None): goods})
    buyer = make_reader()
    services.refuse(owner_id=buyer, product_id=goods[0].id, now=NOW)
    assert services_letters.write(buyer=buyer, now=NOW)
    (mail,) = inbox.control.messages(EMAIL)
    assert str(goods[0].id) not in mail["text"] and str(goods[1].id) in mail["text"]


def test_whoever_has_the_letter_ends_them_as_his_mail_program_does(inbox: RunningSimulators) -> None:
    make_popular(8)
    buyer = make_reader()
    services_letters.write(buyer=buyer, now=NOW)
    (mail,) = inbox.control.messages(EMAIL)
    address = urlsplit(mail["unsubscribe"].strip("<>"))
    assert parse_qs(address.query)["token"] == [services_letters.token_of(buyer)]
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(
            f"{address.path}?{address.query}",
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 204
    assert not queries_letters.letters(buyer).wanted
    assert Client().post(f"{BASE}/stops?token={buyer}:forged").status_code == 404
    with pytest.raises(NotFound):
        services_letters.stop("nonsense")


def test_one_says_it_oneself() -> None:
    client, buyer = Client(), make_buyer(email=EMAIL)
    signed_in: Any = {"headers": {"X-Session-Token": session_token(buyer)}}
    assert client.get(BASE, **signed_in).json() == {"wanted": False, "has_address": True}
    for wanted in (True, True, False):
        said = client.put(BASE, {"wanted": wanted}, content_type="application/json", **signed_in)
        assert said.json()["wanted"] is wanted
    assert client.put(BASE, {"wanted": 1}, content_type="application/json", **signed_in).status_code == 422
    assert client.get(BASE).status_code == 401
