"""A promotion from the merchant's wizard to the buyer's order."""

import re
from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from jishi.kernel import clock
from jishi.offering.promotions.queries_desk import CHINA
from tests.journeys import people
from tests.journeys.conftest import OpenPage

OWNER = f"greenbamboo@{DOMAIN}"
STORE = "青竹茶铺"


def test_a_promotion_made_in_the_wizard_is_what_the_buyer_saves(open_page: OpenPage) -> None:
    name = f"满一减一 {uuid4().hex[:6]}"
    desk = open_page("/")
    people.sign_in(desk, OWNER, PASSWORD, next_path="/merchant/promotions")
    write_promotion(desk, name)
    expect(desk.get_by_role("heading", name=name)).to_be_visible()
    expect(desk.get_by_text("进行中", exact=True).first).to_be_visible()

    buyer = open_page("/")
    people.sign_up_by_email(buyer)
    people.find_and_collect(buyer, "龙井", STORE)
    cart = buyer.request.get("/api/v1/store/cart/lines").json()
    assert name in [one["name"] for group in cart["groups"] for one in group["discounts"]]
    buyer.goto("/cart")
    expect(buyer.get_by_text(name).first).to_be_visible()
    people.check_out(buyer)
    order = buyer.request.get(f"/api/v1/store/orders/{people.order_ids(buyer)[0]}").json()
    assert [one["amount"]["amount_minor"] for one in order["discounts"] if one["name"] == name] == [100]

    desk.get_by_role("button", name="结束", exact=True).click()
    desk.get_by_role("dialog").get_by_role("button", name="结束", exact=True).click()
    expect(desk.get_by_text("已结束", exact=True).first).to_be_visible()


def write_promotion(page: Page, name: str) -> None:
    """Walk through the wizard: one yuan off from one yuan, on everything, from yesterday on, before any other."""
    now = clock.now().astimezone(CHINA)
    page.goto("/merchant/promotions/new")
    page.get_by_role("button", name=re.compile("^满减")).click()
    page.get_by_label("活动名称(中文)").fill(name)
    page.get_by_label("满(元) 1", exact=True).fill("1")
    page.get_by_label("减免金额(元) 1", exact=True).fill("1")
    page.get_by_role("button", name=re.compile("时间与人群")).click()
    for label, days in (("开始时间", -1), ("结束时间", 1)):
        field = page.get_by_role("combobox", name=label)
        field.fill(f"{now + timedelta(days=days):%Y-%m-%d %H:%M}")
        field.press("Enter")
    page.get_by_role("button", name=re.compile("限制与叠加")).click()
    page.get_by_label("优先级").fill("100")
    page.get_by_label("叠加组(字母或数字)").fill(f"j{uuid4().hex[:8]}")
    page.get_by_role("button", name=re.compile("确认$")).click()
    expect(page.get_by_text("满 ¥1.00 减 ¥1.00", exact=True)).to_be_visible()
    page.get_by_role("button", name="保存并启用").click()
