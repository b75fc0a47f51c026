"""From an empty editor to the shelf, and from a change of what is on sale to what buyers read."""

import re
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from jishi.entry.demo.accounts import PASSWORD
from jishi.offering.media.tests.film_files import film_of
from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.journeys.test_reviews import photograph

MERCHANT, OPERATOR = "soundwide@demo.jishi.example", "operations@demo.jishi.example"
AXES = (("颜色", "曜石黑, 云白"), ("容量", "小, 大"), ("版本", "有线, 无线"))
VARIANTS = 8


def test_a_product_with_three_axes_and_a_film_is_listed_and_its_change_reviewed(
    open_page: OpenPage, tmp_path: Path
) -> None:
    first, second = f"听风音箱 {uuid4().hex[:6]}", f"听风音箱二代 {uuid4().hex[:6]}"
    seller, operator, buyer = open_page("/"), open_page("/"), open_page("/")
    people.sign_in(seller, MERCHANT, PASSWORD, next_path="/merchant/products/new")
    people.sign_in(operator, OPERATOR, PASSWORD, next_path="/admin/")

    write(seller, first, tmp_path)
    hand_in(seller)
    approve(operator, first)
    look_at(buyer, first)
    expect(buyer.locator("h1")).to_have_text(first)
    expect(buyer.get_by_role("radio")).to_have_count(2 * len(AXES))
    expect(buyer.locator("video").first).to_be_attached()

    open_of(seller, first)
    seller.get_by_label("中文标题").fill(second)
    hand_in(seller)
    buyer.reload()
    expect(buyer.locator("h1")).to_have_text(first)  # the change waits, what is live stays
    approve(operator, second)
    look_at(buyer, second)
    expect(buyer.locator("h1")).to_have_text(second)


def write(page: Page, title: str, folder: Path) -> None:
    """Fill in the editor: texts, category, attributes, picture, film, axes, prices."""
    page.get_by_label("中文标题").fill(title)
    page.get_by_label("英文标题").fill(f"Wind speaker {title[-6:]}")
    choose_category(page, "手机数码", "耳机音箱")
    choose(page, "质保", "两年")
    page.get_by_label("上传图片").set_input_files(photograph())
    expect(page.locator(".pictures img")).to_have_count(1)
    film = folder / "wind.mp4"
    film.write_bytes(film_of(size=(480, 480)))
    page.get_by_label("上传视频").set_input_files(film)
    expect(page.locator("video")).to_have_count(1)
    for place, (name, values) in enumerate(AXES):
        page.get_by_role("button", name="添加属性").click()
        for label, text in (("属性名", name), ("选项(用逗号分隔)", values)):
            field = page.get_by_label(label, exact=True).nth(place)
            field.fill(text)
            field.press("Tab")
    expect(page.locator(".grid tbody tr")).to_have_count(VARIANTS)
    page.get_by_label(re.compile("批量填写 售价")).fill("199.00")
    page.get_by_role("button", name=re.compile("应用 售价")).click()
    for row in range(VARIANTS):
        code = page.locator(f"[data-cell='{row}-0']")
        code.fill(f"WIND-{title[-6:]}-{row}")
        code.press("Tab")


def choose_category(page: Page, *path: str) -> None:
    """Choose a category, going down the tree."""
    page.get_by_role("combobox", name="类目").press("Enter")
    for name in path:
        page.get_by_role("treeitem").filter(has_text=name).last.click()


def choose(page: Page, field: str, name: str) -> None:
    """Choose an attribute's value by its name."""
    page.get_by_role("combobox", name=field).press("Enter")
    page.get_by_role("option", name=name, exact=True).click()


def hand_in(page: Page) -> None:
    """Save what is in the editor and ask for its review."""
    page.get_by_role("button", name="保存并提交审核").click()
    expect(page.get_by_text("已提交审核").first).to_be_visible()
    page.wait_for_url(re.compile("/merchant/products$"))


def open_of(page: Page, title: str) -> None:
    """Open one of the merchant's products in the editor."""
    page.goto("/merchant/products")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_label("中文标题")).to_have_value(title)


def approve(page: Page, title: str) -> None:
    """Approve a version in the back office."""
    page.goto("/admin/offering/productversion/?status=in_review")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("link", name="通过", exact=True).or_(
        page.get_by_role("button", name="通过", exact=True)
    ).first.click()
    page.get_by_role("button", name="确定", exact=True).click()
    expect(page.get_by_text("已通过").first).to_be_visible()


def look_at(page: Page, title: str) -> None:
    """Find a product by its name and open its page."""
    page.goto(f"/s?q={title}")
    page.locator("article h3 a").filter(has_text=title).first.click()
    page.wait_for_url(re.compile(r"/p/"))
