"""A visitor is asked once, says yes, sees what is kept of him, erases it, and turns it off."""

import re

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.people import sign_in

ASK = "可以用您的浏览行为改进推荐吗"
REPORT = "**/api/v1/store/behaviour"


def kept(page: Page) -> int:
    """Return how many events of this visitor are kept."""
    return int(page.request.get("/api/v1/store/behaviour").json()["total"])


def visit_a_product(page: Page) -> None:
    """Open the first product of the home page and wait until that was reported."""
    with page.expect_response(REPORT):
        page.locator("article h3 a").first.click()
        page.wait_for_url(re.compile(r"/p/"))


def test_yes_is_asked_once_and_all_that_was_kept_can_be_erased(open_page: OpenPage) -> None:
    page = open_page("/", is_new=True, viewport=PHONE)
    page.context.add_cookies([{"name": "jishi_tour", "value": "seen", "url": page.url}])
    page.reload()
    strip = page.get_by_role("region", name=ASK)
    strip.get_by_role("button", name="同意").click()
    expect(strip).to_have_count(0)
    visit_a_product(page)

    page.goto("/me/privacy")
    switch = page.get_by_role("switch", name=re.compile("改进推荐"))
    expect(switch).to_be_checked()
    expect(page.get_by_text("看过商品")).to_be_visible()
    assert kept(page) > 0
    page.get_by_role("button", name="清除行为数据").click()
    page.get_by_role("dialog").get_by_role("button", name="清除行为数据").click()
    expect(page.get_by_text("没有任何行为数据。")).to_be_visible()
    assert kept(page) == 0

    switch.click()
    expect(switch).not_to_be_checked()
    page.goto("/")
    page.locator("article h3 a").first.click()
    page.wait_for_url(re.compile(r"/p/"))
    page.goto("/me/privacy")
    expect(page.get_by_text("没有任何行为数据。")).to_be_visible()


def test_letters_are_off_until_somebody_turns_them_on(open_page: OpenPage) -> None:
    page = open_page("/sign-in", viewport=PHONE)
    sign_in(page, f"xiaoming@{DOMAIN}", PASSWORD, next_path="/me/privacy")
    switch = page.get_by_role("switch", name=re.compile("每周给我发一封推荐邮件"))
    expect(switch).not_to_be_checked()
    for is_on in (True, False):
        switch.click()
        expect(switch).to_be_checked(checked=is_on)
        page.reload()
        expect(switch).to_be_checked(checked=is_on)


def test_no_is_as_easy_and_nobody_is_asked_again(open_page: OpenPage) -> None:
    page = open_page("/", is_new=True)
    page.context.add_cookies([{"name": "jishi_tour", "value": "seen", "url": page.url}])
    page.reload()
    strip = page.get_by_role("region", name=ASK)
    strip.get_by_role("button", name="不用").click()
    expect(strip).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    page.reload()
    page.locator("article h3 a").first.click()
    page.wait_for_url(re.compile(r"/p/"))
    page.goto("/me/privacy")
    expect(page.get_by_role("switch", name=re.compile("改进推荐"))).not_to_be_checked()
    assert [url for url in asked if "/behaviour" in url] == []
    assert kept(page) == 0


def test_a_shared_product_is_told_of_who_allows_it(open_page: OpenPage) -> None:
    page = open_page("/", is_new=True)
    page.context.add_cookies([{"name": "jishi_tour", "value": "seen", "url": page.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.reload()
    page.get_by_role("region", name=ASK).get_by_role("button", name="同意").click()
    visit_a_product(page)
    page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
    page.get_by_role("button", name="分享").click()
    dialog = page.get_by_role("dialog", name="分享商品")
    expect(dialog.get_by_role("img", name="用手机扫码打开")).to_be_visible()
    with page.expect_response(REPORT):
        dialog.get_by_role("button", name="复制链接").click()
    expect(dialog).to_have_count(0)
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.goto("/me/privacy")
    expect(page.get_by_text("分享", exact=True)).to_be_visible()
