"""An operator's coupon and promotion, from the back office to a buyer's order and back into the figures."""

import re
from datetime import timedelta
from functools import partial
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from jishi.entry.console.search_rule_forms import MOMENT
from jishi.kernel import clock
from jishi.offering.promotions.queries_desk import CHINA
from tests.engines import wait_until
from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.journeys.test_coupons import last_order
from tests.journeys.test_purchase import Case, operator_page, pay

TEA_SHOP = "青竹茶铺"
COUPONS, PROMOTIONS = "/admin/offering/coupontemplaterow/", "/admin/offering/promotionrow/"
CODE = re.compile(r"^[0-9A-Z]{12}$")


def test_a_coupon_with_codes_is_redeemed_and_its_cost_comes_back(open_page: OpenPage) -> None:
    name = f"后台直减 {uuid4().hex[:6]}"
    desk = operator_page(open_page, "operations", f"{COUPONS}add/")
    fill(desk, {"name_zh": name, "effect": "10 9.99", "valid_days": "7", "stock": "3",
                "stack_group": f"j{uuid4().hex[:8]}"})  # fmt: skip
    desk.locator("select[name=way]").select_option("code_once")
    save(desk)
    answer(desk, "开始发放")
    expect(desk.get_by_text("已开始发放").first).to_be_visible()
    answer(desk, "生成兑换码", count="2")
    expect(desk.get_by_text("兑换码已生成").first).to_be_visible()
    codes = codes_of(desk)
    assert len(codes) == 2

    buyer = open_page("/")
    people.sign_up_by_email(buyer)
    buyer.goto("/me/coupons")
    buyer.get_by_label("兑换码").fill(codes[0])
    buyer.get_by_role("button", name="兑换", exact=True).click()
    expect(buyer.get_by_text("兑换成功").first).to_be_visible()
    people.find_and_collect(buyer, "龙井", TEA_SHOP)
    people.check_out(buyer)
    cashier = buyer.url
    used = [one for one in last_order(buyer)["discounts"] if one["name"] == name]
    assert [one["amount"]["amount_minor"] for one in used] == [999]

    desk.reload()
    expect(row_of(desk, "兑换码")).to_contain_text("待付款")
    buyer.goto(cashier)
    pay(buyer, open_page, Case("alipay", "desktop", "normal"))
    expect(buyer.get_by_text("支付成功").first).to_be_visible()
    is_borne = partial(says, desk, "平台 ¥9.99")
    wait_until(is_borne, what="the coupon to count as used", seconds_max=30)
    desk.reload()
    expect(row_of(desk, "兑换码")).to_contain_text("已使用")
    desk.goto(f"{COUPONS}?q={codes[1]}")
    listed = desk.get_by_role("row").filter(has_text=name)
    expect(listed).to_contain_text("1 / 3")
    expect(listed).to_contain_text("¥9.99")


def test_a_promotion_is_checked_and_priced_before_it_is_approved(open_page: OpenPage) -> None:
    name, now = f"后台满减 {uuid4().hex[:6]}", clock.now().astimezone(CHINA)
    desk = operator_page(open_page, "operations", f"{PROMOTIONS}add/")
    fill(desk, {"name_zh": name, "effect": "1 0.5", "stack_group": f"j{uuid4().hex[:8]}",
                "starts": (now - timedelta(days=1)).strftime(MOMENT),
                "ends": (now + timedelta(days=1)).strftime(MOMENT)})  # fmt: skip
    save(desk)
    page = desk.url
    desk.get_by_role("link", name="检查与试算").click()
    expect(section(desk, "检查结果")).to_contain_text(re.compile("请确认|提示"))
    expect(section(desk, "损失试算")).to_contain_text("承担 · 平台")
    desk.get_by_role("link", name="价格预览").click()
    mine = section(desk, "活动").get_by_role("row").filter(has_text=name)
    expect(mine).to_contain_text("-¥0.50")
    expect(mine).to_contain_text("草稿")

    desk.goto(page)
    answer(desk, "上线")
    expect(desk.get_by_text("已上线").first).to_be_visible()
    desk.goto(f"{PROMOTIONS}calendar/")
    expect(desk.get_by_role("link", name=name)).to_be_visible()

    desk.goto(page)
    answer(desk, "结束", reason="试过了")
    expect(desk.get_by_text("已结束").first).to_be_visible()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Type into fields by their names."""
    for name, typed in fields.items():
        page.locator(f"[name={name}]").fill(typed)


def save(page: Page) -> None:
    """Hand the form in and wait for the page of what it made."""
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(r"/change/"))


def answer(page: Page, action: str, **answers: str) -> None:
    """Press an action of the back office, answer what it asks and confirm it."""
    page.get_by_role("link", name=action, exact=True).or_(
        page.get_by_role("button", name=action, exact=True)
    ).first.click()
    dialog = page.locator("#dialog")
    for name, typed in answers.items():
        dialog.locator(f"[name={name}]").fill(typed)
    dialog.get_by_role("button", name="确定").click()
    page.wait_for_load_state("networkidle")


def codes_of(page: Page) -> list[str]:
    """Download the codes of the coupon whose page is open."""
    address = page.get_by_role("link", name="下载全部兑换码").get_attribute("href")
    heading, *lines = page.request.get(str(address)).text().splitlines()
    assert heading == "code,given"
    found = [line.split(",")[0] for line in lines]
    assert all(CODE.match(one) for one in found)
    return found


def row_of(page: Page, text: str) -> Locator:
    """Return the row of the coupons given last that a word is in."""
    return section(page, "最近发出的券").get_by_role("row").filter(has_text=text)


def section(page: Page, title: str) -> Locator:
    """Return a part of the open page by its heading."""
    return page.locator(f"section[aria-label='{title}']")


def says(page: Page, text: str) -> bool:
    """Tell whether the open page would say something if it were loaded now."""
    return text in page.request.get(page.url).text()
