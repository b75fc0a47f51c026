"""Where somebody is signed in: he sees it, ends it there, and a dump of the table signs nobody in."""

from datetime import timedelta
from typing import Any

import pytest

from jishi.identity.accounts import services
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel import clock
from jishi.kernel.db import rows
from tests.security.conftest import Browser

pytestmark = pytest.mark.django_db

SESSIONS = "/_allauth/browser/v1/auth/sessions"
SIGN_IN = {"email": "wang@example.com", "password": "lentils-and-rice-7"}
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"


def signed_in(address: str, agent: str = "Firefox", login: dict[str, str] = SIGN_IN) -> Browser:
    browser = Browser(address=address)
    browser.client.defaults["HTTP_USER_AGENT"] = agent
    answer = browser.allauth("/auth/login", login)
    assert answer.status_code == 200, answer.content
    return browser


def devices(browser: Browser) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(SESSIONS).json()["data"]
    return found


def end(browser: Browser, *ids: int) -> Any:
    return browser.client.generic(
        "DELETE",
        SESSIONS,
        f'{{"sessions": {list(ids)}}}'.encode(),
        content_type="application/json",
        headers=browser._headers({}),
    )


def sign_out(browser: Browser) -> None:
    browser.client.generic("DELETE", "/_allauth/browser/v1/auth/session", headers=browser._headers({}))


@pytest.fixture(autouse=True)
def _wang() -> None:
    make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"])


def test_everywhere_one_is_signed_in_is_listed() -> None:
    desk, phone = signed_in("203.0.113.7"), signed_in("198.51.100.3", PHONE)
    found = {one["ip"]: one for one in devices(desk)}
    assert set(found) == {"203.0.113.7", "198.51.100.3"}
    assert [found[ip]["is_current"] for ip in ("203.0.113.7", "198.51.100.3")] == [True, False]
    assert found["198.51.100.3"]["user_agent"] == PHONE
    assert phone.get("/api/v1/store/me").status_code == 200


def test_signing_out_elsewhere_ends_it_there_at_once_and_nowhere_else() -> None:
    desk, phone = signed_in("203.0.113.7"), signed_in("198.51.100.3", PHONE)
    (there,) = (one["id"] for one in devices(desk) if not one["is_current"])
    answer = end(desk, there)
    assert answer.status_code == 200, answer.content
    assert [one["is_current"] for one in answer.json()["data"]] == [True]
    assert phone.get("/api/v1/store/me").status_code == 401
    assert desk.get("/api/v1/store/me").status_code == 200


def test_nobody_ends_anothers_session() -> None:
    make_buyer(email="li@example.com", password=SIGN_IN["password"])
    wang, li = (
        signed_in("203.0.113.7"),
        signed_in("198.51.100.3", login=SIGN_IN | {"email": "li@example.com"}),
    )
    (of_wang,) = (one["id"] for one in devices(wang))
    assert end(li, of_wang).status_code == 400
    assert wang.get("/api/v1/store/me").status_code == 200
    assert Browser().get(SESSIONS).status_code == 401


def test_a_dump_of_the_table_tells_neither_a_key_nor_where_anybody_was() -> None:
    browser = signed_in("198.51.100.3", PHONE)
    ((stored,),) = rows("SELECT s::text FROM usersessions_usersession s")
    assert browser.client.cookies["jishi_session"].value not in stored
    assert "198.51.100.3" not in stored
    assert "Android" not in stored


def test_what_is_over_is_not_listed() -> None:
    desk, phone = signed_in("203.0.113.7"), signed_in("198.51.100.3", PHONE)
    sign_out(phone)
    assert [one["ip"] for one in devices(desk)] == ["203.0.113.7"]


def test_what_is_over_is_forgotten_though_nobody_looks() -> None:
    _desk, phone = signed_in("203.0.113.7"), signed_in("198.51.100.3", PHONE)
    sign_out(phone)
    services.forget_expired_sessions(now=clock.now())
    assert len(rows("SELECT 1 FROM usersessions_usersession")) == 2
    services.forget_expired_sessions(now=clock.now() + timedelta(days=31))
    assert len(rows("SELECT 1 FROM usersessions_usersession")) == 1
