"""A part of an order goes back, and the merchant's statement says to the cent who paid for which discount."""

import re
from functools import partial
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from simulators.remote_control import Control
from tests.engines import wait_until
from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.journeys.test_each_promotion import collect
from tests.journeys.test_purchase import Case, expect_sound, is_followed, pay, settle
from tests.market import Market

OWNER = f"ticktock@{DOMAIN}"
STORE = "拾光书玩"
BOOKS = "二十四节气绘本"
# The store's books at 118.00, commission 5 %, freight free from 99.00 on. Three of them:
#   goods                                            354.00
#   across stores: 30.00 off each full 300.00        − 30.00   platform 18.00 (60 %), merchant 12.00
#   the merchant's coupon: 20.00 off from 200.00 on  − 20.00   merchant
#   the platform's for a first order                 − 10.00   platform
#   paid                                             294.00    merchant's discounts 32.00, platform's 28.00
# Commission is due on what the merchant's discounts leave: 5 % of 322.00 = 16.10.
# One of three goes back, each side by its own share, rounded half up:
#   paid 294.00 / 3 = 98.00, merchant 32.00 / 3 = 10.67, platform 28.00 / 3 = 9.33; commission 16.10 / 3 = 5.37.
SALE = ("¥294.00", "¥28.00", "¥32.00", "-¥16.10", "¥305.90")  # 294.00 + 28.00 − 16.10
REFUND = ("-¥98.00", "-¥9.33", "-¥10.67", "¥5.37", "-¥101.96")  # − 98.00 − 9.33 + 5.37
DAYS = (24, 25)  # beyond what the other journeys have settled


def test_a_statement_says_who_paid_for_what_was_kept_and_what_went_back(
    open_page: OpenPage, market: Market, outside: Control
) -> None:
    desk, buyer = open_page("/"), open_page("/")
    people.sign_in(desk, OWNER, PASSWORD, next_path="/merchant/coupons")
    coupon = f"绘本券 {uuid4().hex[:6]}"
    write_coupon(desk, coupon)

    people.sign_up_by_email(buyer)
    claim(buyer, coupon)
    collect(buyer, BOOKS, 3, store=STORE)
    people.check_out(buyer)
    pay(buyer, open_page, Case("wechat", "desktop", "normal"))
    expect(buyer.get_by_text("支付成功").first).to_be_visible()
    (order_id,) = people.order_ids(buyer)
    order = buyer.request.get(f"/api/v1/store/orders/{order_id}").json()
    assert order["total"]["amount_minor"] == 29_400

    tracking_number = ship(desk, order_id)
    wait_until(partial(is_followed, outside, tracking_number), what="the subscription", seconds_max=30)
    outside.parcel(tracking_number, "deliver")
    refund_one(desk, order_id)
    receive(buyer, order_id)
    assert outside.refunds()[0]["amount_minor"] == 9_800

    for days in DAYS:
        settle(market, days=days)
    expect_statement(desk, order["number"])
    expect_sound(market)


# -- what happens in it -------------------------------------------------------------------------------------


def write_coupon(page: Page, name: str) -> None:
    """Write a coupon of 20.00 off from 200.00 on, and put it in force."""
    page.get_by_role("button", name="新建优惠券").click()
    dialog = page.get_by_role("dialog", name="新建优惠券")
    dialog.get_by_label("优惠券名称(中文)").fill(name)
    dialog.get_by_label("满(元)", exact=True).fill("200")
    dialog.get_by_label("减免金额(元)", exact=True).fill("20")
    dialog.get_by_role("button", name="存为草稿").click()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("row").filter(has_text=name)
    row.get_by_role("button", name="启用").click()
    expect(row.get_by_text("发放中")).to_be_visible()


def claim(page: Page, name: str) -> None:
    page.goto("/coupons")
    page.get_by_role("listitem").filter(has_text=name).get_by_role("button", name="立即领取").click()
    expect(page.get_by_text("领取成功").first).to_be_visible()


def ship(page: Page, order_id: str) -> str:
    """Ship the whole order; return the tracking number that the carrier gave."""
    page.goto(f"/merchant/orders/{order_id}")
    page.get_by_role("button", name="发货", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="发货", exact=True).click()
    expect(page.get_by_text("已发货").first).to_be_visible()
    found = page.request.get(f"/api/v1/merchant/orders/{order_id}").json()
    return str(found["parcels"][0]["tracking_number"])


def refund_one(page: Page, order_id: str) -> None:
    """Give one of three pieces back: read what it will be on each side, then do it."""
    page.goto(f"/merchant/orders/{order_id}")
    page.get_by_role("button", name="退款", exact=True).click()
    dialog = page.get_by_role("dialog", name="退款")
    pieces = dialog.get_by_role("spinbutton", name=re.compile(BOOKS))
    pieces.fill("1")
    pieces.press("Tab")
    outcome = dialog.get_by_test_id("refund-outcome")
    for label, amount in (
        ("退给买家", "¥98.00"),
        ("退回平台的补贴", "¥9.33"),
        ("本店收回的优惠", "¥10.67"),
        ("退还的佣金", "¥5.37"),
    ):
        expect(outcome.locator("dl > div").filter(has_text=label)).to_contain_text(amount)
    dialog.get_by_label("退款原因").fill("少发一册")
    dialog.get_by_role("button", name="退款", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("-¥98.00").first).to_be_visible()


def receive(page: Page, order_id: str) -> None:
    """Wait for the parcel and the money, and confirm that the goods came."""
    page.goto(f"/orders/{order_id}")
    people.expect_status(page, "delivered")
    page.get_by_role("button", name="确认收货").click()
    page.get_by_role("dialog").get_by_role("button", name="确认收货").click()
    people.expect_status(page, "received")
    expect(page.get_by_text("¥98.00").first).to_be_visible()


def expect_statement(page: Page, number: str) -> None:
    """Find the two lines of the order on the newest statement, and confirm it."""
    page.goto("/merchant/statements")
    page.get_by_role("link", name=re.compile("查看 .* 的结算单")).first.click()
    for kind, cells in (("销售", SALE), ("退款", REFUND)):
        row = page.get_by_role("row").filter(has_text=number).filter(has_text=kind)
        expect(row).to_have_count(1)
        goods, subsidy, own, commission, amount = cells
        texts = [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()]
        assert texts[3:] == [goods, "¥0.00", subsidy, own, commission, amount]
    page.get_by_role("button", name="确认结算单").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已确认").first).to_be_visible()
