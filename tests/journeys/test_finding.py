"""A visitor finds a product in five ways, and the home page learns from what he looks at, while he allows it."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenPage
from tests.market import Market

TITLE = "声阔 Air 3 头戴式无线蓝牙耳机 主动降噪"
SHELF = "手机数码"
BROWSED = 4
LOOKED_AT = 20  # cards of the feed
REPORT = "**/api/v1/store/behaviour"
API = "/api/v1/store"


# -- finding ----------------------------------------------------------------------------------------------------


def search(page: Page, words: str) -> None:
    """Type words into the box of the home page."""
    box = page.get_by_role("combobox", name="搜索商品")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile(r"/s\?"))


def by_facet(page: Page) -> None:
    """Search for the brand alone and tick what the product can do."""
    search(page, "声阔")
    tick(page, "连接方式", "蓝牙")
    tick(page, "质保", "两年")


def by_advanced_search(page: Page) -> None:
    """Tick an attribute, then say which words must and must not be there and what it may cost."""
    search(page, "声阔")
    tick(page, "连接方式", "蓝牙")
    page.get_by_role("button", name="高级搜索").click()
    form = page.get_by_role("search", name="高级搜索")
    form.get_by_label("包含全部的词").fill("声阔 无线")
    form.get_by_label("不包含这些词").fill("音箱 麦克风")
    form.get_by_label("最低").fill("300")
    form.get_by_label("最高").fill("500")
    page.get_by_role("dialog").get_by_role("button", name="搜索", exact=True).click()
    page.wait_for_url(re.compile("none="))
    assert "connection" in page.url


def tick(page: Page, facet: str, value: str) -> None:
    """Tick a value of a facet, and wait until the list stands for it."""
    box = page.get_by_role("group", name=facet, exact=True).get_by_label(re.compile(f"^{value}"))
    box.check()
    expect(box).to_be_checked()
    page.wait_for_load_state("networkidle")


WAYS: dict[str, Callable[[Page], None]] = {
    "keyword": lambda page: search(page, "蓝牙耳机"),
    "pinyin": lambda page: search(page, "lanyaerji"),
    "typo": lambda page: search(page, "headphnes"),
    "facet": by_facet,
    "advanced": by_advanced_search,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_visitor_finds_and_opens_one_product(way: str, open_page: OpenPage) -> None:
    page = open_page("/")
    WAYS[way](page)
    found = page.locator("article h3 a").filter(has_text=TITLE)
    expect(found).to_be_visible()
    found.click()
    page.wait_for_url(re.compile("/p/"))
    expect(page.locator("h1")).to_have_text(TITLE)


def test_what_was_excluded_is_not_there(open_page: OpenPage) -> None:
    page = open_page("/")
    search(page, "声阔")
    titles = page.locator("article h3 a")
    expect(titles.filter(has_text="音箱").first).to_be_visible()
    page.go_back()
    expect(page.locator("#feed")).to_be_visible()
    by_advanced_search(page)
    expect(titles.filter(has_text="音箱")).to_have_count(0)
    expect(titles.filter(has_text="麦克风")).to_have_count(0)


def test_a_product_is_found_by_its_picture(open_page: OpenPage) -> None:
    page = open_page("/")
    search(page, "蓝牙耳机")
    page.locator("article h3 a").filter(has_text=TITLE).click()
    page.wait_for_url(re.compile("/p/"))
    shown = str(page.locator("[data-testid=gallery] img, main img").first.evaluate("one => one.currentSrc"))
    picture = page.request.get(shown)
    page.goto("/s/picture")
    page.get_by_test_id("picture-to-find").set_input_files(
        {"name": "a.webp", "mimeType": picture.headers["content-type"], "buffer": picture.body()}
    )
    expect(page.locator("article h3 a").filter(has_text=TITLE).first).to_be_visible()


# -- recommendations ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(market: Market) -> dict[str, str]:
    """Title by id of all that lies in one top category."""
    with httpx.Client(base_url=f"{market.url}{API}", trust_env=False) as api:
        tops = api.get("/categories").json()["items"]
        (top,) = [one["id"] for one in tops if one["name"] == SHELF]
        found = api.get("/search", params={"category_id": top, "limit": 48}).json()["items"]
    return {one["id"]: one["title"] for one in found}


def newcomer(open_page: OpenPage, *, allows: bool) -> Page:
    """Open the home page as somebody new who answers the question about his behaviour."""
    page = open_page("/", is_new=True)
    page.context.add_cookies([{"name": "jishi_tour", "value": "seen", "url": page.url}])
    page.reload()
    # With the answer the visitor becomes somebody: before, each request is another one's.
    with page.expect_response("**/api/v1/store/behaviour/consent"):
        page.get_by_role("button", name="同意" if allows else "不用", exact=True).click()
    return page


def feed(page: Page) -> list[dict[str, Any]]:
    """Return what the home page recommends to this visitor."""
    found = page.request.get(f"{API}/recommendations", params={"place": "home", "limit": LOOKED_AT})
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def browse(page: Page, product_ids: list[str]) -> None:
    """Look at products, one after the other; what was done is reported when the page is left for another tab."""
    for product_id in product_ids:
        page.goto(f"/p/{product_id}")
        with page.expect_response(REPORT):
            expect(page.locator("h1")).to_be_visible()


def chosen_feed(page: Page) -> Locator:
    """Scroll to the feed and return its cards, once they are those that were chosen for this visitor."""
    page.locator("#feed").scroll_into_view_if_needed()
    cards = page.locator("[data-placement='home'] li")
    expect(cards.first.get_by_role("button", name=re.compile("推荐理由"))).to_be_visible()
    return cards


def alike(page: Page, product_ids: list[str]) -> set[str]:
    """Return what stands in the row of similar goods beside any of these products."""
    beside = [f"{API}/recommendations?place=similar&limit=48&product_id={one}" for one in product_ids]
    rows = [page.request.get(address).json()["items"] for address in beside]
    return {one["product"]["id"] for row in rows for one in row}


def share(items: list[dict[str, Any]], near: set[str]) -> float:
    """Return how much of a feed is like what was looked at."""
    return sum(one["product"]["id"] in near for one in items) / len(items)


def test_the_home_page_follows_what_somebody_looks_at(open_page: OpenPage, shelf: dict[str, str]) -> None:
    page = newcomer(open_page, allows=True)
    before = feed(page)
    assert "yours" not in Counter(one["reason"] for one in before)
    looked_at = list(shelf)[:BROWSED]
    browse(page, looked_at)

    after, near = feed(page), alike(page, looked_at)
    assert after[0]["product"]["id"] in near
    assert share(after, near) > share(before, near)
    named = [one["why"] for one in after if one["reason"] == "yours"]
    assert named
    titles = [shelf[one] for one in looked_at]
    assert all(any(_short(title) in why for title in titles) for why in named)

    page.goto("/")
    first = chosen_feed(page).first
    unwanted = first.locator("h3 a").inner_text()
    first.get_by_role("button", name=re.compile("推荐理由")).click()
    expect(first.get_by_text("为什么看到它")).to_be_visible()
    with page.expect_response(re.compile("not-interested")):
        first.get_by_role("button", name="不感兴趣").click()
    card = page.locator("[data-placement='home'] h3 a").filter(has_text=unwanted)
    expect(card).to_have_count(0)
    page.reload()
    chosen_feed(page)
    expect(card).to_have_count(0)
    assert unwanted not in [one["product"]["title"] for one in feed(page)]


def test_the_switch_leaves_nothing_personal(open_page: OpenPage, shelf: dict[str, str]) -> None:
    page = newcomer(open_page, allows=True)
    browse(page, list(shelf)[:BROWSED])
    assert "yours" in Counter(one["reason"] for one in feed(page))
    page.goto("/me/privacy")
    switch = page.get_by_role("switch", name=re.compile("改进推荐"))
    switch.click()
    expect(switch).not_to_be_checked()
    assert {one["reason"] for one in feed(page)} <= {"popular", "new"}


def test_who_said_no_is_shown_what_everybody_is_shown(open_page: OpenPage, shelf: dict[str, str]) -> None:
    page = newcomer(open_page, allows=False)
    before = feed(page)
    for product_id in list(shelf)[:BROWSED]:
        page.goto(f"/p/{product_id}")
        expect(page.locator("h1")).to_be_visible()
    assert [one["product"]["id"] for one in feed(page)] == [one["product"]["id"] for one in before]


def _short(title: str) -> str:
    """Return the beginning of a title, which a reason names however it shortens it."""
    return title[:12]
