"""Every page of the merchant centre and the storefront's main pages, as somebody with another screen reads them."""

import json
import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from tests.engines import CHECKOUT
from tests.journeys import people
from tests.journeys.conftest import DESKTOP, OpenPage
from tests.market import Market

AXE = CHECKOUT / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = """axe.run({ resultTypes: ['violations'] }).then(found => found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.map(node => node.html).slice(0, 3).join(' ')}`))"""
WIDER = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
MERCHANT = f"soundwide@{DOMAIN}"
BUYER = f"xiaoming@{DOMAIN}"
LISTS = (
    "", "orders", "products", "products/new", "stock", "stock/movements", "vouchers", "reviews", "statements",
    "promotions", "promotions/new", "promotions/calendar", "coupons", "events", "flash", "presales",
    "products/store-categories", "decoration", "staff", "audit", "settings",
)  # fmt: skip
STORE = (
    "",
    "c",
    "s?q=%E8%8C%B6",
    "s?stock=1",
    "cart",
    "sign-in",
    "sign-in/forgotten",
    "sign-up",
    "letters/stop",
    "me",
    "terms",
    "privacy",
    "offline",
    "flash",
    "coupons",
    "help",
)
MEMBER = (
    "s/picture", "me", "me/addresses", "me/favourites", "me/searches", "me/follows", "me/history", "me/privacy",
    "me/reviews", "me/profile", "me/security", "me/coupons", "orders", "checkout",
)  # fmt: skip
# The narrowest phone that is still sold.
SMALL: ViewportSize = {"width": 360, "height": 780}
SIZES = {"small": SMALL, "tablet": ViewportSize(width=820, height=1180), "desktop": DESKTOP}
ALWAYS = ("small-en-dark", "desktop-zh-light")
# Every size, language and theme; all but two of them are for `make proof`.
LOOKS = [
    pytest.param(viewport, language, theme, id=name, marks=() if name in ALWAYS else pytest.mark.proof)
    for size, viewport in SIZES.items()
    for language in ("zh", "en")
    for theme in ("light", "dark")
    if (name := f"{size}-{language}-{theme}")
]
# Uncompressed HTML: what a phone has to read before it shows anything.
PAGE_BYTES_MAX = 150_000
# What a page's first view is made of; who is here, what is in the cart and on offer is always asked afterwards.
FIRST_VIEW = re.compile(
    r"/api/v1/store/(home|categories|products(?!/[0-9a-f-]+/(promotions|flash|presales))|search|stores)\b"
)


@pytest.fixture(scope="module")
def order_id(market: Market) -> str:
    """Return an order of the merchant, placed through the API."""
    seeded = market.command("seed", "--buyers", "1")
    buyer = next(json.loads(line) for line in seeded.stdout.splitlines() if line.startswith("{"))
    headers = {"X-Session-Token": buyer["session_token"], "Idempotency-Key": f"pages-{uuid4()}"}
    with httpx.Client(
        base_url=f"{market.url}/api/v1/store", trust_env=False, timeout=30, headers=headers
    ) as shop:
        products = shop.get("/search", params={"q": "声阔"}).raise_for_status().json()["items"]
        mine = next(one for one in products if one["merchant"]["name"] == "声阔数码旗舰店")
        sku = shop.get(f"/products/{mine['id']}").raise_for_status().json()["skus"][0]
        wish = {"lines": [{"sku_id": sku["id"], "quantity": 1}], "address_id": buyer["address_id"]}
        quote = shop.post("/quotes", json=wish).raise_for_status().json()
        asked = {"quote_id": quote["id"], "expected_total": quote["total"]}
        trade = shop.post("/trades", json=asked).raise_for_status().json()
    return str(trade["orders"][0]["id"])


@pytest.mark.parametrize(("viewport", "language", "theme"), LOOKS)
def test_the_merchant_centre_can_be_read_by_all(
    open_page: OpenPage, order_id: str, viewport: Any, language: str, theme: str
) -> None:
    page = open_page("/", viewport=viewport)
    people.sign_in(page, MERCHANT, PASSWORD, next_path="/merchant/")
    dress(page, language, theme)
    first = {
        name: page.request.get(f"/api/v1/merchant/{name}?limit=1").json()["items"][0]["id"]
        for name in ("products", "promotions", "statements")
    }
    paths = [*LISTS, *(f"{name}/{one}" for name, one in first.items())]
    paths += [f"promotions/{first['promotions']}/{one}" for one in ("edit", "check")]
    paths += [f"orders/{order_id}", f"orders/{order_id}/slip"]
    paths += [f"orders/slips?ids={order_id}", "no-store"]
    assert complaints(page, [f"/merchant/{path}" for path in paths]) == []


