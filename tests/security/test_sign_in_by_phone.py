"""Signing up and in with a phone and a code, over HTTP, with real text messages at the simulated gateway."""

from uuid import UUID

import pytest
import valkey

from jishi.identity.accounts import queries
from jishi.identity.accounts.models import User
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.coupons.types import Way
from tests.security.conftest import Browser, Inbox

pytestmark = pytest.mark.django_db

PHONE = "13800138000"


def sign_up(browser: Browser, inbox: Inbox, phone: str = PHONE) -> None:
    started = browser.allauth("/auth/signup", {"phone": phone})
    assert started.status_code == 401, started.content
    assert {"id": "verify_phone", "is_pending": True} in started.json()["data"]["flows"]
    finished = browser.allauth("/auth/phone/verify", {"code": inbox.code(phone)})
    assert finished.status_code == 200, finished.content


def test_a_phone_and_its_code_make_an_account(browser: Browser, inbox: Inbox) -> None:
    sign_up(browser, inbox)
    assert browser.session()["meta"]["is_authenticated"]
    me = browser.get("/api/v1/store/me").json()
    assert me["phone"] == "138****8000"
    assert me["email"] is None
    assert me["nickname"].startswith("集市用户 ")


def test_a_new_account_gets_its_coupons_once_it_is_proved(browser: Browser, inbox: Inbox) -> None:
    make_template(way=Way.SIGN_UP, valid_from=None, valid_until=None, valid_days=14)
    browser.allauth("/auth/signup", {"phone": PHONE})
    drain()
    assert rows("SELECT 1 FROM coupons_coupon") == []
    browser.allauth("/auth/phone/verify", {"code": inbox.code(PHONE)})
    drain()
    held = browser.get("/api/v1/store/me/coupons").json()["items"]
    assert [one["terms"]["name"] for one in held] == ["满10减5"]


def test_the_code_is_six_digits_and_holds_its_minutes_in_the_message(browser: Browser, inbox: Inbox) -> None:
    browser.allauth("/auth/signup", {"phone": PHONE})
    (message,) = inbox.all(PHONE)
    assert len(message["code"]) == 6
    assert message["params"] == [message["code"], "5"]


@pytest.mark.parametrize(
    "written", ["13800138000", "+8613800138000", "0086 138-0013-8000", "86 138 0013 8000"]
)
def test_a_phone_may_be_written_as_people_do(browser: Browser, inbox: Inbox, written: str) -> None:
    browser.allauth("/auth/signup", {"phone": written})
    assert inbox.all("+8613800138000")


@pytest.mark.parametrize("written", ["12345", "23800138000", "+86 1380013800", "hello", "1380013800a"])
def test_what_is_no_phone_is_refused_with_its_field(browser: Browser, inbox: Inbox, written: str) -> None:
    answer = browser.allauth("/auth/signup", {"phone": written})
    assert answer.status_code == 400
    assert [one["param"] for one in answer.json()["errors"]] == ["phone"]


def test_two_people_with_phones_only_both_get_accounts(inbox: Inbox) -> None:
    sign_up(Browser(address="203.0.113.1"), inbox, "13800138001")
    sign_up(Browser(address="203.0.113.2"), inbox, "13800138002")
    assert User.objects.count() == 2


def test_signing_in_again_takes_a_code_only(browser: Browser, inbox: Inbox) -> None:
    buyer = make_buyer(phone=PHONE)
    assert browser.allauth("/auth/code/request", {"phone": PHONE}).status_code == 401
    answer = browser.allauth("/auth/code/confirm", {"code": inbox.code(PHONE)})
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["id"] == str(buyer)


