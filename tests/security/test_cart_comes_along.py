"""What a visitor put in the cart is still there when he has signed up or in."""

from uuid import uuid4

import pytest

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory.tests.factories import make_stock
from tests.security.conftest import Browser, Inbox

pytestmark = pytest.mark.django_db

CART = "/api/v1/store/cart/lines"
SIGN_IN = {"email": "wang@example.com", "password": "lentils-and-rice-7"}


def pieces(browser: Browser) -> int:
    return int(browser.get(CART).json()["piece_count"])


@pytest.fixture
def sku() -> str:
    product = make_product()
    make_stock(product.sku_id, 10)
    return str(product.sku_id)


def put(browser: Browser, sku: str, quantity: int) -> None:
    answer = browser.post(CART, {"sku_id": sku, "quantity": quantity})
    assert answer.status_code == 201, answer.content


def test_signing_up_brings_the_cart_along(browser: Browser, inbox: Inbox, sku: str) -> None:
    put(browser, sku, 2)
    assert pieces(browser) == 2
    assert browser.allauth("/auth/signup", SIGN_IN).status_code == 200
    assert pieces(browser) == 2
    browser.delete("/_allauth/browser/v1/auth/session")
    assert pieces(browser) == 0


def test_signing_in_adds_to_what_was_there(inbox: Inbox, sku: str) -> None:
    make_buyer(email=SIGN_IN["email"], password=SIGN_IN["password"])
    at_home, on_the_road = Browser(), Browser()
    at_home.allauth("/auth/login", SIGN_IN)
    put(at_home, sku, 1)
    put(on_the_road, sku, 2)
    on_the_road.allauth("/auth/login", SIGN_IN)
    assert pieces(on_the_road) == pieces(at_home) == 3


def test_a_visitors_cart_cannot_be_claimed_with_a_made_up_cookie(browser: Browser, sku: str) -> None:
    put(browser, sku, 2)
    signed = browser.client.cookies["jishi_visitor"].value
    thief = Browser()
    thief.client.cookies["jishi_visitor"] = signed.split(":")[0]
    assert pieces(thief) == 0


def test_what_he_did_comes_along_too_with_his_yes(browser: Browser, inbox: Inbox) -> None:
    behaviour = "/api/v1/store/behaviour"
    browser.post(f"{behaviour}/consent", {"allowed": True})
    browser.get(f"{behaviour}/consent")  # brings the token that writes carry from now on
    seen = {"event_id": str(uuid4()), "kind": "view", "product_id": str(make_product().id)}
    assert browser.post(behaviour, {"events": [seen]}).status_code == 204
    assert browser.allauth("/auth/signup", SIGN_IN).status_code == 200
    assert browser.post(behaviour, {"events": [seen]}).status_code == 204  # the same, sent again
    assert browser.get(behaviour).json()["total"] == 1
    assert browser.get(f"{behaviour}/consent").json()["allowed"] is True
    browser.delete("/_allauth/browser/v1/auth/session")
    assert browser.get(behaviour).json()["total"] == 0
