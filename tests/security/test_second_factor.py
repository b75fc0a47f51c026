"""An authenticator app as second factor: its secret is sealed, and a password alone is not enough."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import execute, rows
from tests.security.conftest import Browser, Inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]

SIGN_IN = {"email": "wang@example.com", "password": "lentils-and-rice-7"}
TOTP = "/_allauth/browser/v1/account/authenticators/totp"
RECOVERY = "/_allauth/browser/v1/account/authenticators/recovery-codes"


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def prove(browser: Browser) -> None:
    answer = browser.allauth("/auth/reauthenticate", {"password": SIGN_IN["password"]})
    assert answer.status_code == 200, answer.content


def half_signed_in(address: str) -> Browser:
    """Return a browser whose password was right and which is asked for the code."""
    elsewhere = Browser(address=address)
    answer = elsewhere.allauth("/auth/login", SIGN_IN)
    assert answer.status_code == 401
    pending = [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert pending == ["mfa_authenticate"]
    assert elsewhere.get("/api/v1/store/me").status_code == 401
    return elsewhere


@pytest.fixture
def secret(browser: Browser, inbox: Inbox) -> str:
    make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"])
    browser.allauth("/auth/login", SIGN_IN)
    offered: Any = browser.get(TOTP)
    secret = str(offered.json()["meta"]["secret"])
    # A session left open is not enough to change how one signs in.
    assert browser.post(TOTP, {"code": code_of(secret)}).status_code == 401
    prove(browser)
    activated = browser.post(TOTP, {"code": code_of(secret)})
    assert activated.status_code == 200, activated.content
    return secret


@pytest.fixture
def recovery_codes(browser: Browser, secret: str) -> list[str]:
    """The codes as they are shown right after the factor was turned on."""
    codes = browser.get(RECOVERY).json()["data"]["unused_codes"]
    assert len(codes) == 10
    return [str(code) for code in codes]


def test_the_secret_is_sealed(secret: str) -> None:
    ((stored,),) = rows("SELECT data::text FROM mfa_authenticator WHERE type = 'totp'")
    assert secret not in stored
    assert re.search(r'"secret": "01[0-9a-f]+"', stored)


def test_a_password_alone_is_not_enough_any_more(secret: str) -> None:
    elsewhere = half_signed_in("198.51.100.3")
    wrong = elsewhere.allauth("/auth/2fa/authenticate", {"code": "000000"})
    assert wrong.status_code == 400
    (error,) = wrong.json()["errors"]
    assert (error["param"], error["code"]) == ("code", "incorrect_code")
    assert error["message"].startswith("验证码不对")
    assert elsewhere.get("/api/v1/store/me").status_code == 401
    right = elsewhere.allauth("/auth/2fa/authenticate", {"code": code_of(secret)})
    assert right.status_code == 200, right.content
    assert elsewhere.get("/api/v1/store/me").status_code == 200


def test_a_code_that_was_used_is_refused(secret: str) -> None:
    once = half_signed_in("198.51.100.3")
    assert once.allauth("/auth/2fa/authenticate", {"code": code_of(secret)}).status_code == 200
    twice = half_signed_in("198.51.100.4")
    assert twice.allauth("/auth/2fa/authenticate", {"code": code_of(secret)}).status_code == 400


def test_guessing_codes_ends_in_a_wait(secret: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "3/h/key"}
    guesser = half_signed_in("198.51.100.3")
    answers = [guesser.allauth("/auth/2fa/authenticate", {"code": f"00000{n}"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_recovery_code_works_once(recovery_codes: list[str]) -> None:
    once = half_signed_in("198.51.100.3")
    assert once.allauth("/auth/2fa/authenticate", {"code": recovery_codes[0]}).status_code == 200
    twice = half_signed_in("198.51.100.4")
    assert twice.allauth("/auth/2fa/authenticate", {"code": recovery_codes[0]}).status_code == 400
    assert twice.allauth("/auth/2fa/authenticate", {"code": recovery_codes[1]}).status_code == 200


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old(
    browser: Browser, recovery_codes: list[str]
) -> None:
    again = browser.get(RECOVERY).json()["data"]
    assert (again["unused_code_count"], "unused_codes" in again) == (10, False)
    fresh = browser.post(RECOVERY, {}).json()["data"]["unused_codes"]
    assert set(fresh).isdisjoint(recovery_codes)
    elsewhere = half_signed_in("198.51.100.3")
    assert elsewhere.allauth("/auth/2fa/authenticate", {"code": recovery_codes[0]}).status_code == 400
    assert elsewhere.allauth("/auth/2fa/authenticate", {"code": fresh[0]}).status_code == 200


def test_recovery_codes_are_sealed(recovery_codes: list[str]) -> None:
    ((stored,),) = rows("SELECT data::text FROM mfa_authenticator WHERE type = 'recovery_codes'")
    assert re.search(r'"seed": "01[0-9a-f]+"', stored)


def test_it_is_switched_off_by_who_proves_himself(secret: str) -> None:
    elsewhere = half_signed_in("198.51.100.3")
    elsewhere.allauth("/auth/2fa/authenticate", {"code": code_of(secret)})
    assert elsewhere.delete(TOTP).status_code == 401
    prove(elsewhere)
    assert elsewhere.delete(TOTP).status_code == 200
    assert rows("SELECT 1 FROM mfa_authenticator") == []
    plain = Browser(address="198.51.100.5")
    assert plain.allauth("/auth/login", SIGN_IN).status_code == 200


def test_an_account_whose_address_is_not_verified_is_told_so(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_IN)
    answer = browser.get(TOTP)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["message"].startswith("请先验证您的邮箱")


def test_the_back_office_asks_for_the_code_too(secret: str) -> None:
    execute("UPDATE accounts_user SET is_staff = true")
    execute(
        "INSERT INTO accounts_user_groups (user_id, group_id) "
        "SELECT u.id, g.id FROM accounts_user u, auth_group g WHERE g.name = 'administrator'"
    )
    door = Client(REMOTE_ADDR="198.51.100.5")
    entered = {"username": SIGN_IN["email"], "password": SIGN_IN["password"]}
    for wrong in ({}, {"code": "000000"}):
        refused = door.post("/admin/login/?next=/admin/", entered | wrong)
        assert "这个账号开启了两步验证" in refused.content.decode()
        assert door.get("/admin/").status_code == 302
    door.post("/admin/login/?next=/admin/", entered | {"code": code_of(secret)})
    assert door.get("/admin/").status_code == 200