def test_a_wrong_code_is_refused_and_five_end_the_attempt(browser: Browser, inbox: Inbox) -> None:
    make_buyer(phone=PHONE)
    browser.allauth("/auth/code/request", {"phone": PHONE})
    right = inbox.code(PHONE)
    wrong = "000000" if right != "000000" else "111111"
    answers = [browser.allauth("/auth/code/confirm", {"code": wrong}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [400] * 5
    assert "验证码不对" in answers[0].json()["errors"][0]["message"]
    assert browser.allauth("/auth/code/confirm", {"code": right}).status_code == 409


def test_a_stranger_learns_nothing_from_asking_for_a_code(browser: Browser, inbox: Inbox) -> None:
    make_buyer(phone=PHONE)
    known = browser.allauth("/auth/code/request", {"phone": PHONE})
    unknown = Browser().allauth("/auth/code/request", {"phone": "13900139000"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert inbox.all("13900139000")[0]["code"] is None


def test_a_typed_but_unproven_phone_keeps_nobody_out(inbox: Inbox, valkey_connection: valkey.Valkey) -> None:
    squatter, owner = Browser(address="203.0.113.1"), Browser(address="203.0.113.2")
    squatter.allauth("/auth/signup", {"phone": PHONE, "password": "lentils-and-rice-7"})
    stolen = inbox.code(PHONE)
    assert queries.find_by_login(PHONE) is None
    valkey_connection.flushdb()  # half a minute later
    sign_up(owner, inbox)
    assert queries.find_by_login(PHONE) == UUID(owner.session()["data"]["user"]["id"])
    late = squatter.allauth("/auth/phone/verify", {"code": stolen})
    assert late.status_code == 400
    assert late.json()["errors"][0]["code"] == "phone_taken"
    wrong = squatter.allauth("/auth/login", {"phone": PHONE, "password": "lentils-and-rice-7"})
    assert wrong.status_code == 400


def test_the_phone_is_nowhere_in_clear(browser: Browser, inbox: Inbox) -> None:
    sign_up(browser, inbox)
    for table in ("accounts_user", "django_session", "account_emailaddress"):
        for (row,) in rows(f"SELECT t::text FROM {table} t"):
            assert PHONE not in row
            assert PHONE.encode().hex() not in row


def test_a_gateway_that_is_away_is_a_503_and_a_second_try_works(browser: Browser, inbox: Inbox) -> None:
    inbox.server.control.fail_next("sms")
    failed = browser.allauth("/auth/signup", {"phone": PHONE})
    assert failed.status_code == 503
    assert failed.json()["code"] == "message_not_sent"
    other = Browser()
    inbox.server.control.clear_faults()
    # The number has its pause between two messages; another number does not wait.
    assert other.allauth("/auth/signup", {"phone": "13800138009"}).status_code == 401


@pytest.mark.usefixtures("still")
def test_too_many_messages_are_429_never_500(inbox: Inbox) -> None:
    answers = [Browser().allauth("/auth/signup", {"phone": f"138001381{number:02d}"}) for number in range(25)]
    codes = [answer.status_code for answer in answers]
    assert codes[:20] == [401] * 20
    assert set(codes[20:]) == {429}
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.usefixtures("still")
def test_one_number_gets_one_message_in_half_a_minute(browser: Browser, inbox: Inbox) -> None:
    make_buyer(phone=PHONE)
    assert browser.allauth("/auth/code/request", {"phone": PHONE}).status_code == 401
    again = Browser(address="203.0.113.99").allauth("/auth/code/request", {"phone": PHONE})
    assert again.status_code == 429
    assert "Retry-After" in again.headers
    assert len(inbox.all(PHONE)) == 1


@pytest.mark.usefixtures("still")
def test_codes_sent_again_do_not_flood_a_phone(browser: Browser, inbox: Inbox) -> None:
    make_buyer(phone=PHONE)
    browser.allauth("/auth/code/request", {"phone": PHONE})
    assert [browser.allauth("/auth/code/resend", {}).status_code for _ in range(2)] == [200, 200]
    assert browser.allauth("/auth/code/resend", {}).status_code == 409
    other = Browser(address="198.51.100.4").allauth("/auth/signup", {"phone": PHONE})
    assert other.status_code == 429
    assert int(other.headers["Retry-After"]) <= 30
    assert len(inbox.all(PHONE)) == 3


def test_an_app_signs_up_and_uses_its_token(inbox: Inbox) -> None:
    app = Browser()
    app.client.cookies.clear()
    started = app.post("/_allauth/app/v1/auth/signup", {"phone": PHONE})
    token = started.json()["meta"]["session_token"]
    done = app.post("/_allauth/app/v1/auth/phone/verify", {"code": inbox.code(PHONE)}, X_Session_Token=token)
    assert done.status_code == 200, done.content
    token = done.json()["meta"]["session_token"]
    fresh = Browser()
    assert fresh.get("/api/v1/store/me", X_Session_Token=token).json()["phone"] == "138****8000"
    assert fresh.get("/api/v1/store/me").status_code == 401
    assert fresh.get("/api/v1/store/me", X_Session_Token="no-such-token").status_code == 401
