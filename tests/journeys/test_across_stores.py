"""A promotion across stores: written in the back office, lying on both stores' orders by what each sold."""

from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import PASSWORD
from jishi.kernel import clock
from jishi.offering.promotions.queries_desk import CHINA
from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.journeys.test_each_promotion import collect, expect_total
from tests.journeys.test_listing import OPERATOR
from tests.journeys.test_purchase import Case, answer, expect_sound, pay
from tests.market import Market

# 59.00 of one store and 49.00 of the other are 108.00, of which 100.00 save 10.00: 10.00 × 59 / 108 = 5.46 and 4.54.
# What is left, 53.54 and 44.46, shares the 10.00 of who signs up: 10.00 × 53.54 / 98.00 = 5.46 and 4.54 again.
# Freight is 8.00 and 7.00.
WHEEL, DICE = ("静音跑轮", "小橘宠物花园"), ("桌游骰子收纳套装", "拾光书玩")
OFF = {WHEEL[1]: 546, DICE[1]: 454}
TOTAL = {WHEEL[1]: 5_900 - 546 - 546 + 800, DICE[1]: 4_900 - 454 - 454 + 700}


def test_a_discount_across_stores_lies_on_each_order_by_its_goods(
    open_page: OpenPage, market: Market
) -> None:
    operator, buyer = open_page("/"), open_page("/")
    people.sign_up_by_email(buyer)
    pages = [collect(buyer, title, 1, store=store) for title, store in (WHEEL, DICE)]
    people.sign_in(operator, OPERATOR, PASSWORD, next_path="/admin/")
    name = f"跨店满百减十 {uuid4().hex[:6]}"
    write(operator, name, pages)

    buyer.goto("/cart")
    expect(buyer.get_by_text(name).first).to_be_visible()
    expect_total(buyer, 10_800 - 1_000)
    people.check_out(buyer)
    pay(buyer, open_page, Case("alipay", "desktop", "normal"))
    expect(buyer.get_by_text("支付成功").first).to_be_visible()
    orders = [buyer.request.get(f"/api/v1/store/orders/{one}").json() for one in people.order_ids(buyer)]
    said = {
        one["merchant"]["name"]: {off["name"]: off["amount"]["amount_minor"] for off in one["discounts"]}
        for one in orders
    }
    assert {store: offs[name] for store, offs in said.items()} == OFF
    assert {one["merchant"]["name"]: one["total"]["amount_minor"] for one in orders} == TOTAL
    expect_sound(market)


def write(page: Page, name: str, goods: list[str]) -> None:
    """Write a promotion of the platform for some goods, paid by both sides alike, and put it in force."""
    now = clock.now().astimezone(CHINA)
    page.goto("/admin/offering/promotionrow/add/")
    page.get_by_label("名称", exact=False).first.fill(name)
    page.get_by_label("类型").select_option(label="满额减")
    page.get_by_label("优惠内容").fill("100 10")
    for label, days in (("开始", -1), ("结束", 1)):
        page.get_by_label(label).first.fill(f"{now + timedelta(days=days):%Y-%m-%dT%H:%M}")
    page.get_by_label("商品").first.fill("\n".join(goods))
    page.get_by_label("平台出资(%)").fill("50")
    page.get_by_label("商家出资(%)").fill("50")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto("/admin/offering/promotionrow/?status=draft")
    page.get_by_role("link", name=name).first.click()
    answer(page, "上线")
    expect(page.get_by_text("生效").first).to_be_visible()
