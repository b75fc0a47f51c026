"""Every kind of promotion from the merchant's wizard over product page and cart to the paid order, to the cent."""

import re
from datetime import timedelta
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from jishi.kernel import clock
from jishi.offering.promotions.queries_desk import CHINA
from simulators.remote_control import Control
from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.journeys.promotion_rows import CAT_TREAT, FREE_FREIGHT, OWNER, PRICE_OF, ROWS, STORE, Row
from tests.journeys.test_listing import OPERATOR, approve
from tests.journeys.test_purchase import Case, captures, expect_sound, pay
from tests.market import Market

RUN = uuid4().hex[:4]
WELCOME = 1_000  # 新人满 59 减 10, which everybody is given who signs up

FREIGHT = 800


def test_a_promotion_of_each_kind_is_what_the_buyer_pays(
    open_page: OpenPage, market: Market, outside: Control
) -> None:
    desk, buyer = open_page("/"), open_page("/")
    people.sign_in(desk, f"{OWNER}@{DOMAIN}", PASSWORD, next_path="/merchant/promotions")
    for row in ROWS:
        write(desk, row)

    people.sign_up_by_email(buyer)
    for row in ROWS:
        for title, pieces in zip(row.goods, row.pieces, strict=True):
            collect(buyer, title, pieces, row.page)
    amount, off = sum(row.amount for row in ROWS), sum(row.off for row in ROWS)
    assert (amount, off) == (127_480, 15_195)
    expect_cart(buyer, amount - off)  # coupons are chosen at the checkout

    people.check_out(buyer)
    pay(buyer, open_page, Case("alipay", "desktop", "normal"))
    expect(buyer.get_by_text("支付成功").first).to_be_visible()
    order = buyer.request.get(f"/api/v1/store/orders/{people.order_ids(buyer)[0]}").json()
    said = {one["name"]: one["amount"]["amount_minor"] for one in order["discounts"]}
    assert said == {name_of(row): row.off for row in ROWS if row.off} | {"新人满 59 减 10": WELCOME}
    assert order["goods_amount"]["amount_minor"] == amount
    assert order["freight_amount"]["amount_minor"] == 0  # the store sends for nothing from 99.00 on
    assert order["total"]["amount_minor"] == amount - off - WELCOME == 111_285
    assert len(captures(outside, 111_285)) == 1
    expect_sound(market)


def test_wholesale_and_free_shipping_are_what_the_buyer_pays(
    open_page: OpenPage, market: Market, outside: Control
) -> None:
    desk, operator, buyer = open_page("/"), open_page("/"), open_page("/")
    people.sign_in(desk, f"{OWNER}@{DOMAIN}", PASSWORD, next_path="/merchant/products")
    write_tier(desk, CAT_TREAT, pieces=3, price="25.00")
    people.sign_in(operator, OPERATOR, PASSWORD, next_path="/admin/")
    approve(operator, CAT_TREAT)
    people.sign_up_by_email(buyer)
    collect(buyer, CAT_TREAT, 3)
    expect(buyer.get_by_role("row").filter(has_text="3 件").get_by_text("¥25.00")).to_be_visible()
    buyer.goto("/cart")
    expect(buyer.get_by_text("已享批发价（单件 ¥29.00）")).to_be_visible()
    expect_total(buyer, 7_500)
    buyer.get_by_role("link", name=re.compile("去结算")).click()
    people.write_address(buyer)
    expect_total(buyer, 7_500 - WELCOME + FREIGHT)

    write(desk, FREE_FREIGHT)
    buyer.reload()
    expect_total(buyer, 7_500 - WELCOME)
    buyer.get_by_role("button", name="提交订单").click()
    buyer.wait_for_url(re.compile(r"/pay/"))
    pay(buyer, open_page, Case("wechat", "desktop", "normal"))
    expect(buyer.get_by_text("支付成功").first).to_be_visible()
    order = buyer.request.get(f"/api/v1/store/orders/{people.order_ids(buyer)[0]}").json()
    (line,) = order["lines"]
    assert (line["unit_price"]["amount_minor"], line["quantity"]) == (2_500, 3)
    assert order["freight_amount"]["amount_minor"] == 0
    assert len(captures(outside, order["total"]["amount_minor"])) >= 1
    expect_sound(market)


# -- what happens in it -------------------------------------------------------------------------------------


def write_tier(page: Page, title: str, *, pieces: int, price: str) -> None:
    """Give a product on sale a wholesale price in its editor."""
    page.goto("/merchant/products")
    page.get_by_label("搜索商品名称").fill(title)
    page.get_by_label("搜索商品名称").press("Enter")
    page.get_by_role("link", name=re.compile(title)).first.click()
    page.get_by_role("button", name="添加一档").click()
    for label, text in (("起批件数", str(pieces)), ("每件价格", price)):
        field = page.get_by_label(label).first
        field.fill(text)
        field.press("Tab")
    page.get_by_role("button", name="保存并提交审核").click()
    page.wait_for_url(re.compile("/merchant/products$"))


