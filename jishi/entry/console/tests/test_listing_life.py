"""A product's way through all three faces: written by a merchant, decided on here, seen by buyers."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jishi.entry.console.base import all_rows
from jishi.entry.console.tests.conftest import Hire, action_address, list_address
from jishi.entry.http.tests.calling import App, app_of, visitors_app
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import hot
from jishi.kernel.models import AuditEntry
from jishi.offering.catalog.models import ProductVersion
from jishi.offering.catalog.models_review import RejectionTemplate, SensitiveWord
from jishi.offering.catalog.tests.factories import make_attribute, make_category
from jishi.offering.media.tests.test_pixels import drawn, file_of

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with his app."""

    app: App

    def picture(self, width: int) -> str:
        """Upload a picture; return its id."""
        file = SimpleUploadedFile("壶.png", file_of(drawn(width, 500), "PNG"), content_type="image/png")
        answer = Client().post("/api/v1/merchant/media", {"file": file}, headers=self.app.headers)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def ok(self, method: str, path: str, body: object = None) -> Any:
        """Call an operation of the merchant centre that must succeed."""
        answer = self.app.call(method, f"/merchant{path}", body)
        assert answer.status in {200, 201}, answer.body
        return answer.body


@pytest.fixture
def shop(tmp_path: Path, settings: Any) -> Shop:
    settings.MEDIA_ROOT = tmp_path
    owner = make_buyer()
    return Shop(app_of(owner, make_merchant(owner=owner)))


def seen(product_id: str) -> Any:
    """Return what a buyer sees of a product, as another process would."""
    hot.forget()
    return visitors_app().call("GET", f"/store/products/{product_id}")


def waiting(product_id: str) -> ProductVersion:
    found: ProductVersion = all_rows(ProductVersion).get(product_id=product_id, status="in_review")
    return found


def axis(code: str, zh: str, en: str, *values: tuple[str, str, str]) -> dict[str, object]:
    return {
        "code": code,
        "name": {"zh": zh, "en": en},
        "values": [{"code": one, "name": {"zh": name, "en": name_en}} for one, name, name_en in values],
    }


def kettle(shop: Shop) -> dict[str, Any]:
    """Return a wish with three pictures, two sale attributes and four SKUs."""
    category = make_category("水壶")
    make_attribute(category, "material", choices=[("steel", "不锈钢", "Steel")])
    colours, sizes = ("black", "silver"), ("s", "l")
    return {
        "title": {"zh": "手冲壶", "en": "Kettle"},
        "subtitle": {"zh": "细嘴", "en": "Slender spout"},
        "description": {"zh": "<p>稳</p>", "en": "<p>Steady</p>"},
        "category_id": str(category),
        "brand_id": None,
        "media_ids": [shop.picture(width) for width in (600, 620, 640)],
        "axes": [
            axis("colour", "颜色", "Colour", ("black", "黑", "Black"), ("silver", "银", "Silver")),
            axis("size", "容量", "Size", ("s", "600 毫升", "600 ml"), ("l", "1 升", "1 l")),
        ],
        "skus": [
            {
                "code": f"K-{colour}-{size}",
                "choice": {"colour": colour, "size": size},
                "price_minor": 15_900 + 1_000 * number,
                "weight_grams": 650,
            }
            for number, (colour, size) in enumerate((one, two) for one in colours for two in sizes)
        ],
        "attributes": {"material": "steel"},
    }


def test_a_product_from_the_first_draft_to_its_second_version(shop: Shop, hire: Hire) -> None:
    reviewer, wish = hire("operations"), kettle(shop)
    made = shop.ok("POST", "/products", {"wish": wish, "version": None})
    product_id = made["id"]
    assert seen(product_id).status == 404
    shop.ok("POST", f"/products/{product_id}/submit")
    assert seen(product_id).status == 404

    page = reviewer.page(waiting(product_id)).content.decode()
    assert "手冲壶" in page and "K-silver-l" in page and "黑 / 银" in page
    assert page.count('width="96"') == 3
    assert reviewer.act(waiting(product_id), "approve")[-1] == "已通过,新版本已上架"
    live = seen(product_id)
    assert (live.status, live.body["title"], len(live.body["skus"])) == (200, "手冲壶", 4)
    assert [len(one["values"]) for one in live.body["axes"]] == [2, 2]
    assert len(live.body["images"]) == 3
    assert live.body["price_from"]["amount_minor"] == 15_900

    changed = copy.deepcopy(wish)
    changed["title"] = {"zh": "细嘴手冲壶", "en": "Slender kettle"}
    changed["skus"][0]["price_minor"] = 12_900
    changed["media_ids"] = [*wish["media_ids"][1:], shop.picture(660)]
    version = shop.ok("GET", f"/products/{product_id}")["version"]
    shop.ok("PUT", f"/products/{product_id}", {"wish": changed, "version": version})
    shop.ok("POST", f"/products/{product_id}/submit")
    still = seen(product_id).body
    assert (still["title"], still["price_from"]["amount_minor"]) == ("手冲壶", 15_900)

    page = reviewer.page(waiting(product_id)).content.decode()
    assert "¥159.00" in page and "¥129.00" in page and "细嘴手冲壶" in page
    assert page.count("jishi-new") == 1 and page.count("jishi-gone") == 1
    reviewer.act(waiting(product_id), "approve")
    after = seen(product_id).body
    assert (after["title"], after["price_from"]["amount_minor"]) == ("细嘴手冲壶", 12_900)
    assert {one["id"] for one in after["skus"]} == {one["id"] for one in live.body["skus"]}


