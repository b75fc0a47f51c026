"""Signing up and in with an e-mail address and a password, over HTTP, with real mails in the inbox."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
import valkey
from allauth.account.models import EmailAddress

from jishi.config.environment import NamedKey
from jishi.identity import sealed_text
from jishi.identity.accounts import queries
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.sealed_text import seal, unseal
from jishi.kernel.db import rows
from jishi.kernel.ids import UserId
from tests.security.conftest import Browser, Inbox

pytestmark = pytest.mark.django_db

EMAIL = "wang@example.com"
PASSWORD = "lentils-and-rice-7"
SIGN_UP = {"email": EMAIL, "password": PASSWORD}
PURPOSE = b"jishi account_emailaddress.email"


def codes_of(answer: Any) -> dict[str, str]:
    return {one.get("param", ""): one["code"] for one in answer.json()["errors"]}


def test_an_address_and_a_password_make_an_account_at_once(browser: Browser, inbox: Inbox) -> None:
    answer = browser.allauth("/auth/signup", SIGN_UP)
    assert answer.status_code == 200, answer.content
    me = browser.get("/api/v1/store/me").json()
    assert (me["email"], me["email_is_verified"]) == ("w***@example.com", False)


def test_the_address_is_verified_by_the_link_in_the_mail(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    (mail,) = inbox.all(EMAIL)
    assert mail["subject"] == "请验证您的邮箱"
    link = re.search(r"http://\S+/account/verify-email/(\S+)", mail["text"])
    assert link is not None
    phone = Browser()
    phone.allauth("/auth/email/verify", {"key": unquote(link[1])})
    assert browser.get("/api/v1/store/me").json()["email_is_verified"]
    assert phone.get("/api/v1/store/me").status_code == 401


def test_the_mail_speaks_the_language_of_the_page(browser: Browser, inbox: Inbox) -> None:
    browser.get("/_allauth/browser/v1/config")
    browser.post("/_allauth/browser/v1/auth/signup?language=en", SIGN_UP)
    assert inbox.all(EMAIL)[0]["subject"] == "Please verify your e-mail address"


def test_a_mail_server_that_is_away_keeps_nobody_from_buying(
    browser: Browser, inbox: Inbox, settings: Any
) -> None:
    settings.ENV = replace(settings.ENV, email_url="http://127.0.0.1:9/away")
    assert browser.allauth("/auth/signup", SIGN_UP).status_code == 200
    assert browser.get("/api/v1/store/me").status_code == 200


def test_signing_in_and_out(browser: Browser, inbox: Inbox) -> None:
    buyer = make_buyer(email=EMAIL, password=PASSWORD)
    answer = browser.allauth("/auth/login", {"email": "Wang@Example.com", "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["id"] == str(buyer)
    browser.delete("/_allauth/browser/v1/auth/session")
    assert browser.get("/api/v1/store/me").status_code == 401


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"email": EMAIL}, {"password": "required"}),
        ({"email": "nobody", "password": PASSWORD}, {"email": "invalid"}),
        ({"email": EMAIL, "password": "short"}, {"password": "password_too_short"}),
        ({"email": EMAIL, "password": "password123"}, {"password": "password_too_common"}),
        ({"email": EMAIL, "password": "8675309867"}, {"password": "password_entirely_numeric"}),
        ({"password": PASSWORD}, {"email": "required"}),
        ({"email": EMAIL, "phone": "13800138000", "password": PASSWORD}, {"": "select_only_one"}),
    ],
)
def test_what_is_wrong_is_named(
    browser: Browser, inbox: Inbox, body: dict[str, str], fields: dict[str, str]
) -> None:
    answer = browser.allauth("/auth/signup", body)
    assert answer.status_code == 400
    assert codes_of(answer) == fields
    assert User.objects.count() == 0


def test_an_address_signs_up_once(browser: Browser, inbox: Inbox) -> None:
    make_buyer(email=EMAIL)
    answer = browser.allauth("/auth/signup", {"email": "WANG@example.com", "password": PASSWORD})
    assert answer.status_code == 400
    assert codes_of(answer) == {"email": "email_taken"}


def test_a_forgotten_password_is_replaced_by_a_code(browser: Browser, inbox: Inbox) -> None:
    make_buyer(email=EMAIL, password=PASSWORD)
    elsewhere = Browser(address="203.0.113.8")
    elsewhere.allauth("/auth/login", {"email": EMAIL, "password": PASSWORD})
    browser.allauth("/auth/password/request", {"email": EMAIL})
    done = browser.allauth(
        "/auth/password/reset", {"key": inbox.code(EMAIL), "password": "a-much-better-one-9"}
    )
    assert done.status_code == 401, done.content
    assert elsewhere.get("/api/v1/store/me").status_code == 401
    again = browser.allauth("/auth/login", {"email": EMAIL, "password": "a-much-better-one-9"})
    assert again.status_code == 200


def test_a_code_by_mail_signs_in_and_proves_the_address(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    other = Browser(address="203.0.113.8")
    other.allauth("/auth/code/request", {"email": EMAIL})
    assert other.allauth("/auth/code/confirm", {"code": inbox.code(EMAIL)}).status_code == 200
    assert other.get("/api/v1/store/me").json()["email_is_verified"]


def test_passwords_are_argon2_and_addresses_sealed(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    assert User.objects.get().password.startswith("argon2$argon2id$")
    for table in ("accounts_user", "account_emailaddress", "django_session"):
        for (row,) in rows(f"SELECT t::text FROM {table} t"):
            assert EMAIL not in row
            assert EMAIL.encode().hex() not in row
    ((stored,),) = rows("SELECT email FROM account_emailaddress")
    assert unseal(stored, PURPOSE) == EMAIL
    assert stored == seal(EMAIL, PURPOSE)


def test_nothing_readable_lies_in_valkey(
    browser: Browser, inbox: Inbox, valkey_connection: valkey.Valkey
) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    session = browser.client.cookies["jishi_session"].value
    kept = [key for key in valkey_connection.scan_iter() if key.startswith(b"session:")]
    assert kept
    for key in valkey_connection.scan_iter():
        assert session.encode() not in key
        if valkey_connection.type(key) == b"string":
            value = valkey_connection.get(key)
            assert isinstance(value, bytes)
            assert b"wang" not in value
            assert b"_auth_user_id" not in value
    assert rows("SELECT 1 FROM django_session WHERE session_key = %s", [session]) == []


def test_a_sealed_address_opens_under_a_new_key_and_is_still_found(settings: Any) -> None:
    buyer = make_buyer(email=EMAIL)
    settings.ENV = replace(
        settings.ENV, encryption_keys=(NamedKey(id="k2", secret=b"2" * 32), *settings.ENV.encryption_keys)
    )
    sealed_text.forget_keys()
    try:
        assert queries.find_by_login(EMAIL) == buyer
        assert EmailAddress.objects.filter(email__in=[EMAIL, "other@example.com"]).count() == 1
        address = EmailAddress.objects.get(user_id=buyer)
        address.save()
        ((stored,),) = rows("SELECT email FROM account_emailaddress")
        assert stored.startswith("k2.")
        assert queries.find_by_login(EMAIL) == buyer
    finally:
        sealed_text.forget_keys()


def test_a_search_inside_sealed_addresses_is_refused_loudly() -> None:
    with pytest.raises(Exception, match="Unsupported lookup 'icontains'"):
        EmailAddress.objects.filter(email__icontains="wang").count()


def test_a_request_costs_one_statement_for_who_asks(
    browser: Browser, inbox: Inbox, django_assert_num_queries: Any
) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    browser.get("/api/v1/store/me")
    with django_assert_num_queries(1 + 2):  # the user; then `me` itself: person and address
        browser.get("/api/v1/store/me")


def test_sessions_survive_the_loss_of_valkey(
    browser: Browser, inbox: Inbox, valkey_connection: valkey.Valkey
) -> None:
    browser.allauth("/auth/signup", SIGN_UP)
    valkey_connection.flushdb()
    assert browser.get("/api/v1/store/me").status_code == 200
    me = browser.get("/api/v1/store/me").json()
    assert queries.me(UserId(User.objects.get().pk)).nickname == me["nickname"]


def test_allauths_own_specification_is_there(browser: Browser) -> None:
    answer = browser.get("/_allauth/openapi.json")
    assert answer.status_code == 200
    assert "/_allauth/{client}/v1/auth/login" in answer.json()["paths"]
