"""The catalogue over HTTP."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import hot
from jishi.kernel.ids import MerchantId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import services
from jishi.offering.catalog.models import Category
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_category, make_product
from jishi.offering.media.tests.factories import make_asset

pytestmark = pytest.mark.django_db

STORE = "/api/v1/store"
MERCHANT = "/api/v1/merchant"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    hot.forget()


def get(path: str, **headers: str) -> Any:
    return Client().get(STORE + path, headers=headers)


def test_everybody_browses_categories_products_and_stores() -> None:
    category = make_category("茶")
    product = make_product(category_id=category, title=Text("龙井", "Longjing"), prices_minor=[16_800])
    tree = get("/categories").json()
    assert [node["name"] for node in tree["items"]] == ["茶"]
    listed = get(f"/products?category_id={category}").json()
    (card,) = listed["items"]
    assert (card["id"], card["title"]) == (str(product.id), "龙井")
    assert card["price"] == {"amount_minor": 16_800, "currency": "CNY"}
    assert {"image", "merchant", "in_stock"} <= card.keys()
    assert listed["next_cursor"] is None
    assert get(f"/products/{product.id}").json()["title"] == "龙井"
    assert get(f"/products/{product.id}", **{"Accept-Language": "en"}).json()["title"] == "Longjing"
    assert get(f"/products/{product.id}?language=en").json()["title"] == "Longjing"
    assert get(f"/stores/{product.merchant_id}").json()["id"] == str(product.merchant_id)
    assert get(f"/categories/{category}").json()["breadcrumbs"][0]["name"] == "茶"


@pytest.mark.parametrize("path", ["/products/{}", "/categories/{}", "/stores/{}"])
def test_what_is_not_there_is_404(path: str) -> None:
    answer = get(path.format(new_id()))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [("cursor=zzz", "cursor"), ("limit=0", "limit"), ("limit=101", "limit"), ("sort=best", "sort"),
     ("category_id=1", "category_id")],
)  # fmt: skip
def test_a_malformed_question_names_its_field(query: str, field: str) -> None:
    answer = get(f"/products?{query}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_page_that_did_not_change_is_not_sent_again() -> None:
    product = make_product()
    first = get(f"/products/{product.id}")
    again = get(f"/products/{product.id}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(f"/products/{product.id}", **{"If-None-Match": '"other"'}).status_code == 200


def statements(path: str) -> int:
    """Return how many statements an answer costs."""
    with CaptureQueriesContext(connection) as captured:
        assert get(path).status_code == 200
    return len(captured)


def test_a_warm_product_costs_no_statement_and_a_cold_one_at_most_two() -> None:
    products = [make_product(category_id=category) for category in [make_category()] for _ in range(2)]
    first, second = (f"/products/{product.id}" for product in products)
    with time_machine.travel(NOW, tick=False) as clock:
        assert statements(first) == 2
        assert statements(second) == 1, "what it shows of the category is kept"
        assert statements(first) == 0
        clock.shift(hot.PROCESS_SECONDS)
        assert statements(first) == 2, "neither is kept for longer than the other"


def test_a_cold_list_costs_one_statement() -> None:
    category = make_product().category_id
    for path in ("/products?limit=24", "/products?limit=24&sort=sales", f"/products?category_id={category}"):
        assert statements(path) == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_product_shows_of_its_category_changes_with_it() -> None:
    """No answer is kept for longer than the part it was made from."""
    product = make_product(category_id=(category := make_category("茶")))
    other = make_product(category_id=category)

    def shown(one: MadeProduct) -> str:
        return str(get(f"/products/{one.id}").json()["breadcrumbs"][0]["name"])

    with time_machine.travel(NOW, tick=False) as clock:
        assert shown(product) == "茶"
        Category.objects.filter(id=category).update(name_zh="咖啡")
        clock.shift(hot.PROCESS_SECONDS * 0.9)
        assert shown(other) == "茶"  # made anew of what was kept
        clock.shift(hot.PROCESS_SECONDS * 0.1)
        assert [shown(product), shown(other)] == ["咖啡", "咖啡"]


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_at_once_where_it_was_made() -> None:
    product = make_product()
    listed, shown = f"/products?category_id={product.category_id}", f"/products/{product.id}"
    assert get(shown).status_code == 200
    assert len(get(listed).json()["items"]) == 1
    services.take_off_shelf(merchant_id=product.merchant_id, product_id=product.id, staff_id=None, now=NOW)
    assert get(shown).status_code == 404
    assert get(listed).json()["items"] == []


# -- merchants -------------------------------------------------------------------------------------


def call(user: UserId, method: str, path: str, body: object = None) -> Any:
    answer = Client().generic(
        method,
        MERCHANT + path,
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"X-Session-Token": session_token(user)},
    )
    return answer.status_code, (json.loads(answer.content) if answer.content else None)


@pytest.fixture
def boss() -> UserId:
    return make_buyer(nickname="老板")


@pytest.fixture
def shop(boss: UserId) -> MerchantId:
    return make_merchant(owner=boss)


def wish(shop: MerchantId) -> dict[str, Any]:
    return {
        "title": {"zh": "手冲壶", "en": "Kettle"},
        "subtitle": {"zh": "", "en": ""},
        "description": {"zh": "<p>好<script>x</script></p>", "en": ""},
        "category_id": str(make_category()),
        "brand_id": None,
        "media_ids": [str(make_asset(shop))],
        "axes": [],
        "skus": [{"code": "K-1", "choice": {}, "price_minor": 15_900}],
        "attributes": {},
    }


def test_a_merchant_writes_submits_and_sells(boss: UserId, shop: MerchantId) -> None:
    status, made = call(boss, "POST", "/products", {"wish": wish(shop)})
    assert (status, made["status"], made["wish"]["description"]["zh"]) == (201, "draft", "<p>好</p>")
    path = f"/products/{made['id']}"
    changed = made["wish"] | {"title": {"zh": "细口壶", "en": ""}}
    status, saved = call(boss, "PUT", path, {"wish": changed, "version": made["version"]})
    assert (status, saved["wish"]["title"]["zh"]) == (200, "细口壶")
    assert saved["wish"]["skus"][0]["id"] == made["wish"]["skus"][0]["id"]
    status, problem = call(boss, "PUT", path, {"wish": made["wish"], "version": made["version"]})
    assert (status, problem["code"]) == (409, "product_changed")
    assert call(boss, "POST", f"{path}/submit")[1]["status"] == "in_review"
    services.approve(product_id=made["id"], reviewer_id=None, now=NOW)
    status, listed = call(boss, "GET", "/products?status=live&words=K-1")
    assert [row["title"] for row in listed["items"]] == ["细口壶"]
    assert call(boss, "POST", f"{path}/take-off-shelf")[1]["status"] == "off_shelf"
    assert call(boss, "POST", f"{path}/put-on-shelf")[1]["status"] == "live"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": {"zh": "", "en": ""}}, "wish.title.zh"),
        ({"title": {"zh": "a\u0000b", "en": ""}}, "wish"),
        ({"skus": [{"code": "K", "choice": {}, "price_minor": 10**30}]}, "wish.skus.0.price_minor"),
        ({"skus": [{"code": "K", "choice": {}}]}, "wish.skus.0.price_minor"),
        ({"media_ids": [str(new_id())]}, "wish.media_ids"),
        ({"category_id": str(new_id())}, "wish.category_id"),
        ({"brand_id": str(new_id())}, "wish.brand_id"),
        ({"attributes": {"unknown": "x"}}, "wish.attributes.unknown"),
    ],
)
def test_a_bad_product_names_its_field(
    boss: UserId, shop: MerchantId, change: dict[str, Any], field: str
) -> None:
    status, problem = call(boss, "POST", "/products", {"wish": wish(shop) | change})
    assert (status, problem["field"]) == (422, field)


def test_the_warehouse_reads_products_and_does_not_write_them(shop: MerchantId) -> None:
    keeper = make_staff(shop, role=StaffRole.WAREHOUSE)
    assert call(keeper, "GET", "/products")[0] == 200
    assert call(keeper, "POST", "/products", {"wish": wish(shop)})[0] == 403


def test_a_merchant_looks_at_what_a_sku_cost(boss: UserId, shop: MerchantId) -> None:
    product = make_product(merchant_id=shop, prices_minor=[1_000])
    path = f"/skus/{product.sku_id}/prices"
    services.take_off_shelf(
        merchant_id=shop, product_id=product.id, staff_id=None, now=NOW + timedelta(days=1)
    )
    status, first = call(boss, "GET", f"{path}?limit=1")
    assert (status, [one["price"] for one in first["items"]]) == (200, [None])
    _, second = call(boss, "GET", f"{path}?limit=1&cursor={first['next_cursor']}")
    assert second["items"] == [
        {"offered_from": NOW.isoformat(), "price": {"amount_minor": 1_000, "currency": "CNY"}}
    ]
    assert second["next_cursor"] is None
    assert call(boss, "GET", f"/skus/{make_product().sku_id}/prices")[0] == 404


def test_beside_a_struck_price_stands_the_lowest_of_30_days() -> None:
    product = make_product(prices_minor=[1_000])  # its list price is twice that
    (sku,) = get(f"/products/{product.id}").json()["skus"]
    assert sku["lowest_price"] == sku["price"] == {"amount_minor": 1_000, "currency": "CNY"}


def test_a_merchant_chooses_categories_and_brands(boss: UserId, shop: MerchantId) -> None:
    category = make_category("壶")
    assert [node["name"] for node in call(boss, "GET", "/categories")[1]["items"]] == ["壶"]
    assert call(boss, "GET", f"/categories/{category}/attributes")[1]["items"] == []
    assert call(boss, "GET", f"/categories/{new_id()}/attributes")[0] == 404
    assert call(boss, "GET", "/brands?words=x")[1]["items"] == []
