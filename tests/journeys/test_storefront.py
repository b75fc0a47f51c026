"""Public pages in a browser: taken over as the server drew them, kept while away, alive without live news."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.market import Market

PLACES = ("home", "categories", "category", "search", "no-result", "product", "store")
# What a page may ask for itself, because its bytes are the same for everybody: the cart, who is here, and what this
# person looked at (noted once the page stands, and shown below the fold of the home page).
PERSONAL = (
    "/api/v1/store/cart",
    "/api/v1/store/me",
    "/api/v1/store/history",
    "/api/v1/store/behaviour",
    "/api/v1/store/recommendations",
    "/api/v1/store/searches",
    "/api/v1/store/hot-words",
    "/_allauth/",
)


@pytest.fixture(scope="module")
def address_of(market: Market) -> Callable[[str], str]:
    """Return the address of a place in the seeded market."""
    with httpx.Client(base_url=f"{market.url}/api/v1/store", trust_env=False) as api:
        category = api.get("/categories").json()["items"][0]
        product = api.get("/products").json()["items"][0]
    found = {
        "home": "/",
        "categories": "/c",
        "category": f"/c/{category['id']}",
        "search": "/s?q=茶&stock=1&sort=sales",
        "no-result": "/s?q=zzzqqq",
        "product": f"/p/{product['id']}",
        "store": f"/store/{product['merchant']['id']}",
    }
    return found.__getitem__


# What is on offer changes while the page stays as it is.
OFFERED = re.compile(
    r"/api/v1/store/(promotion-labels|flash|products/[0-9a-f-]+/(promotions|flash|presales))$"
)


def asked(page: Page) -> list[str]:
    """Note from now on what the page asks the API for, with its query, but for what is of one person or on offer."""
    addresses: list[str] = []

    def note(url: str) -> None:
        _, _, path, query, _ = urlsplit(url)
        is_afterwards = path.startswith(PERSONAL) or OFFERED.search(path)
        if path.startswith(("/api/", "/_allauth/")) and not is_afterwards:
            addresses.append(f"{path}?{query}" if query else path)

    page.on("request", lambda request: note(request.url))
    return addresses


def empty_shelves(page: Page) -> int:
    """Return how many shelves the page brings by their title only."""
    data = json.loads(page.locator("#state").text_content() or "")["data"]
    shelves = data["home"]["shelves"] if "home" in data else []
    return sum(not shelf["products"] for shelf in shelves)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_taken_over_as_it_was_drawn(
    place: str, language: str, open_page: OpenPage, address_of: Callable[[str], str]
) -> None:
    page = open_page("/sign-in")
    addresses = asked(page)
    address = address_of(place)
    page.goto(f"/en{address}" if language == "en" else address)
    assert '"is_rendered":true' in (page.locator("#state").text_content() or "")
    page.mouse.wheel(0, 4000)
    page.wait_for_load_state("networkidle")
    # A mismatch is an error in the console, for which `open_page` fails.
    assert [one for one in addresses if not one.startswith("/api/v1/store/products?")] == []
    further = [one for one in addresses if "cursor=" in one]
    filled = [one for one in addresses if one not in further]
    assert len(further) <= 2, "the feed may grow"
    assert len(filled) <= empty_shelves(page), "only what was brought empty may be filled"
    assert len(filled) == len({*filled})


def test_a_page_that_was_drawn_otherwise_is_noticed(open_page: OpenPage, market: Market) -> None:
    page = open_page("/sign-in")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "warning" else None)

    def altered(route: Route) -> None:
        answer = route.fetch()
        drawn = answer.text().replace('<ul class="grid', '<ol><li>?</li></ol><ul class="grid', 1)
        # Told as a warning, so that the fixture, which fails on errors, lets this test judge.
        route.fulfill(response=answer, body=drawn)

    page.add_init_script("console.error = console.warn")
    page.route(f"{market.url}/c", altered)
    page.goto("/c")
    expect(page.locator("#state")).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert any("mismatch" in text.lower() for text in said)


def test_back_brings_the_list_as_it_was_left(open_page: OpenPage) -> None:
    page = open_page("/s?sort=sales", viewport=PHONE)
    cards = page.locator("article")
    first_count = cards.count()
    page.get_by_role("button", name="加载更多").or_(
        page.get_by_text("已经到底了")
    ).first.scroll_into_view_if_needed()
    page.wait_for_function("count => document.querySelectorAll('article').length > count", arg=first_count)
    count = cards.count()
    chosen = cards.nth(first_count)
    chosen.scroll_into_view_if_needed()
    height = page.evaluate("scrollY")
    chosen.locator("h3 a").click()
    page.wait_for_url(re.compile("/p/"))
    expect(page.locator("h1")).to_be_visible()
    paths = asked(page)
    page.go_back()
    expect(cards).to_have_count(count)
    page.wait_for_function("height => Math.abs(scrollY - height) < 8", arg=height)
    assert paths == []


def test_an_order_follows_the_truth_though_live_news_is_away(open_page: OpenPage) -> None:
    page = open_page("/", viewport=PHONE)
    people.sign_up_by_email(page)
    people.find_and_collect(page, "龙井", "青竹茶铺")
    people.check_out(page)
    (order_id,) = people.order_ids(page)
    page.route("**/live/**", lambda route: route.fulfill(status=204))
    page.goto(f"/orders/{order_id}")
    people.expect_status(page, "awaiting_payment")
    expect(page.get_by_text("实时更新中")).to_have_count(0)
    elsewhere = page.context.new_page()
    elsewhere.goto(f"/orders/{order_id}")
    elsewhere.get_by_role("button", name="取消订单").click()
    elsewhere.get_by_role("dialog").get_by_role("button", name="取消订单").click()
    people.expect_status(page, "closed")
