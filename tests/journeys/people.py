"""What buyers, merchants and operators do, by what they see on their screens."""

import re
import uuid

from playwright.sync_api import Page, expect

PASSWORD = "Mulberry-7-lanterns"
AREA = ("浙江省", "杭州市", "西湖区")


def sign_up_by_email(page: Page) -> str:
    """Register with an e-mail address; return it."""
    email = f"buyer-{uuid.uuid4().hex[:12]}@example.com"
    page.goto("/sign-up")
    page.get_by_label("邮箱", exact=True).fill(email)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="注册", exact=True).click()
    page.wait_for_url(lambda url: "/sign-up" not in url)
    return email


def sign_in(page: Page, login: str, password: str, *, next_path: str = "/") -> None:
    """Sign in with a password and land on `next_path`."""
    page.goto(f"/sign-in?next={next_path}")
    page.get_by_label("邮箱或手机号").fill(login)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def find_and_collect(page: Page, words: str, merchant: str) -> str:
    """Search, open the first hit of a merchant and put one piece in the cart; return its title."""
    page.goto("/")
    box = page.get_by_role("combobox", name="搜索商品")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile(r"/s\?"))
    card = page.locator("article").filter(has=page.get_by_text(merchant, exact=True)).first
    card.locator("h3 a").click()
    page.wait_for_url(re.compile(r"/p/"))
    title = page.locator("h1").inner_text()
    for group in page.get_by_role("radiogroup").all():
        choice = group.get_by_role("radio", disabled=False).first
        if not group.get_by_role("radio", checked=True).count():
            choice.click()
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_text("已加入购物车").first).to_be_visible()
    return title


def write_address(page: Page) -> None:
    """Fill in the address form of the checkout."""
    page.get_by_label("收货人").fill("林小满")
    page.get_by_label("手机号").fill("13800138000")
    for label, name in zip(("省份", "城市", "区/县"), AREA, strict=True):
        page.get_by_label(label).select_option(label=name)
    page.get_by_label("详细地址").fill("文三路 90 号 1 幢 302 室")
    page.get_by_role("button", name="保存", exact=True).click()


def check_out(page: Page) -> str:
    """Go from the cart through the checkout to the cashier; return the trade's id."""
    page.goto("/cart")
    page.get_by_role("link", name=re.compile("去结算")).click()
    page.wait_for_url(re.compile(r"/checkout"))
    write_address(page)
    submit = page.get_by_role("button", name="提交订单")
    expect(submit).to_be_enabled()
    submit.click()
    page.wait_for_url(re.compile(r"/pay/"))
    return page.url.split("/pay/")[1].split("?")[0]


def order_ids(page: Page) -> list[str]:
    """Return the ids of the buyer's orders, newest first."""
    page.goto("/orders")
    links = page.locator("a[href^='/orders/']")
    expect(links.first).to_be_visible()
    found = [str(link.get_attribute("href")).rsplit("/", 1)[1] for link in links.all()]
    return list(dict.fromkeys(found))


def expect_status(page: Page, status: str) -> None:
    """Wait until the open order page shows a status, without reloading it."""
    expect(page.get_by_test_id("order-status")).to_have_attribute("data-status", status)
