"""An authenticator app as second factor: its secret is sealed, and a password alone is not enough."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import rows
from tests.security.conftest import Browser, Inbox

pytestmark = pytest.mark.django_db

SIGN_IN = {"email": "wang@example.com", "password": "lentils-and-rice-7"}
TOTP = "/_allauth/browser/v1/account/authenticators/totp"


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.fixture
def secret(browser: Browser, inbox: Inbox) -> str:
    make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"])
    browser.allauth("/auth/login", SIGN_IN)
    offered: Any = browser.get(TOTP)
    secret = str(offered.json()["meta"]["secret"])
    # A session left open is not enough to change how one signs in.
    assert browser.post(TOTP, {"code": code_of(secret)}).status_code == 401
    browser.allauth("/auth/reauthenticate", {"password": SIGN_IN["password"]})
    activated = browser.post(TOTP, {"code": code_of(secret)})
    assert activated.status_code == 200, activated.content
    return secret


def test_the_secret_is_sealed(secret: str) -> None:
    ((stored,),) = rows("SELECT data::text FROM mfa_authenticator WHERE type = 'totp'")
    assert secret not in stored
    assert re.search(r'"secret": "01[0-9a-f]+"', stored)


def test_a_password_alone_is_not_enough_any_more(secret: str) -> None:
    elsewhere = Browser(address="198.51.100.3")
    answer = elsewhere.allauth("/auth/login", SIGN_IN)
    assert answer.status_code == 401
    assert any(flow.get("is_pending") for flow in answer.json()["data"]["flows"])
    assert elsewhere.get("/api/v1/store/me").status_code == 401
    wrong = elsewhere.allauth("/auth/2fa/authenticate", {"code": "000000"})
    assert wrong.status_code == 400
