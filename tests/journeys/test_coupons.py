"""Coupons and flash sales as a buyer uses them: claimed, exchanged and given, or bought past the gate."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from jishi.entry.demo.coupons import CODE
from tests.journeys import people
from tests.journeys.conftest import OpenPage

TEA_SHOP = "青竹茶铺"
OF_THE_SHOP = "好茶九折券"
OF_THE_PLATFORM = {"集市纪念券", "新人满 59 减 10"}  # of one owner one coupon counts


def test_claimed_and_exchanged_coupons_make_an_order_cheaper(open_page: OpenPage) -> None:
    page = open_page("/")
    people.sign_up_by_email(page)
    page.goto("/coupons")
    card = page.get_by_role("listitem").filter(has_text=OF_THE_SHOP)
    card.get_by_role("button", name="立即领取").click()
    expect(page.get_by_text("领取成功").first).to_be_visible()
    page.goto("/me/coupons")
    page.get_by_label("兑换码").fill(f" {CODE.lower()} ")
    page.get_by_role("button", name="兑换", exact=True).click()
    expect(page.get_by_text("兑换成功").first).to_be_visible()

    people.find_and_collect(page, "龙井", TEA_SHOP)
    people.check_out(page)
    order = last_order(page)
    used = {one["name"] for one in order["discounts"]}
    assert OF_THE_SHOP in used
    assert len(used & OF_THE_PLATFORM) == 1
    taken = sum(one["amount"]["amount_minor"] for one in order["discounts"])
    assert taken == order["discount_amount"]["amount_minor"]
    assert (
        order["goods_amount"]["amount_minor"] - taken + order["freight_amount"]["amount_minor"]
        == (order["total"]["amount_minor"])
    )


def test_a_flash_sale_is_bought_past_the_gate(open_page: OpenPage) -> None:
    page = open_page("/")
    people.sign_up_by_email(page)
    page.goto("/flash")
    page.get_by_role("button", name="立即抢购").first.click()
    page.wait_for_url(re.compile(r"/checkout\?"))
    people.write_address(page)
    submit = page.get_by_role("button", name="提交订单")
    expect(submit).to_be_enabled()
    submit.click()
    page.wait_for_url(re.compile(r"/pay/"))

    (line,) = last_order(page)["lines"]
    board = page.request.get("/api/v1/store/flash").json()
    offered = {one["sku_id"]: one["price"] for one in board["items"]}
    assert line["unit_price"] == offered[line["sku_id"]]


def last_order(page: Page) -> Any:
    """Return the buyer's newest order."""
    return page.request.get(f"/api/v1/store/orders/{people.order_ids(page)[0]}").json()
