"""A train goes into a tunnel, and out of it again."""

from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.market import Market

KEPT = """async () => {
  const all = await Promise.all((await caches.keys()).map(async name => (await caches.open(name)).keys()))
  return all.flat().map(request => new URL(request.url).pathname)
}"""


@pytest.mark.parametrize(
    ("start", "place", "title", "again"),
    [("/", "/cart", "网络没有连上", "再试一次"), ("/en/", "/en/c", "You are offline", "Try again")],
)
def test_without_a_network_a_page_says_so_and_with_one_all_is_back(
    start: str, place: str, title: str, again: str, open_page: OpenPage
) -> None:
    page = open_page(start, viewport=PHONE, service_workers="allow")
    stand_by(page)
    page.context.set_offline(True)
    page.goto(place)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.get_by_role("link", name=again)).to_be_visible()
    assert page.evaluate("document.styleSheets.length") > 0
    assert (
        page.evaluate("getComputedStyle(document.querySelector('a')).backgroundColor") != "rgba(0, 0, 0, 0)"
    )

    page.context.set_offline(False)
    expect(page.locator("#app")).to_be_attached()  # it comes back without a touch
    assert page.url.endswith(place)
    expect(page.locator("h1:visible").first).not_to_have_text(title)


def test_nothing_of_a_person_is_kept_in_the_browser(open_page: OpenPage) -> None:
    page = open_page("/", service_workers="allow")
    stand_by(page)
    people.sign_up_by_email(page)
    for place in ("/me", "/cart", "/orders", "/me/addresses"):
        page.goto(place)
        page.wait_for_load_state("networkidle")
    kept = page.evaluate(KEPT)
    assert {"/offline", "/en/offline"} < set(kept)
    strange = [one for one in kept if not one.startswith("/static/storefront/assets/")]
    assert sorted(strange) == ["/en/offline", "/offline"]


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_phone_finds_the_icons_of_the_app(market: Market, language: str) -> None:
    with httpx.Client(base_url=market.url, trust_env=False) as phone:
        icons = phone.get(f"{language}/manifest.webmanifest").raise_for_status().json()["icons"]
        drawn = {icon["src"]: phone.get(icon["src"]).raise_for_status().content for icon in icons}
    for icon in icons:
        if icon["type"] == "image/png":
            picture = Image.open(BytesIO(drawn[icon["src"]]))
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
            # A system that cuts an icon to its own shape must find colour up to the edge.
            corner = picture.convert("RGBA").getpixel((0, 0))
            assert isinstance(corner, tuple)
            assert (corner[3] == 255) == (icon["purpose"] == "maskable")


def stand_by(page: Page) -> None:
    """Wait until the page is ready for a life without a network."""
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
