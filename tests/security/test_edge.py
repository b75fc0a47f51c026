"""What every answer carries, whose address counts, and how fast one client may write."""

import re
from dataclasses import replace
from typing import Any

import pytest

from jishi.entry.http.middleware import client_ip, network_of
from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.kernel import cache
from tests.security.conftest import ALLAUTH, Browser, Inbox

pytestmark = pytest.mark.django_db

SIGN_UP = {"email": "wang@example.com", "password": "lentils-and-rice-7"}


# -- headers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/v1/store/me", f"{ALLAUTH}/config", "/api/v1/openapi.json", "/admin/login/"]
)
def test_every_answer_is_guarded(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Content-Security-Policy" in headers


def test_what_is_refused_at_the_door_is_guarded_too(browser: Browser) -> None:
    answer = browser.get("/api/v1/store/me", X_Session_Token="no-such-token")
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers


def policy(browser: Browser, path: str) -> dict[str, list[str]]:
    text = browser.get(path).headers["Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


@pytest.mark.parametrize("path", ["/", "/merchant/", "/sign-in", "/api/v1/docs", "/nothing-here"])
def test_no_page_of_the_shop_has_an_inline_script(browser: Browser, path: str) -> None:
    page = browser.get(path).content.decode()
    assert re.findall(r"<script(?![^>]*(?:\bsrc=|type=\"application/(?:ld\+)?json\"))[^>]*>", page) == []
    assert re.findall(r"<[^>]+\son[a-z]+=", page) == []
    assert re.findall(r"<style|javascript:", page) == []


def test_no_page_of_the_shop_may_run_an_inline_script(browser: Browser) -> None:
    shop = policy(browser, "/api/v1/docs")
    assert shop["script-src"] == ["'self'"]
    assert shop["style-src"] == ["'self'"]
    assert (shop["object-src"], shop["base-uri"], shop["frame-ancestors"]) == (["'none'"],) * 3
    assert not any("unsafe" in value or "nonce" in value for value in shop["script-src"])


def test_the_back_office_has_a_policy_of_its_own(browser: Browser) -> None:
    assert policy(browser, "/admin/login/")["script-src"] == ["'self'", "'unsafe-inline'", "'unsafe-eval'"]


def test_personal_answers_are_not_kept_anywhere(browser: Browser) -> None:
    assert browser.get("/api/v1/store/me").headers["Cache-Control"] == "no-store"
    assert "no-store" in browser.get(f"{ALLAUTH}/auth/session").headers["Cache-Control"]
    assert browser.get("/api/v1/store/regions").headers["Cache-Control"].startswith("public")


def test_the_session_cookie_cannot_be_read_by_scripts(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    cookie = browser.client.cookies["jishi_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# -- CSRF -------------------------------------------------------------------------------------------------


def test_a_foreign_page_cannot_sign_somebody_up(browser: Browser) -> None:
    answer = browser.post(f"{ALLAUTH}/auth/signup", SIGN_UP)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_foreign_page_cannot_write_with_somebodys_cookies(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    mine = browser.client.cookies.pop("csrftoken")
    refused = browser.patch("/api/v1/store/me", {"nickname": "被改了"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "not_allowed"
    browser.client.cookies["csrftoken"] = mine.value
    assert browser.patch("/api/v1/store/me", {"nickname": "新名字"}).json()["nickname"] == "新名字"


def test_a_token_needs_no_csrf_token(browser: Browser) -> None:
    token = session_token(make_buyer())
    answer = browser.patch("/api/v1/store/me", {"nickname": "小红"}, X_Session_Token=token)
    assert answer.json()["nickname"] == "小红"


# -- whose address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "real"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 127.0.0.1", "203.0.113.7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_our_own_edge_is_believed(rf: Any, peer: str, forwarded: str, real: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_ip(rf.get("/", REMOTE_ADDR=peer, headers=headers)) == real


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_limits_count_a_whole_connection_as_one_client(address: str, counted: str) -> None:
    assert network_of(address) == counted


# -- limits -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("still")
def test_guessing_behind_the_edge_slows_one_client_and_not_his_neighbour(inbox: Inbox) -> None:
    hasty, neighbour = Browser(address="203.0.113.50"), Browser(address="203.0.113.51")
    answers = [
        hasty.allauth("/auth/login", {"email": f"a{number}@example.com", "password": "guessing-1"})
        for number in range(70)
    ]
    codes = [answer.status_code for answer in answers]
    assert codes[:30] == [400] * 30
    assert set(codes[30:]) == {429}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers[30:])
    assert neighbour.allauth("/auth/signup", SIGN_UP).status_code == 200


@pytest.mark.usefixtures("still")
def test_a_spoofed_address_helps_nobody(inbox: Inbox) -> None:
    codes = []
    for number in range(40):
        browser = Browser(address=f"198.51.100.{number}, 203.0.113.50")
        codes.append(
            browser.allauth("/auth/login", {"email": f"a{number}@example.com", "password": "x"}).status_code
        )
    assert set(codes[30:]) == {429}


@pytest.mark.usefixtures("still")
def test_the_many_addresses_of_one_connection_help_nobody(inbox: Inbox) -> None:
    codes = []
    for number in range(40):
        browser = Browser(address=f"2001:db8:1:2::{number:x}")
        codes.append(
            browser.allauth("/auth/login", {"email": f"a{number}@example.com", "password": "x"}).status_code
        )
    assert set(codes[30:]) == {429}
    neighbour = Browser(address="2001:db8:1:3::1")
    assert neighbour.allauth("/auth/signup", SIGN_UP).status_code == 200


@pytest.mark.usefixtures("still")
def test_a_program_gone_wild_is_slowed_per_account(settings: Any) -> None:
    settings.BUYER_RATE = {"per_second": 1.0, "burst": 3}
    wild, calm = session_token(make_buyer()), session_token(make_buyer())
    browser = Browser()
    codes = [
        browser.patch("/api/v1/store/me", {"nickname": "快"}, X_Session_Token=wild).status_code
        for _ in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]
    refused = browser.patch("/api/v1/store/me", {"nickname": "快"}, X_Session_Token=wild)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) >= 1
    assert browser.get("/api/v1/store/me", X_Session_Token=wild).status_code == 200
    assert browser.patch("/api/v1/store/me", {"nickname": "慢"}, X_Session_Token=calm).status_code == 200


def test_without_valkey_people_still_sign_in(
    inbox: Inbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_buyer(email=SIGN_UP["email"], password=SIGN_UP["password"])
    monkeypatch.setattr(cache, "_breaker", cache._Breaker())
    settings.ENV = replace(settings.ENV, redis_url="redis://127.0.0.1:9/0")
    cache.client.cache_clear()
    try:
        browser = Browser()
        assert browser.allauth("/auth/login", SIGN_UP).status_code == 200
        assert browser.get("/api/v1/store/me").status_code == 200
    finally:
        cache.client.cache_clear()
