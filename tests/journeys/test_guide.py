"""The guide's pictures: what people see of a demo market, in both languages.

`make guide` writes them into docs/guide; `make proof` only takes them.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from jishi.entry.demo.accounts import DOMAIN, PASSWORD
from tests.journeys import people
from tests.journeys.conftest import PHONE, OpenPage
from tests.journeys.test_help import enter_back_office
from tests.journeys.test_pages import dress

pytestmark = pytest.mark.proof

SCREEN: ViewportSize = {"width": 1280, "height": 800}
QUALITY = 72
BYTES_MAX = 3_000_000
FOLDER = "GUIDE_PICTURES"
DESKS = ("orders", "products", "stock")
LISTS = {"today": "/admin/", "payments": "/admin/money/payment/"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the pictures are written."""
    given = os.environ.get(FOLDER)
    return Path(given).resolve() if given else tmp_path_factory.mktemp("pictures")


def take(page: Page, folder: Path, language: str, name: str) -> None:
    """Keep what the window shows, once its pictures are there, as a small WebP file."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
    place = folder / language / "pictures" / f"{name}.webp"
    place.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").save(place, "WEBP", quality=QUALITY, method=6)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_storefront(open_page: OpenPage, folder: Path, language: str) -> None:
    prefix = "/en" if language == "en" else ""
    page = open_page(f"{prefix}/", viewport=SCREEN)
    dress(page, language, "light")
    for name, path in {"home": "/", "sign-in": "/sign-in"}.items():
        page.goto(prefix + path)
        expect(page.locator("h1, main form").first).to_be_attached()
        take(page, folder, language, name)
    phone = open_page("/", viewport=PHONE)
    people.sign_in(phone, f"lili@{DOMAIN}", PASSWORD)
    found = phone.request.get("/api/v1/store/search?q=%E8%80%B3%E6%9C%BA&in_stock=true").json()["items"][0]
    dress(phone, language, "light")
    phone.goto(f"{prefix}/p/{found['id']}")
    expect(phone.locator("h1")).to_be_visible()
    take(phone, folder, language, "product")
    for group in phone.get_by_role("radiogroup").all():
        if not group.get_by_role("radio", checked=True).count():
            group.get_by_role("radio", disabled=False).first.click()
    phone.get_by_role("button", name={"zh": "加入购物车", "en": "Add to cart"}[language]).click()
    expect(phone.get_by_text({"zh": "已加入购物车", "en": "Added to"}[language]).first).to_be_visible()
    phone.goto(f"{prefix}/checkout")
    submit = phone.get_by_role("button", name={"zh": "提交订单", "en": "Place order"}[language])
    expect(submit).to_be_enabled()
    take(phone, folder, language, "checkout")
    submit.click()
    phone.wait_for_url("**/pay/**")
    expect(phone.get_by_role("radio").first).to_be_visible()
    take(phone, folder, language, "pay")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_merchant_centre(open_page: OpenPage, folder: Path, language: str) -> None:
    page = open_page("/", viewport=SCREEN)
    people.sign_in(page, f"soundwide@{DOMAIN}", PASSWORD, next_path="/merchant/")
    dress(page, language, "light")
    for name in ("", *DESKS):
        page.goto(f"/merchant/{name}")
        expect(page.locator("h1")).to_be_visible()
        take(page, folder, language, f"merchant-{name or 'home'}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_back_office(open_page: OpenPage, folder: Path, language: str) -> None:
    page = open_page("/", viewport=SCREEN)
    dress(page, language, "light")
    page.goto("/admin/")
    enter_back_office(page, "admin")
    for name, path in LISTS.items():
        page.goto(path)
        expect(page.locator("#content-main, #changelist").first).to_be_visible()
        take(page, folder, language, f"office-{name}")


def test_all_pictures_together_are_small(folder: Path) -> None:
    pictures = list(folder.glob("*/pictures/*.webp"))
    assert pictures
    assert sum(one.stat().st_size for one in pictures) < BYTES_MAX
