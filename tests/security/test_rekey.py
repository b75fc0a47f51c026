"""A key is replaced while people are signed in: nobody notices, and the old key can be thrown away."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from jishi.config.env_values import NamedKey
from jishi.entry.cli import rekey
from jishi.identity import sealed_text
from jishi.identity.accounts import queries
from jishi.identity.accounts.tests.factories import make_address, make_buyer
from jishi.kernel.db import rows
from jishi.kernel.ids import AddressId
from tests.security.conftest import Browser, Inbox
from tests.security.test_second_factor import SIGN_IN, TOTP, code_of

pytestmark = pytest.mark.django_db

PHONE = "13900139000"
NEW = NamedKey(id="k2", secret=b"2" * 32)
UseKeys = Callable[..., None]


@pytest.fixture
def use_keys(settings: Any) -> Iterator[UseKeys]:
    """Give the market other keys, as a restart does."""

    def use(*, encryption: tuple[Any, ...], index: tuple[Any, ...]) -> None:
        settings.ENV = replace(settings.ENV, encryption_keys=encryption, blind_index_keys=index)
        sealed_text.forget_keys()

    yield use
    sealed_text.forget_keys()


def test_after_a_rekey_the_old_keys_can_be_dropped(
    browser: Browser, inbox: Inbox, settings: Any, use_keys: UseKeys, capsys: pytest.CaptureFixture[str]
) -> None:
    buyer = make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"], phone=PHONE)
    address = make_address(buyer)
    browser.allauth("/auth/login", SIGN_IN)
    secret = _with_second_factor(browser)
    old_encryption, old_index = settings.ENV.encryption_keys, settings.ENV.blind_index_keys
    use_keys(encryption=(NEW, *old_encryption), index=(NEW, *old_index))

    assert rekey.run(argparse.Namespace()) == 0

    assert capsys.readouterr().out.splitlines()[1:3] == ["1 e-mail addresses", "2 second factors"]
    use_keys(encryption=(NEW,), index=(NEW,))
    assert browser.get("/api/v1/store/me").json()["nickname"] == queries.me(buyer).nickname
    assert queries.find_by_login(PHONE) == buyer
    assert queries.address(buyer=buyer, address_id=AddressId(address)).recipient
    assert _signs_in(Browser(address="198.51.100.9"), secret) == str(buyer)


def test_what_was_rekeyed_is_left_alone_the_second_time(
    browser: Browser, inbox: Inbox, settings: Any, use_keys: UseKeys, capsys: pytest.CaptureFixture[str]
) -> None:
    make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"], phone=PHONE)
    browser.allauth("/auth/login", SIGN_IN)
    _with_second_factor(browser)
    use_keys(encryption=(NEW, *settings.ENV.encryption_keys), index=(NEW, *settings.ENV.blind_index_keys))
    rekey.run(argparse.Namespace())
    capsys.readouterr()
    before = rows("SELECT phone, phone_index FROM accounts_user")
    assert rekey.run(argparse.Namespace()) == 0
    counted = capsys.readouterr().out.splitlines()
    assert (counted[0], *counted[2:]) == (
        "0 rows with personal data",
        "0 second factors",
        "0 sessions",
        "1 signed-in devices",
    )
    assert rows("SELECT phone, phone_index FROM accounts_user") == before


def _with_second_factor(browser: Browser) -> str:
    browser.allauth("/auth/reauthenticate", {"password": SIGN_IN["password"]})
    secret = str(browser.get(TOTP).json()["meta"]["secret"])
    assert browser.post(TOTP, {"code": code_of(secret)}).status_code == 200
    return secret


def _signs_in(browser: Browser, secret: str) -> str:
    assert browser.allauth("/auth/login", SIGN_IN).status_code == 401
    answer = browser.allauth("/auth/2fa/authenticate", {"code": code_of(secret)})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["data"]["user"]["id"])