def test_a_rejected_version_leaves_the_live_one_and_tells_its_merchant_why(shop: Shop, hire: Hire) -> None:
    reviewer, wish = hire("risk"), kettle(shop)
    product_id = shop.ok("POST", "/products", {"wish": wish, "version": None})["id"]
    shop.ok("POST", f"/products/{product_id}/submit")
    reviewer.act(waiting(product_id), "approve")

    wish["title"] = {"zh": "天下第一壶", "en": "The best kettle"}
    version = shop.ok("GET", f"/products/{product_id}")["version"]
    shop.ok("PUT", f"/products/{product_id}", {"wish": wish, "version": version})
    shop.ok("POST", f"/products/{product_id}/submit")
    reviewer.act(waiting(product_id), "reject", reason="不得使用绝对化用语")

    assert seen(product_id).body["title"] == "手冲壶"
    assert "不得使用绝对化用语" in str(shop.ok("GET", f"/products/{product_id}"))


def test_what_was_found_stands_on_the_page_and_narrows_the_queue(shop: Shop, hire: Hire) -> None:
    reviewer = hire("risk", language="en")
    SensitiveWord.objects.create(text="天下第一", severity="look")
    wish = kettle(shop)
    plain = shop.ok("POST", "/products", {"wish": wish, "version": None})["id"]
    wish["title"] = {"zh": "天 下 第 一 壶", "en": "Kettle"}
    wish["skus"] = [one | {"code": f"{one['code']}-2"} for one in wish["skus"]]
    marked = shop.ok("POST", "/products", {"wish": wish, "version": None})["id"]
    for product_id in (plain, marked):
        shop.ok("POST", f"/products/{product_id}/submit")

    page = reviewer.page(waiting(marked)).content.decode()
    assert "Contains the word “天下第一”" in page and "New product" in page
    assert "The checks found nothing" in reviewer.page(waiting(plain)).content.decode()
    for query, shown in (
        ({"check": "words"}, {marked}),
        ({"severity": "look"}, {marked}),
        ({"severity": "none"}, {plain}),
        ({"check": "pictures"}, set()),
        ({}, {plain, marked}),
    ):
        listed = reviewer.open(ProductVersion, **query).content.decode()
        assert {one for one in (plain, marked) if str(waiting(one).pk) in listed} == shown, query


def test_a_common_reason_is_chosen_or_changed(shop: Shop, hire: Hire) -> None:
    reviewer, wish = hire("operations"), kettle(shop)
    RejectionTemplate.objects.create(text_zh="图片模糊", text_en="Blurred pictures", sort=-1)
    product_id = shop.ok("POST", "/products", {"wish": wish, "version": None})["id"]
    shop.ok("POST", f"/products/{product_id}/submit")
    dialog = reviewer.ask(waiting(product_id), "reject").content.decode()
    assert "图片模糊" in dialog and 'data-fills="reason"' in dialog
    empty = reviewer.client.post(action_address(waiting(product_id), "reject"), {"_form_submitted": "on"})
    assert "请填写这一项,或选择常用原因" in empty.content.decode()
    reviewer.act(waiting(product_id), "reject", template="图片模糊\nBlurred pictures", reason="")
    assert shop.ok("GET", f"/products/{product_id}")["reason"] == "图片模糊\nBlurred pictures"
    (first,) = shop.ok("GET", f"/products/{product_id}/versions")["items"]
    assert (first["status"], first["reason"]) == ("rejected", "图片模糊\nBlurred pictures")


def test_operators_keep_the_words(hire: Hire) -> None:
    reviewer = hire("operations")
    add = f"{list_address(SensitiveWord)}add/"
    assert "请填写文字或数字" in reviewer.client.post(add, {"text": "…", "severity": "look"}).content.decode()
    assert (
        reviewer.client.post(add, {"text": "仿真枪", "severity": "block", "is_active": "on"}).status_code
        == 302
    )
    word = SensitiveWord.objects.get(text="仿真枪")
    assert word.severity == "block"
    assert AuditEntry.objects.filter(subject_id=word.pk, action="console.sensitiveword.added").exists()
    assert hire("finance").client.get(add).status_code == 403


def test_what_the_rules_approved_is_told_apart(shop: Shop, hire: Hire) -> None:
    reviewer, wish = hire("operations"), kettle(shop)
    product_id = shop.ok("POST", "/products", {"wish": wish, "version": None})["id"]
    shop.ok("POST", f"/products/{product_id}/submit")
    reviewer.act(waiting(product_id), "approve")
    wish["skus"][0]["price_minor"] = 15_000
    version = shop.ok("GET", f"/products/{product_id}")["version"]
    shop.ok("PUT", f"/products/{product_id}", {"wish": wish, "version": version})
    assert shop.ok("POST", f"/products/{product_id}/submit")["proposal"] is None
    row = all_rows(ProductVersion).get(product_id=product_id, status="live")
    assert "系统自动通过" in reviewer.page(row).content.decode()
    assert "系统自动通过" in reviewer.page(row.product).content.decode()
