"""Whatever is sent to the doors of sign-in, nobody is answered with a failure of ours."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from tests.security.conftest import ALLAUTH, Browser, Inbox

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "wang@example.com", "lentils-and-rice-7"
DOORS: dict[str, dict[str, str]] = {
    "/auth/login": {"email": EMAIL, "password": PASSWORD},
    "/auth/signup": {"email": "li@example.com", "password": PASSWORD},
    "/auth/code/request": {"email": EMAIL},
    "/auth/code/confirm": {"code": "123456"},
    "/auth/password/request": {"email": EMAIL},
    "/auth/password/reset": {"key": "123456", "password": PASSWORD},
    "/auth/email/verify": {"key": "x"},
    "/auth/phone/verify": {"code": "123456"},
    "/auth/2fa/authenticate": {"code": "123456"},
    "/auth/reauthenticate": {"password": PASSWORD},
    "/account/password/change": {"current_password": PASSWORD, "new_password": "rice-and-lentils-8"},
    "/account/email": {"email": "li@example.com"},
    "/account/phone": {"phone": "13800138000"},
}
EVIL: tuple[Any, ...] = (
    "a\0b@example.com",
    "\ud800-and-rice-7",
    "x" * 50_000,
    "",
    "-",
    0,
    None,
    True,
    [],
    {},
    ["a"],
)


def spoilt(door: str) -> Iterator[bytes]:
    """Return bodies for a door with one part after the other replaced, then those that are no body."""
    for name in [*DOORS[door], "phone"]:
        for evil in EVIL:
            yield json.dumps({**DOORS[door], name: evil}).encode()
            yield json.dumps({name: evil}).encode()
    yield from (b"", b"[]", b"null", b"[" * 50_000, b'{"a":' * 50_000, b"\xff", b"1" * 5_000)


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "buyer"])
def test_no_body_breaks_a_door(door: str, is_signed_in: bool, inbox: Inbox) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    browser = Browser()
    browser.get(f"{ALLAUTH}/config")
    if is_signed_in:
        browser.allauth("/auth/login", {"email": EMAIL, "password": PASSWORD})
    broken = []
    for number, body in enumerate(spoilt(door)):
        browser.address = f"198.51.{number // 250}.{number % 250 + 1}"  # limits are another test's business
        answer = browser.send(f"{ALLAUTH}{door}", body)
        if answer.status_code >= 500:
            broken.append((body[:60], answer.status_code))
    assert broken == []


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"password": "\\ud800-and-rice-7"}', b"\xff"])
def test_what_is_no_text_is_malformed(browser: Browser, body: bytes) -> None:
    browser.get(f"{ALLAUTH}/config")
    answer = browser.send(f"{ALLAUTH}/auth/login", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_body_that_is_too_large_is_refused(browser: Browser) -> None:
    browser.get(f"{ALLAUTH}/config")
    answer = browser.send(f"{ALLAUTH}/auth/login", b"x" * 3_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"phone": "-"}, {"email": None}])
def test_a_code_for_nobody_is_not_sent(browser: Browser, inbox: Inbox, body: dict[str, Any]) -> None:
    answer = browser.allauth("/auth/code/request", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] in ("email", "phone")
    assert inbox.all("") == []
