"""A pre-sale from the merchant's form over the deposit and the balance to a refund of one of two pieces."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from simulators.remote_control import Control
from tests.engines import wait_until
from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.test_purchase import Case, expect_sound, pay, ship
from tests.market import Market

SHOP_TIME = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEPOSIT, WORTH = 1_000, 2_000  # per piece, in fen
PIECES = 2
# The deposits are over and the balance is due: what days would do to a pre-sale and the payments in it.
_PRESALE_ON = (
    "UPDATE presale SET deposit_from_at = deposit_from_at - %(by)s, deposit_until_at = deposit_until_at - %(by)s, "
    "balance_from_at = balance_from_at - %(by)s WHERE id = %(id)s"
)
_PAYMENTS_ON = (
    "UPDATE payments_payment p SET balance_from_at = p.balance_from_at - %(by)s FROM payments_part part "
    "JOIN presale_claim c ON c.order_id = part.order_id WHERE part.payment_id = p.id AND c.presale_id = %(id)s"
)


def test_a_presale_is_paid_in_two_sent_and_refunded_in_part(
    open_page: OpenPage, market: Market, outside: Control
) -> None:
    seller = open_page("/")
    people.sign_in(seller, f"soundwide@{DOMAIN}", PASSWORD, next_path="/merchant/presales")
    presale = make(seller)
    each = presale["terms"]["total"]["amount_minor"]
    assert each == presale["terms"]["price"]["amount_minor"] - (WORTH - DEPOSIT)

    page = open_page("/", viewport=PHONE)
    email = people.sign_up_by_email(page)
    trade_id = order_ahead(page, presale)
    expect(page.get_by_text("应付定金")).to_be_visible()
    pay(page, open_page, Case("alipay", "phone", "normal"))
    expect(page.get_by_text("定金已付").first).to_be_visible()
    trade = page.request.get(f"/api/v1/store/trades/{trade_id}").json()
    total, order = trade["total"]["amount_minor"], trade["orders"][0]
    balance = total - PIECES * DEPOSIT
    assert trade["payment"]["instalments"]["balance"]["amount_minor"] == balance
    assert paid(outside, PIECES * DEPOSIT)

    page.goto(f"/orders/{order['id']}")
    people.expect_status(page, "awaiting_balance")
    expect(page.get_by_role("timer").filter(has_text="距尾款支付开始")).to_be_visible()
    expect(page.get_by_role("button", name="去付款")).to_have_count(0)
    a_day_on(market, presale["id"])
    wait_until(
        lambda: any(order["number"] in one["text"] for one in outside.messages(email)),
        what="the mail that the balance is due",
        seconds_max=150,
    )
    page.reload()
    expect(page.get_by_role("timer").filter(has_text="距尾款支付截止")).to_be_visible()
    page.get_by_role("button", name="去付款").click()
    page.wait_for_url(re.compile(r"/pay/"))
    expect(page.get_by_text("应付尾款")).to_be_visible()
    pay(page, open_page, Case("alipay", "phone", "normal"))
    expect(page.get_by_text("支付成功").first).to_be_visible()
    assert paid(outside, balance)

    page.goto(f"/orders/{order['id']}")
    people.expect_status(page, "awaiting_shipment")
    expect(page.get_by_text("实时更新中")).to_be_visible()
    ship(open_page, order)
    people.expect_status(page, "shipped")  # pushed: the page was not loaded again
    refund_one(seller, order["id"], yuan(each))
    expect(page.get_by_text("已退款").first).to_be_visible()
    assert each in [one["amount_minor"] for one in outside.refunds()]
    expect_sound(market)


# -- what happens in it -------------------------------------------------------------------------------------


def make(page: Page) -> dict[str, Any]:
    """Sell the last variant of a pair of headphones ahead for two days from now; return the pre-sale."""
    page.get_by_role("button", name="新建预售").click()
    dialog = page.get_by_role("dialog", name="新建预售")
    dialog.get_by_role("button", name="选择商品").click()
    choice = page.get_by_role("dialog", name="选择商品")
    choice.get_by_role("textbox").fill("无线蓝牙耳机")
    choice.get_by_role("textbox").press("Enter")
    choice.get_by_role("listitem").filter(has_text="无线蓝牙耳机").first.locator("label").click()
    choice.get_by_role("button", name="确定").click()
    dialog.get_by_role("combobox", name="商品规格").press("Enter")
    variant = page.get_by_role("option").last
    price = variant.inner_text().rpartition("¥")[2].replace(",", "")
    variant.click()
    now = datetime.now(SHOP_TIME).replace(second=0, microsecond=0)
    fields = {"预售价(元)": price, "每件定金(元)": "10.00", "定金抵(元,可不填)": "20.00"}
    times = {"定金开始": -HOUR, "定金结束": DAY, "尾款开始": DAY, "尾款截止": 4 * DAY, "最晚发货": 6 * DAY}
    fields |= {label: f"{now + after:%Y-%m-%d %H:%M}" for label, after in times.items()}
    for label, text in fields.items():
        field = dialog.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")
    each = dialog.get_by_label("每人限购(件)")
    each.fill(str(PIECES))
    each.press("Tab")
    expect(dialog.get_by_text("每件到手")).to_be_visible()
    dialog.get_by_role("button", name="新建预售").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("row").filter(has_text="收定金中").first).to_be_visible()
    made: dict[str, Any] = page.request.get("/api/v1/merchant/presales").json()["items"][0]
    assert made["stage"] == "deposit"
    return made


def order_ahead(page: Page, presale: dict[str, Any]) -> str:
    """Go from the product over its terms to the cashier; return the trade's id."""
    page.goto(f"/p/{presale['product_id']}?sku={presale['sku_id']}")
    block = page.get_by_test_id("presale")
    expect(block.get_by_text("抵 ¥20")).to_be_visible()
    place = block.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert (
        PHONE["width"] * 3 / 4 < place["width"] <= PHONE["width"]
    )  # a row of its own, not a column beside offers
    page.get_by_role("button", name="增加").first.click()
    block.get_by_role("link", name=re.compile("支付定金")).click()
    page.wait_for_url(re.compile(r"/checkout\?presale="))
    people.write_address(page)
    submit = page.get_by_role("button", name="提交订单")
    agreed = page.get_by_role("checkbox", name="我已了解以上定金规则")
    expect(agreed).to_be_attached()
    expect(submit).to_be_disabled()  # nobody pays a deposit unread
    agreed.check(force=True)
    submit.click()
    page.wait_for_url(re.compile(r"/pay/"))
    return page.url.split("/pay/")[1].split("?")[0]