def kind_of(row: Row) -> str:
    """Return how the wizard's button begins."""
    return row.kind.partition(" / ")[0]


def name_of(row: Row) -> str:
    return f"{kind_of(row)} {row.code}{RUN}"


def write(page: Page, row: Row) -> None:
    """Walk through the wizard to a promotion that counts now, on its goods alone and beside no other."""
    page.goto("/merchant/promotions/new")
    page.get_by_role("button", name=re.compile(f"^{kind_of(row)}")).click()
    page.get_by_label("活动名称(中文)").fill(name_of(row))
    if row.names_its_goods:
        choose_goods(page, row)
    for label, text in row.typed.items():
        found = page.get_by_label(re.compile(f"^专享价.*{row.goods[0]}")) if label == PRICE_OF else None
        field = found or page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")
    go_to(page, "适用商品")
    if not row.names_its_goods:
        choose_goods(page, row)
    go_to(page, "时间与人群")
    write_time(page, row)
    go_to(page, "限制与叠加")
    if not row.names_its_goods or row.kind == "套餐价":
        page.get_by_text("不与其他活动叠加", exact=True).click()
    go_to(page, "确认")
    expect(page.get_by_text(row.sentence, exact=True)).to_be_visible()
    if row.channel:
        expect(page.get_by_text(f"仅限{row.channel}", exact=True)).to_be_visible()
    page.get_by_role("button", name="保存并启用").click()
    expect(page.get_by_role("heading", name=name_of(row))).to_be_visible()
    expect(page.get_by_text("进行中", exact=True).first).to_be_visible()


def go_to(page: Page, step: str) -> None:
    page.get_by_role("button", name=re.compile(rf"^\d {step}$")).click()
    expect(page.get_by_role("heading", name=step, exact=True)).to_be_visible()


def choose_goods(page: Page, row: Row) -> None:
    """Find the goods by name in the dialog, one after the other, and take them."""
    for title in row.goods:
        page.get_by_role("button", name="选择商品").first.click()
        dialog = page.get_by_role("dialog", name="选择商品")
        dialog.get_by_label("搜索商品名称").fill(title)
        dialog.get_by_role("button", name="查找").click()
        found = dialog.get_by_role("listitem").filter(has_text=title)
        expect(dialog.get_by_role("listitem")).to_have_count(1)
        found.locator("label").click()
        dialog.get_by_role("button", name="确定", exact=True).click()
        expect(dialog).to_be_hidden()


def write_time(page: Page, row: Row) -> None:
    now = clock.now().astimezone(CHINA)
    for label, days in (("开始时间", -1), ("结束时间", 1)):
        field = page.get_by_role("combobox", name=label)
        field.fill(f"{now + timedelta(days=days):%Y-%m-%d %H:%M}")
        field.press("Enter")
    if row.is_new_only:
        page.get_by_text("仅限新客", exact=True).click()
    if row.channel:
        page.get_by_text(row.channel, exact=True).click()


def collect(page: Page, title: str, pieces: int, said: str = "", *, store: str = STORE) -> str:
    """Find a product of the store, read what so many pieces come to, put them in the cart; return its page."""
    page.goto(f"/s?q={title}")
    card = (
        page.locator("article").filter(has=page.get_by_text(store, exact=True)).filter(has_text=title).first
    )
    card.locator("h3 a").click()
    page.wait_for_url(re.compile(r"/p/"))
    quantity = page.get_by_role("spinbutton", name="数量").first
    quantity.fill(str(pieces))
    quantity.press("Enter")
    if said:
        expect(page.get_by_text(said, exact=True)).to_be_visible()
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_text("已加入购物车").first).to_be_visible()
    return page.url


def expect_cart(page: Page, total: int) -> None:
    """Read each promotion's discount and the total from the cart."""
    page.goto("/cart")
    store = page.get_by_role("region", name=STORE)
    for row in ROWS:
        if row.off:
            line = store.locator("p").filter(has_text=name_of(row))
            expect(line).to_contain_text(f"-{yuan(row.off)}")
    expect_total(page, total)


def expect_total(page: Page, cents: int) -> None:
    """Read the total beside the cart or the checkout."""
    expect(page.get_by_role("complementary").get_by_role("status")).to_contain_text(yuan(cents))


def yuan(cents: int) -> str:
    return f"¥{cents // 100:,}.{cents % 100:02}"
