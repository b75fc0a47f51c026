"""From a parcel in hand to words that the next buyer reads."""

import re
from functools import partial
from io import BytesIO
from uuid import uuid4

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from simulators.remote_control import Control
from tests.engines import wait_until
from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.test_purchase import Case, is_followed, merchant_page, pay, ship

SAID = f"茶香清雅，冲三泡仍有回甘。第 {uuid4().hex[:8]} 次回购。"
ANSWERED = "谢谢您的细心品鉴，欢迎再来。"


def test_what_was_received_is_reviewed_answered_and_read_by_others(
    open_page: OpenPage, outside: Control
) -> None:
    page = open_page("/", viewport=PHONE)
    people.sign_up_by_email(page)
    people.find_and_collect(page, "龙井", "青竹茶铺")
    product = page.url
    other = open_page(product)  # has the page from before, as everybody's caches do
    expect(other.get_by_text(SAID)).to_have_count(0)
    people.check_out(page)
    pay(page, open_page, Case("alipay", "phone", "normal"))
    expect(page.get_by_text("支付成功").first).to_be_visible()
    (order_id,) = people.order_ids(page)
    receive(page, open_page, outside, order_id)

    page.get_by_role("link", name="评价商品").first.click()
    write(page)
    order = page.request.get(f"/api/v1/store/orders/{order_id}").json()
    answer(merchant_page(open_page, order, "/reviews"))

    other.reload()
    said = other.locator("#reviews article").filter(has_text=SAID)
    expect(said).to_be_visible()
    expect(said.get_by_text(ANSWERED)).to_be_visible()
    said.get_by_role("button", name="第 1 张评价图片").click()
    large = other.get_by_role("dialog").locator("img").first
    expect(large).to_be_visible()
    other.wait_for_function("image => image.complete && image.naturalWidth > 500", arg=large.element_handle())


def receive(page: Page, open_page: OpenPage, outside: Control, order_id: str) -> None:
    """Have an order shipped and delivered, and confirm it on its page."""
    page.goto(f"/orders/{order_id}")
    tracking_number = ship(open_page, page.request.get(f"/api/v1/store/orders/{order_id}").json())
    people.expect_status(page, "shipped")
    wait_until(partial(is_followed, outside, tracking_number), what="the subscription", seconds_max=30)
    outside.parcel(tracking_number, "deliver")
    people.expect_status(page, "delivered")
    page.get_by_role("button", name="确认收货").click()
    page.get_by_role("dialog").get_by_role("button", name="确认收货").click()
    people.expect_status(page, "received")


def write(page: Page) -> None:
    """Say how something is: without stars it is asked for them, and nothing is lost."""
    page.wait_for_url(re.compile("/review$"))
    page.get_by_label("说说使用感受").fill(SAID)
    page.get_by_test_id("review-pictures").set_input_files(photograph())
    submit = page.get_by_role("button", name="提交评价")
    expect(submit).to_be_enabled()
    submit.click()
    expect(page.get_by_text("请先点选星级")).to_be_visible()
    page.get_by_role("radio", name="4 星").check(force=True)
    submit.click()
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    expect(page.get_by_text(SAID)).to_be_visible()


def photograph() -> FilePayload:
    """A picture as a phone takes it."""
    taken = BytesIO()
    Image.linear_gradient("L").resize((1200, 900)).convert("RGB").save(taken, "JPEG")
    return {"name": "tea.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}


def answer(page: Page) -> None:
    """Answer the review in the merchant centre."""
    card = page.locator("article").filter(has_text=SAID)
    card.get_by_role("button", name="回复", exact=True).click()
    card.get_by_role("textbox", name="回复").fill(ANSWERED)
    card.get_by_role("button", name="发布回复").click()
    expect(card.get_by_text(ANSWERED)).to_be_visible()