def a_day_on(market: Market, presale_id: str) -> None:
    with psycopg.connect(market.database_url) as connection:
        for statement in (_PRESALE_ON, _PAYMENTS_ON):
            done = connection.execute(statement, {"by": DAY + HOUR, "id": presale_id})
            assert done.rowcount == 1


def paid(outside: Control, amount_minor: int) -> bool:
    """Tell whether the channel holds a payment of this amount."""
    return any(one["state"] == "paid" and one["amount_minor"] == amount_minor for one in outside.payments())


def yuan(amount_minor: int) -> str:
    return f"¥{amount_minor / 100:,.2f}"


def refund_one(page: Page, order_id: str, amount: str) -> None:
    """Give one of the pieces back in the merchant centre."""
    page.goto(f"/merchant/orders/{order_id}")
    page.get_by_role("button", name="退款", exact=True).click()
    dialog = page.get_by_role("dialog", name="退款")
    pieces = dialog.get_by_role("spinbutton").first
    pieces.fill("1")
    pieces.press("Tab")
    outcome = dialog.get_by_test_id("refund-outcome")
    expect(outcome.locator("dl > div").filter(has_text="退给买家")).to_contain_text(amount)
    dialog.get_by_label("退款原因").fill("一件有划痕")
    dialog.get_by_role("button", name="退款", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(f"-{amount}").first).to_be_visible()
