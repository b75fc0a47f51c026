"""Stock over HTTP, for merchants."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.db import atomic
from jishi.kernel.ids import MerchantId, SkuId, UserId, WarehouseId, new_id
from jishi.kernel.tests.paging import whole
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import queries, queries_merchant, services
from jishi.offering.inventory.tests.factories import NOW, line, make_stock, make_warehouse

pytestmark = pytest.mark.django_db

BASE = "/api/v1/merchant"


def call(user: UserId, method: str, path: str, body: object = None) -> Any:
    answer = Client().generic(
        method,
        BASE + path,
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


@pytest.fixture
def sku(shop: MerchantId) -> SkuId:
    return make_product(merchant_id=shop, title=Text("茶壶", "Teapot")).sku_id


def receipt(warehouse: WarehouseId, sku: SkuId, quantity: int) -> dict[str, Any]:
    lines = [{"sku_id": str(sku), "quantity": quantity}]
    return {"warehouse_id": str(warehouse), "lines": lines, "reference": "DN-1"}


def test_opens_a_warehouse_receives_and_lists(boss: UserId, shop: MerchantId, sku: SkuId) -> None:
    status, made = call(boss, "POST", "/warehouses", {"name": "余杭仓", "area_code": "330110"})
    assert (status, made["name"]) == (201, "余杭仓")
    status, problem = call(boss, "POST", "/warehouses", {"name": "余杭仓", "area_code": "330110"})
    assert (status, problem["code"]) == (409, "warehouse_name_taken")
    assert [one["id"] for one in call(boss, "GET", "/warehouses")[1]["items"]] == [made["id"]]

    assert call(boss, "POST", "/stock/receipts", receipt(made["id"], sku, 30))[0] == 204
    (row,) = call(boss, "GET", "/stock")[1]["items"]
    assert (row["title"], row["warehouse_name"], row["on_hand"], row["available"]) == (
        "茶壶",
        "余杭仓",
        30,
        30,
    )
    (moved,) = call(boss, "GET", f"/stock/movements?sku_id={sku}")[1]["items"]
    assert (moved["kind"], moved["quantity"], moved["reference"], moved["title"]) == (
        "received",
        30,
        "DN-1",
        "茶壶",
    )
    assert queries.violations() == []


def test_counts_what_is_on_the_shelf(boss: UserId, sku: SkuId) -> None:
    warehouse, owner = make_stock(sku, 10), new_id()
    with atomic():
        services.reserve([line(owner, sku, warehouse, 4)], now=NOW)

    def count(on_hand: int, expected: int | None = None) -> Any:
        lines = [{"sku_id": str(sku), "on_hand": on_hand, "expected": expected}]
        return call(boss, "POST", "/stock/counts", {"warehouse_id": str(warehouse), "lines": lines})

    status, problem = count(9, expected=11)
    assert (status, problem["code"]) == (409, "stock_changed")
    status, problem = count(3)
    assert (status, problem["code"], problem["data"]["lines"][0]["reserved"]) == (
        409,
        "fewer_than_reserved",
        4,
    )
    assert count(9, expected=10)[0] == 204
    assert count(9)[0] == 204  # nothing to correct: no movement
    assert queries.availability([sku]) == {sku: 5}
    kinds = [one["kind"] for one in call(boss, "GET", "/stock/movements")[1]["items"]]
    assert kinds == ["counted", "received"]
    assert queries.violations() == []


def test_goods_may_be_found_where_they_never_were(boss: UserId, shop: MerchantId, sku: SkuId) -> None:
    lines = [{"sku_id": str(sku), "on_hand": 4, "expected": 0}]
    body = {"warehouse_id": str(make_warehouse(shop)), "lines": lines}
    assert call(boss, "POST", "/stock/counts", body)[0] == 204
    assert queries.availability([sku]) == {sku: 4}
    assert queries.violations() == []


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        ([{"sku_id": str(new_id()), "quantity": 0}], "lines.0.quantity"),
        ([{"sku_id": str(new_id()), "quantity": 10**30}], "lines.0.quantity"),
        ([{"sku_id": "x", "quantity": 1}], "lines.0.sku_id"),
    ],
)
def test_a_bad_receipt_names_its_field(boss: UserId, shop: MerchantId, lines: list[Any], field: str) -> None:
    body = {"warehouse_id": str(make_warehouse(shop)), "lines": lines}
    status, problem = call(boss, "POST", "/stock/receipts", body)
    assert (status, problem["field"]) == (422, field)


def test_a_sku_is_counted_once(boss: UserId, sku: SkuId) -> None:
    warehouse = make_stock(sku, 10)
    twice = [{"sku_id": str(sku), "on_hand": 1}] * 2
    status, problem = call(boss, "POST", "/stock/counts", {"warehouse_id": str(warehouse), "lines": twice})
    assert (status, problem["field"]) == (422, "lines")


def test_a_neighbours_stock_cannot_be_touched_or_seen(boss: UserId, shop: MerchantId, sku: SkuId) -> None:
    theirs = make_product()
    there, here = make_stock(theirs.sku_id, 5), make_stock(sku, 5)
    for warehouse, goods in ((there, theirs.sku_id), (here, theirs.sku_id), (there, sku)):
        assert call(boss, "POST", "/stock/receipts", receipt(warehouse, goods, 1))[0] == 404
        lines = [{"sku_id": str(goods), "on_hand": 1}]
        assert call(boss, "POST", "/stock/counts", {"warehouse_id": str(warehouse), "lines": lines})[0] == 404
    assert [row["sku_id"] for row in call(boss, "GET", "/stock")[1]["items"]] == [str(sku)]
    assert call(boss, "GET", f"/stock?warehouse_id={there}")[1]["items"] == []
    assert call(boss, "GET", f"/stock/movements?sku_id={theirs.sku_id}")[1]["items"] == []


def test_roles(shop: MerchantId, sku: SkuId) -> None:
    keeper, finance = make_staff(shop, role=StaffRole.WAREHOUSE), make_staff(shop, role=StaffRole.FINANCE)
    warehouse = make_warehouse(shop)
    assert call(keeper, "POST", "/stock/receipts", receipt(warehouse, sku, 1))[0] == 204
    assert call(keeper, "POST", "/warehouses", {"name": "新仓", "area_code": "330110"})[0] == 403
    assert call(finance, "GET", "/stock")[0] == 403


@pytest.mark.parametrize("count", [10, 20])
def test_lists_page_without_gaps_at_a_steady_cost(shop: MerchantId, count: int) -> None:
    product = make_product(merchant_id=shop, prices_minor=range(100, 100 + count // 2))
    places = [make_warehouse(shop), make_warehouse(shop)]
    for sku_id in product.sku_ids:
        for place, pieces in zip(places, (3, 50), strict=True):
            make_stock(sku_id, pieces, warehouse_id=place)

    def listed(**wish: Any) -> Any:
        plain = {"warehouse_id": None, "words": "", "available_max": None, "cursor": None, "limit": 50}
        return queries_merchant.stock_list(merchant_id=shop, language="zh", **plain | wish)

    with CaptureQueriesContext(connection) as captured:
        assert len(listed().items) == count
    assert len(captured) == 2
    seen, cursor = [], None
    while True:
        page = listed(limit=3, cursor=cursor)
        seen += [(row.sku_id, row.warehouse_id) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == count
    assert len(listed(warehouse_id=places[0]).items) == count // 2
    assert len(listed(available_max=3).items) == count // 2
    assert len(listed(words="sku-").items) == count
    assert listed(words="没有这个").items == []


@pytest.mark.parametrize(
    ("sort", "pieces"),
    [
        ("newest", [1, 3, 7, 3, 3]),
        ("oldest", [3, 3, 7, 3, 1]),
        ("available_up", [1, 3, 3, 3, 7]),
        ("available_down", [7, 3, 3, 3, 1]),
        ("on_hand_up", [1, 3, 3, 3, 7]),
        ("on_hand_down", [7, 3, 3, 3, 1]),
    ],
)
def test_stock_in_every_order_to_the_last_page(
    boss: UserId, shop: MerchantId, sort: str, pieces: list[int]
) -> None:
    sku = make_product(merchant_id=shop).sku_id
    for _ in range(2):  # one SKU as many times in two places: only the warehouse tells the rows apart
        make_stock(sku, 3, warehouse_id=make_warehouse(shop))
    for quantity in (7, 3, 1):
        make_stock(make_product(merchant_id=shop).sku_id, quantity)
    listed = whole(lambda path: call(boss, "GET", path)[1], f"/stock?sort={sort}")
    assert [one["on_hand"] for one in listed] == pieces
    assert len({(one["sku_id"], one["warehouse_id"]) for one in listed}) == len(pieces)


@pytest.mark.parametrize(("sort", "quantities"), [("newest", [5, 4, 3, 2, 1]), ("oldest", [1, 2, 3, 4, 5])])
def test_movements_in_every_order_to_the_last_page(
    boss: UserId, sku: SkuId, sort: str, quantities: list[int]
) -> None:
    for quantity in (1, 2, 3, 4, 5):
        make_stock(sku, quantity)
    listed = whole(lambda path: call(boss, "GET", path)[1], f"/stock/movements?sort={sort}&kind=received")
    assert [one["quantity"] for one in listed] == quantities
    assert call(boss, "GET", "/stock/movements?kind=counted")[1]["items"] == []


@pytest.mark.parametrize("query", ["stock?sort=best", "stock/movements?sort=best"])
def test_an_order_that_is_not_there_names_its_field(boss: UserId, shop: MerchantId, query: str) -> None:
    status, problem = call(boss, "GET", f"/{query}")
    assert (status, problem["field"]) == (422, "sort")


def test_a_cursor_of_another_order_is_refused_or_starts_elsewhere(boss: UserId, shop: MerchantId) -> None:
    for _ in range(3):
        make_stock(make_product(merchant_id=shop).sku_id, 3)
    cursor = call(boss, "GET", "/stock?limit=1")[1]["next_cursor"]
    status, problem = call(boss, "GET", f"/stock?sort=available_up&cursor={cursor}")
    assert (status, problem["field"]) == (422, "cursor")
