"""A visitor of the demo is shown around, plays parts, and finds answers where he works."""

import re

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN
from tests.journeys.conftest import PHONE, OpenPage

SHIFTS = """new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0)
  )).observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done(0), 500))"""
SHIFT_MAX = 0.05


def test_a_newcomer_is_shown_around_once(open_page: OpenPage) -> None:
    page = open_page("/", is_new=True, viewport=PHONE)
    tour = page.get_by_role("dialog", name="欢迎来到演示集市")
    expect(tour).to_be_visible()
    assert page.evaluate(SHIFTS) <= SHIFT_MAX
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="先找点什么")).to_be_visible()
    expect(page.locator("header form[data-tour-here]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[data-tour-here]")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("combobox", name="搜索商品")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_one_press_fills_in_the_form_of_a_buyer(open_page: OpenPage) -> None:
    page = open_page("/en/sign-in")
    page.get_by_role("button", name=re.compile(f"xiaoming@{DOMAIN}")).click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(page.get_by_role("link", name="王小明").first).to_be_visible()


def test_a_merchant_reads_about_the_desk_in_front_of_him(open_page: OpenPage) -> None:
    page = open_page("/sign-in?next=/merchant/stock")
    page.get_by_role("button", name=re.compile(f"warehouse.soundwide@{DOMAIN}")).click()
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile("/merchant/stock"))
    page.get_by_role("button", name="使用帮助").click()
    drawer = page.get_by_role("dialog", name="使用帮助")
    expect(drawer.locator("details[open] summary")).to_have_text("库存")
    expect(drawer.locator("summary")).to_have_count(6)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_an_operator_reads_about_his_role(open_page: OpenPage) -> None:
    page = open_page("/admin/")
    enter_back_office(page, "finance1")
    page.get_by_role("link", name="使用帮助").click()
    expect(page.get_by_role("region", name="财务", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="风控", exact=True)).to_have_count(0)


def test_the_buyers_questions_are_linked_from_every_page(open_page: OpenPage) -> None:
    page = open_page("/c")
    page.get_by_role("contentinfo").get_by_role("link", name="帮助中心").click()
    page.get_by_role("navigation", name="常见问题").get_by_role("link", name="怎么付款？").click()
    page.wait_for_url(re.compile(r"/help#paying$"))
    answer = page.get_by_role("region", name="怎么付款？")
    expect(answer).to_be_in_viewport()


def enter_back_office(page: Page, name: str) -> None:
    """Play a colleague's part at the door of the back office."""
    page.locator(f"[data-sample-login='{name}@{DOMAIN}']").click()
    page.locator("#login-form [type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url)
