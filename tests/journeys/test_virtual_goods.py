"""Goods without a parcel: a code that is opened on the order's page, and a service that is had at the counter."""

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.test_purchase import Case, expect_sound, pay
from tests.market import Market

MERCHANT = "声阔数码旗舰店"
UNLOCK, CARE = "空间音频高级版 激活码", "耳机深度清洁与调音 到店服务"


def test_uploaded_codes_are_bought_without_an_address_and_opened_once(
    open_page: OpenPage, market: Market
) -> None:
    seller = counter(open_page)
    row = seller.get_by_role("row").filter(has_text=UNLOCK)
    before = int(row.locator("strong").inner_text())
    upload(seller, [f"JRNY-{uuid4().hex[:10].upper()}" for _ in range(3)])
    expect(row.locator("strong")).to_have_text(str(before + 3))

    page = open_page("/", viewport=PHONE)
    order_id = buy(page, open_page, UNLOCK)
    people.expect_status(page, "delivered")
    handover = page.get_by_test_id("handover")
    expect(handover.get_by_text("点击查看后显示")).to_be_visible()
    expect(handover.get_by_test_id("code")).to_have_count(0)
    assert hidden_code(page, order_id) == ""
    handover.get_by_role("button", name="查看卡密").click()
    page.get_by_role("dialog").get_by_role("button", name="查看卡密").click()
    shown = handover.get_by_test_id("code")
    expect(shown).to_have_text(re.compile(r"^[A-Z]{4}-\S+$"))
    expect(handover.get_by_role("button", name="退回未使用的")).to_have_count(0)

    seller.reload()
    expect(row.locator("strong")).to_have_text(str(before + 2))
    expect(seller.get_by_text(shown.inner_text())).to_have_count(0)
    expect_sound(market)


def test_a_voucher_is_redeemed_at_the_counter_and_completes_its_order(
    open_page: OpenPage, market: Market
) -> None:
    page = open_page("/", viewport=PHONE)
    buy(page, open_page, CARE)
    people.expect_status(page, "awaiting_shipment")
    voucher = page.get_by_test_id("voucher").inner_text()
    assert re.fullmatch(r"\d{4} \d{4} \d{4}", voucher)
    expect(page.get_by_text("实时更新中")).to_be_visible()

    seller = counter(open_page)
    redeem(seller, voucher)
    done = seller.get_by_role("status").filter(has_text="核销成功")
    expect(done).to_contain_text(CARE)
    expect(done).to_contain_text("还有 0 张未使用")
    people.expect_status(page, "completed")  # pushed: the page was not loaded again
    expect(page.get_by_test_id("handover").get_by_text("已使用", exact=True)).to_be_visible()
    expect_sound(market)


# -- what happens in them -----------------------------------------------------------------------------------


def counter(open_page: OpenPage) -> Page:
    """Open the merchant's counter."""
    page = open_page("/")
    people.sign_in(page, f"soundwide@{DOMAIN}", PASSWORD, next_path="/merchant/vouchers")
    expect(page.get_by_role("heading", name="卡券核销")).to_be_visible()
    return page


def upload(page: Page, codes: list[str]) -> None:
    """Put codes into the pool of the unlocking product; one that stands twice counts once."""
    page.get_by_role("row").filter(has_text=UNLOCK).get_by_role("button", name="上传卡密").click()
    dialog = page.get_by_role("dialog", name="上传卡密")
    dialog.get_by_label("卡密", exact=True).fill("\n".join([*codes, codes[0].lower()]))
    dialog.get_by_role("button", name="上传卡密").click()
    expect(page.get_by_text(f"新增 {len(codes)} 条,重复跳过 1 条")).to_be_visible()
    expect(dialog).to_be_hidden()


def buy(page: Page, open_page: OpenPage, title: str) -> str:
    """Buy one piece as somebody new without an address; return the order, whose page is open then."""
    people.sign_up_by_email(page)
    assert people.find_and_collect(page, title, MERCHANT) == title
    page.goto("/cart")
    page.get_by_role("link", name=re.compile("去结算")).click()
    submit = page.get_by_role("button", name="提交订单")
    expect(submit).to_be_enabled()
    expect(page.get_by_label("收货人")).to_have_count(0)
    submit.click()
    page.wait_for_url(re.compile(r"/pay/"))
    pay(page, open_page, Case("wechat", "phone", "normal"))
    expect(page.get_by_text("支付成功").first).to_be_visible()
    (order_id,) = people.order_ids(page)
    page.goto(f"/orders/{order_id}")
    return order_id


def hidden_code(page: Page, order_id: str) -> object:
    """Return what the shop sends of the one code before it was opened."""
    (code,) = page.request.get(f"/api/v1/store/orders/{order_id}/handover").json()["codes"]
    return code["text"]


def redeem(page: Page, voucher: str) -> None:
    page.get_by_label("券码").fill(voucher)
    page.get_by_role("button", name="核销", exact=True).click()