@pytest.mark.parametrize(("viewport", "language", "theme"), LOOKS)
def test_the_storefront_can_be_read_by_all(
    open_page: OpenPage, viewport: Any, language: str, theme: str
) -> None:
    page = open_page("/", viewport=viewport)
    dress(page, language, theme)
    prefix = "/en" if language == "en" else ""
    assert complaints(page, [f"{prefix}/{path}" for path in (*STORE, *goods(page))]) == []


@pytest.mark.parametrize(("viewport", "language", "theme"), LOOKS)
def test_the_pages_of_a_member_can_be_read_by_all(
    open_page: OpenPage, viewport: Any, language: str, theme: str
) -> None:
    page = open_page("/", viewport=viewport)
    people.sign_in(page, BUYER, PASSWORD)
    people.find_and_collect(page, "龙井", "青竹茶铺")  # without goods there is nothing to check out
    dress(page, language, theme)
    prefix = "/en" if language == "en" else ""
    assert complaints(page, [f"{prefix}/{path}" for path in MEMBER]) == []


def test_a_public_page_asks_for_nothing_that_it_brought(open_page: OpenPage) -> None:
    page = open_page("/")
    asked: list[str] = []
    paths = ["", "c", "s", *goods(page)]
    page.on(
        "request", lambda one: asked.append(f"{page.url}: {one.url}") if FIRST_VIEW.search(one.url) else None
    )
    for path in paths:
        page.goto(f"/{path}")
        page.wait_for_load_state("networkidle")
    assert asked == []


def test_no_public_page_is_heavy(open_page: OpenPage) -> None:
    page = open_page("/")
    paths = ["", "c", "s", "s?q=%E8%8C%B6", "cart", *goods(page)]
    weights = {path: len(page.request.get(f"/{path}").body()) for path in paths}
    assert {path: weight for path, weight in weights.items() if weight > PAGE_BYTES_MAX} == {}


def test_the_goods_further_down_the_home_page_come_when_they_are_near(open_page: OpenPage) -> None:
    page = open_page("/", viewport=SMALL)
    shelves = page.locator("section.shelf")
    last = shelves.last
    expect(last.get_by_role("article")).to_have_count(0)
    last.scroll_into_view_if_needed()
    expect(last.get_by_role("article").first).to_be_visible()


def goods(page: Page) -> list[str]:
    """Return a product's page, its category's and its store's."""
    product = page.request.get("/api/v1/store/products?limit=1").json()["items"][0]
    detail = page.request.get(f"/api/v1/store/products/{product['id']}").json()
    return [
        f"p/{product['id']}",
        f"c/{detail['breadcrumbs'][-1]['id']}",
        f"store/{detail['merchant']['id']}",
    ]


def dress(page: Page, language: str, theme: str) -> None:
    """Choose a language and a theme, as the switches do. Nothing moves: a colour half-way is not what people read."""
    page.emulate_media(reduced_motion="reduce")
    origin = page.evaluate("location.origin")
    chosen = {"jishi_language": language, "jishi_locale": language, "jishi_theme": theme}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": origin} for name, value in chosen.items()]
    )


def complaints(page: Page, paths: list[str]) -> list[str]:
    """Return what is wrong with pages: too wide, without one heading, or hard to read for some."""
    found = []
    axe = AXE.read_text(encoding="utf-8")
    for path in paths:
        page.goto(path)
        expect(page.locator("h1:visible").first).to_be_visible()
        expect(page.locator("[aria-busy=true], .el-skeleton")).to_have_count(0)
        if page.locator("h1:visible").count() != 1:
            found.append(f"{path}: {page.locator('h1:visible').count()} headings")
        if wider := page.evaluate(WIDER):
            found.append(f"{path}: {wider} pixels too wide")
        page.evaluate(axe)
        found += [f"{path}: {one}" for one in page.evaluate(GRAVE)]
    return found
