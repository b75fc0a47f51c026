"""One purchase across two merchants, paid once, shipped by both, through all three faces."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from simulators.remote_control import Control
from tests.engines import wait_until
from tests.journeys import people
from tests.journeys.conftest import DESKTOP, PHONE, OpenPage
from tests.market import Market

DAYS = timedelta(days=1)
PICKS = (("无线蓝牙耳机", "声阔数码旗舰店"), ("龙井", "青竹茶铺"))
OWNERS = {"声阔数码旗舰店": f"soundwide@{DOMAIN}", "青竹茶铺": f"greenbamboo@{DOMAIN}"}


@dataclass(frozen=True)
class Case:
    """A channel, the screen of the buyer, and what becomes of the channel's callback."""

    channel: str
    screen: str
    callback: str


CASES = [
    Case("alipay", "desktop", "normal"),
    Case("wechat", "phone", "normal"),
    Case("alipay", "phone", "drop"),
    Case("wechat", "desktop", "drop"),
    Case("alipay", "desktop", "repeat"),
    Case("wechat", "desktop", "repeat"),
    Case("alipay", "desktop", "forge_signature"),
    Case("wechat", "desktop", "forge_amount"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.channel}-{case.screen}-{case.callback}")
def test_a_purchase_is_paid_once_however_the_callback_comes(
    case: Case, open_page: OpenPage, market: Market, outside: Control
) -> None:
    page = open_page("/", viewport=PHONE if case.screen == "phone" else DESKTOP)
    people.sign_up_by_email(page)
    collect_from_two_merchants(page)
    trade_id = people.check_out(page)
    pay(page, open_page, case)
    expect(page.get_by_text("支付成功").first).to_be_visible(timeout=90_000)

    trade = page.request.get(f"/api/v1/store/trades/{trade_id}").json()
    assert trade["payment"]["status"] == "paid"
    assert [order["status"] for order in trade["orders"]] == ["awaiting_shipment"] * 2
    assert sum(order["total"]["amount_minor"] for order in trade["orders"]) == trade["total"]["amount_minor"]
    assert len(captures(outside, trade["total"]["amount_minor"])) >= 1
    expect_sound(market)


def test_from_the_cart_to_the_payout(open_page: OpenPage, market: Market, outside: Control) -> None:
    page = open_page("/")
    people.sign_up_by_email(page)
    collect_from_two_merchants(page)
    people.check_out(page)
    pay(page, open_page, Case("alipay", "desktop", "normal"))
    expect(page.get_by_text("支付成功").first).to_be_visible()
    orders = [page.request.get(f"/api/v1/store/orders/{one}").json() for one in people.order_ids(page)]
    assert len({order["merchant"]["id"] for order in orders}) == 2

    for order in orders:
        page.goto(f"/orders/{order['id']}")
        expect(page.get_by_text("实时更新中")).to_be_visible()
        tracking_number = ship(open_page, order)
        people.expect_status(page, "shipped")  # pushed: the page was not loaded again
        wait_until(partial(is_followed, outside, tracking_number), what="the subscription", seconds_max=30)
        outside.parcel(tracking_number, "deliver")
        people.expect_status(page, "delivered")
        page.get_by_role("button", name="确认收货").click()
        page.get_by_role("dialog").get_by_role("button", name="确认收货").click()
        people.expect_status(page, "received")

    settle(market, days=8)
    settle(market, days=9)
    for order in orders:
        page.goto(f"/orders/{order['id']}")
        people.expect_status(page, "completed")
        confirm_statement(open_page, order)
        pay_out(open_page, order)
    expect_sound(market)


def test_a_paid_order_is_cancelled_and_the_money_goes_back(
    open_page: OpenPage, market: Market, outside: Control
) -> None:
    page = open_page("/", viewport=PHONE)
    people.sign_up_by_email(page)
    collect_from_two_merchants(page)
    people.check_out(page)
    pay(page, open_page, Case("wechat", "phone", "normal"))
    expect(page.get_by_text("支付成功").first).to_be_visible()
    first, second = people.order_ids(page)
    page.goto(f"/orders/{first}")
    page.get_by_role("button", name="取消订单").click()
    page.get_by_role("dialog").get_by_role("button", name="取消订单").click()
    people.expect_status(page, "closed")
    expect(page.get_by_text("已退款").first).to_be_visible()
    page.goto(f"/orders/{second}")
    people.expect_status(page, "awaiting_shipment")
    given_back = outside.refunds()[0]
    assert (
        given_back["amount_minor"]
        == page.request.get(f"/api/v1/store/orders/{first}").json()["total"]["amount_minor"]
    )
    expect_sound(market)


# -- what happens in them -----------------------------------------------------------------------------------


def collect_from_two_merchants(page: Page) -> None:
    for words, merchant in PICKS:
        people.find_and_collect(page, words, merchant)


def pay(page: Page, open_page: OpenPage, case: Case) -> None:
    """Choose a channel at the cashier and pay there, with the fate of the callback chosen too."""
    page.get_by_role("radio", name={"alipay": "支付宝", "wechat": "微信支付"}[case.channel]).check()
    page.get_by_role("button", name="去支付").click()
    code = page.locator("[data-code]")
    expect(code.or_(page.locator("input[name=mode]").first)).to_be_attached()
    if code.count():
        cashier = open_page(
            f"/_sim/wechat/cashier?code_url={quote(str(code.get_attribute('data-code')), safe='')}"
        )
    else:
        cashier = page
    with_callback = cashier.locator(f"input[name=mode][value={case.callback}]")
    with_callback.evaluate(
        "input => { input.closest('details')?.setAttribute('open', ''); input.checked = true }"
    )
    cashier.locator("button[value=pay]").click()
    if cashier is page and "/_sim/" in page.url:
        page.locator("a.primary").click()


def captures(outside: Control, amount_minor: int) -> list[object]:
    found = outside.payments()
    return [one for one in found if one["state"] == "paid" and one["amount_minor"] == amount_minor]


def ship(open_page: OpenPage, order: dict[str, dict[str, str]]) -> str:
    """Ship the whole order in the merchant centre; return the tracking number that the carrier gave."""
    page = merchant_page(open_page, order, f"/orders/{order['id']}")
    page.get_by_role("button", name="发货", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="发货", exact=True).click()
    expect(page.get_by_text("已发货").first).to_be_visible()
    found = page.request.get(f"/api/v1/merchant/orders/{order['id']}").json()
    return str(found["parcels"][0]["tracking_number"])


def is_followed(outside: Control, tracking_number: str) -> bool:
    """Tell whether the carrier was asked to push the parcel's scans."""
    found = [one for one in outside.parcels() if one["tracking_number"] == tracking_number]
    return bool(found and found[0]["callback_url"])


def merchant_page(open_page: OpenPage, order: dict[str, dict[str, str]], path: str) -> Page:
    login = OWNERS[order["merchant"]["name"]]
    page = open_page("/")
    people.sign_in(page, login, PASSWORD, next_path=f"/merchant{path}")
    page.wait_for_url(re.compile("/merchant"))
    return page


def settle(market: Market, *, days: int) -> None:
    at = (datetime.now(UTC) + days * DAYS).isoformat()
    done = market.command("settle", "--now", at)
    assert done.returncode == 0, done.stderr


def confirm_statement(open_page: OpenPage, order: dict[str, dict[str, str]]) -> None:
    page = merchant_page(open_page, order, "/statements")
    page.get_by_role("link", name=re.compile("查看 .* 的结算单")).first.click()
    expect(page.get_by_text(str(order["number"])).first).to_be_visible()
    page.get_by_role("button", name="确认结算单").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已确认").first).to_be_visible()


def pay_out(open_page: OpenPage, order: dict[str, dict[str, str]]) -> None:
    """Prepare the payout as one person, approve it as another, and note the bank's word."""
    first = operator_page(open_page, "finance1", "/admin/money/statement/?status=confirmed")
    first.get_by_role("row").filter(has_text=order["merchant"]["name"]).get_by_role("link").first.click()
    answer(first, "发起打款")
    expect(first.get_by_text("打款单已生成").first).to_be_visible()
    second = operator_page(open_page, "finance2", "/admin/money/payout/?status=pending")
    second.get_by_role("row").filter(has_text=order["merchant"]["name"]).get_by_role("link").first.click()
    answer(second, "复核放款")
    answer(second, "已到账", reference=f"BANK-{order['number']}")
    expect(second.get_by_text(f"BANK-{order['number']}").first).to_be_visible()


def operator_page(open_page: OpenPage, name: str, path: str) -> Page:
    page = open_page(f"/admin/login/?next={quote(path)}")
    page.get_by_label("邮箱").fill(f"{name}@{DOMAIN}")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def answer(page: Page, action: str, *, reference: str = "") -> None:
    """Press an action of the back office and confirm its question."""
    page.get_by_role("link", name=action).or_(page.get_by_role("button", name=action)).first.click()
    dialog = page.locator("#dialog")
    if reference:
        dialog.locator("input[type=text]").fill(reference)
    dialog.get_by_role("button", name="确定").click()
    page.wait_for_load_state("networkidle")


def expect_sound(market: Market) -> None:
    done = market.command("check-invariants")
    assert done.returncode == 0, done.stdout + done.stderr
