"""Coupons are counted by device over HTTP: a cookie is what makes a browser the same one."""

from typing import Any

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.kernel.ids import CouponTemplateId, new_id
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.coupons.types import Way
from tests.security.conftest import Browser, Inbox

pytestmark = pytest.mark.django_db

ALWAYS: dict[str, Any] = {"valid_from": None, "valid_until": None, "valid_days": 14}
PASSWORD = "lentils-and-rice-7"


def claim(browser: Browser, template: CouponTemplateId) -> Any:
    return browser.post(
        f"/api/v1/store/coupon-offers/{template}/claims", {}, Idempotency_Key=f"key-{new_id()}"
    )


def sign_in(browser: Browser, name: str) -> None:
    make_buyer(email=f"{name}@example.com", password=PASSWORD)
    answer = browser.allauth("/auth/login", {"email": f"{name}@example.com", "password": PASSWORD})
    assert answer.status_code == 200, answer.content


def sign_out(browser: Browser) -> None:
    browser.delete("/_allauth/browser/v1/auth/session")


def test_a_second_account_in_the_same_browser_is_refused(browser: Browser) -> None:
    template = make_template(None, **ALWAYS)
    sign_in(browser, "wang")
    assert claim(browser, template).status_code == 201
    sign_out(browser)
    sign_in(browser, "li")
    refused = claim(browser, template)
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_device_limit_reached")
    elsewhere = Browser()
    sign_in(elsewhere, "zhao")
    assert claim(elsewhere, template).status_code == 201


def test_a_browser_that_lost_its_cookie_is_known_from_its_next_claim_on(browser: Browser) -> None:
    template = make_template(None, **ALWAYS)
    sign_in(browser, "wang")
    del browser.client.cookies["jishi_visitor"]
    assert claim(browser, template).status_code == 201
    assert "jishi_visitor" in browser.client.cookies
    sign_out(browser)
    sign_in(browser, "li")
    assert claim(browser, template).json()["code"] == "coupon_device_limit_reached"


def test_a_cookie_of_ones_own_making_is_no_device_of_somebody_else(browser: Browser) -> None:
    template = make_template(None, **ALWAYS)
    sign_in(browser, "wang")
    assert claim(browser, template).status_code == 201
    forger = Browser()
    sign_in(forger, "li")
    forger.client.cookies["jishi_visitor"] = browser.client.cookies["jishi_visitor"].value.split(":")[0]
    assert claim(forger, template).status_code == 201


def test_new_accounts_in_one_browser_get_the_welcome_once(browser: Browser, inbox: Inbox) -> None:
    make_template(None, way=Way.SIGN_UP, **ALWAYS)
    for number, who in enumerate([browser, browser, Browser()]):
        answer = who.allauth("/auth/signup", {"email": f"new{number}@example.com", "password": PASSWORD})
        assert answer.status_code == 200, answer.content
        sign_out(who)
    drain()
    ((given, devices),) = rows("SELECT count(*), count(DISTINCT device) FROM coupons_coupon")
    assert (given, devices) == (2, 2)
