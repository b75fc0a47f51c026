"""Consent and reports over HTTP, as a browser sends them."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from jishi.discovery.behaviour import queries
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)

BASE = "/api/v1/store/behaviour"
SIGNALS: list[dict[str, str]] = [{"DNT": "1"}, {"Sec-GPC": "1"}]


def event(**changed: object) -> dict[str, object]:
    return {"event_id": str(uuid4()), "kind": "view", "product_id": str(new_id())} | changed


def send(browser: Client, path: str, body: object, **headers: str) -> Any:
    token = browser.cookies.get("csrftoken")
    said = {"X-CSRFToken": token.value} if token else {}
    return browser.post(f"{BASE}{path}", body, content_type="application/json", headers={**said, **headers})


def report(browser: Client, *events: dict[str, object], **headers: str) -> int:
    return int(send(browser, "", {"events": events}, **headers).status_code)


def kept(browser: Client) -> int:
    return int(browser.get(BASE).json()["total"])


def visitor(*, allowed: bool = True) -> Client:
    browser = Client()
    assert send(browser, "/consent", {"allowed": allowed}).json()["allowed"] is allowed
    browser.get(f"{BASE}/consent")  # brings the token that his next write carries
    return browser


def test_a_visitor_is_asked_says_yes_sees_what_is_kept_and_erases_it() -> None:
    browser = Client()
    assert browser.get(f"{BASE}/consent").json()["allowed"] is None
    assert report(browser, event()) == 204
    assert "jishi_visitor" not in browser.cookies  # nothing was kept, so nobody is to be known again
    browser = visitor()
    seen = event()
    assert [report(browser, seen), report(browser, seen, event(kind="dwell", dwell_seconds=12))] == [204, 204]
    answer = browser.get(BASE).json()
    assert answer["total"] == 2
    assert {one["kind"]: one["count"] for one in answer["kinds"]} == {"view": 1, "dwell": 1}
    assert answer["first_at"] is not None
    token = browser.cookies["csrftoken"].value
    assert browser.delete(BASE, headers={"X-CSRFToken": token}).status_code == 204
    assert browser.get(BASE).json() == {"total": 0, "kinds": [], "first_at": None, "last_at": None}


def test_no_is_no_and_answered_the_same() -> None:
    browser = visitor(allowed=False)
    assert report(browser, event()) == 204
    assert kept(browser) == 0


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_browser_that_asks_not_to_be_followed_is_not(signal: dict[str, str]) -> None:
    browser = visitor()
    assert report(browser, event(), **signal) == 204
    assert kept(browser) == 0
    assert browser.get(f"{BASE}/consent", headers=signal).json()["signal"] is True


@pytest.mark.parametrize(
    "wrong",
    [
        event(kind="buy"),
        event(kind="favourite"),
        event(product_id=None),
        event(kind="search", product_id=str(new_id())),
        event(event_id="1"),
        event(age_ms=-1),
        event(placement="moon"),
        event(model="a\x00b"),
        event(model="x" * 41),
        event(position=-1),
        event(dwell_seconds=10_000),
    ],
)
def test_what_is_no_event_is_refused(wrong: dict[str, object]) -> None:
    assert report(visitor(), wrong) == 422


def test_a_batch_has_at_most_fifty_and_a_browser_so_many_reports() -> None:
    browser = visitor()
    assert report(browser, *[event() for _ in range(51)]) == 422
    assert report(browser, *[event() for _ in range(50)]) == 204
    assert 429 in {report(browser) for _ in range(70)}
    assert report(visitor(), event()) == 204


def test_a_foreign_page_can_report_nothing() -> None:
    browser = Client(enforce_csrf_checks=True)
    send(browser, "/consent", {"allowed": True})
    assert "jishi_visitor" in browser.cookies
    browser.cookies.pop("csrftoken", None)
    assert report(browser, event()) == 403


def test_a_buyers_events_are_his_alone_whatever_device() -> None:
    buyer, neighbour = make_buyer(), make_buyer()
    headers = {"X-Session-Token": session_token(buyer)}
    Client().post(f"{BASE}/consent", {"allowed": True}, content_type="application/json", headers=headers)
    Client().post(BASE, {"events": [event()]}, content_type="application/json", headers=headers)
    assert Client().get(BASE, headers=headers).json()["total"] == 1
    theirs = {"X-Session-Token": session_token(neighbour)}
    assert Client().get(BASE, headers=theirs).json()["total"] == 0
    Client().delete(BASE, headers=theirs)
    assert queries.kept(buyer).total == 1


def test_reporting_costs_the_same_for_any_number_of_events(django_assert_num_queries: Any) -> None:
    buyer = make_buyer()
    headers = {"X-Session-Token": session_token(buyer)}

    def post(path: str, body: object) -> int:
        return int(
            Client().post(BASE + path, body, content_type="application/json", headers=headers).status_code
        )

    post("/consent", {"allowed": True})
    for size in (1, 50):
        with django_assert_num_queries(6):  # who asks, consent, begin, the lock, the insert, commit
            assert post("", {"events": [event() for _ in range(size)]}) == 204
    post("/consent", {"allowed": False})
    with django_assert_num_queries(2):  # who asks, and consent
        assert post("", {"events": [event()]}) == 204
