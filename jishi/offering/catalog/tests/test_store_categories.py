"""Store categories: a merchant's own tree of two levels."""

import json
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import hot
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId, StoreCategoryId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_index, services
from jishi.offering.catalog import queries_store_categories as queries
from jishi.offering.catalog import services_store_categories as store_categories
from jishi.offering.catalog.models_store_categories import StoreCategory
from jishi.offering.catalog.services_store_categories import (
    InTooManyStoreCategories,
    StoreCategoryNameTaken,
    StoreCategoryTooDeep,
    TooManyStoreCategories,
)
from jishi.offering.catalog.tests.factories import NOW, make_category, make_product
from jishi.offering.catalog.types_store_categories import (
    CATEGORIES_MAX,
    OF_PRODUCT_MAX,
    StoreCategoryRow,
    StoreCategoryWish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    hot.forget()


@pytest.fixture
def merchant() -> MerchantId:
    """A merchant without store categories."""
    return make_merchant()


def make(merchant: MerchantId, name: str, *, into: StoreCategoryId | None = None) -> StoreCategoryId:
    wish = StoreCategoryWish(name=Text(name, ""), parent_id=into)
    return store_categories.make(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)


def change(
    merchant: MerchantId, one: StoreCategoryId, name: str, *, into: StoreCategoryId | None = None
) -> None:
    wish = StoreCategoryWish(name=Text(name, ""), parent_id=into)
    store_categories.change(merchant_id=merchant, store_category_id=one, wish=wish, staff_id=None, now=NOW)


def put_in(merchant: MerchantId, one: StoreCategoryId, *products: ProductId) -> None:
    store_categories.put_in(
        merchant_id=merchant, store_category_id=one, product_ids=products, staff_id=None, now=NOW
    )


def tree(merchant: MerchantId) -> list[tuple[str, list[str]]]:
    """What buyers see."""
    return [
        (one.name, [child.name for child in one.children]) for one in queries.shown(merchant, language="zh")
    ]


def own(merchant: MerchantId) -> dict[str, StoreCategoryRow]:
    return {one.name.zh: one for one in queries.own(merchant)}


def touched() -> set[ProductId]:
    return {ProductId(one) for (one,) in rows("SELECT product_id FROM catalog_change")}


def test_buyers_see_what_has_something_on_sale(merchant: MerchantId) -> None:
    tea, gifts = make(merchant, "茶"), make(merchant, "礼盒")
    green, black = make(merchant, "绿茶", into=tea), make(merchant, "红茶", into=tea)
    live, draft = make_product(merchant_id=merchant), make_product(merchant_id=merchant, is_live=False)
    assert tree(merchant) == []
    put_in(merchant, green, live.id)
    put_in(merchant, black, draft.id)
    put_in(merchant, gifts, draft.id)
    assert tree(merchant) == [("茶", ["绿茶"])]
    assert (own(merchant)["绿茶"].live_count, own(merchant)["红茶"].live_count) == (1, 0)
    assert own(merchant)["红茶"].product_count == 1
    services.take_off_shelf(merchant_id=merchant, product_id=live.id, staff_id=None, now=NOW)
    assert tree(merchant) == []


def test_a_store_that_is_not_there_has_no_tree() -> None:
    with pytest.raises(NotFound):
        queries.shown(MerchantId(new_id()), language="zh")


def test_the_tree_is_two_levels_deep_and_has_no_circle(merchant: MerchantId) -> None:
    tea, gifts = make(merchant, "茶"), make(merchant, "礼盒")
    green = make(merchant, "绿茶", into=tea)
    with pytest.raises(StoreCategoryTooDeep):
        make(merchant, "龙井", into=green)
    with pytest.raises(StoreCategoryTooDeep):
        change(merchant, tea, "茶", into=tea)
    with pytest.raises(StoreCategoryTooDeep):  # it has children
        change(merchant, tea, "茶", into=gifts)
    change(merchant, gifts, "茶礼", into=tea)
    assert own(merchant)["茶礼"].parent_id == tea
    change(merchant, gifts, "茶礼")
    assert own(merchant)["茶礼"].parent_id is None


def test_a_name_stands_once_among_siblings(merchant: MerchantId) -> None:
    tea, gifts = make(merchant, "茶"), make(merchant, "礼盒")
    make(merchant, "新品", into=tea)
    make(merchant, "新品", into=gifts)
    with pytest.raises(StoreCategoryNameTaken):
        make(merchant, "新品", into=tea)
    with pytest.raises(StoreCategoryNameTaken):
        change(merchant, gifts, " 茶 ")
    change(merchant, tea, "茶")  # its own name is free to it


@pytest.mark.parametrize("name", ["", "  ", "长" * 31, "半\x00个"])
def test_a_name_that_cannot_be_is_refused(merchant: MerchantId, name: str) -> None:
    with pytest.raises(Invalid):
        make(merchant, name)


def test_siblings_are_put_into_an_order(merchant: MerchantId) -> None:
    first, second, third = (make(merchant, name) for name in "甲乙丙")
    child = make(merchant, "丁", into=first)

    def arrange(*order: StoreCategoryId) -> None:
        store_categories.arrange(merchant_id=merchant, store_category_ids=order, staff_id=None, now=NOW)

    arrange(third, first, second)
    assert [one.name.zh for one in queries.own(merchant) if one.parent_id is None] == ["丙", "甲", "乙"]
    for wrong in ((first, second), (first, second, third, child), (first, first, second)):
        with pytest.raises(Conflict):
            arrange(*wrong)
    assert [text.zh for text in queries.names(merchant).values()] == ["丙", "甲", "丁", "乙"]


def test_there_are_only_so_many(merchant: MerchantId) -> None:
    StoreCategory.objects.across_merchants().bulk_create(
        StoreCategory(merchant_id=merchant, name_zh=f"分类{number}") for number in range(CATEGORIES_MAX)
    )
    with pytest.raises(TooManyStoreCategories):
        make(merchant, "再一个")


def test_a_product_stands_in_only_so_many_and_all_or_none_move(merchant: MerchantId) -> None:
    full, other = make_product(merchant_id=merchant), make_product(merchant_id=merchant)
    for number in range(OF_PRODUCT_MAX):
        put_in(merchant, make(merchant, f"分类{number}"), full.id)
    last = make(merchant, "最后")
    with pytest.raises(InTooManyStoreCategories) as refused:
        put_in(merchant, last, other.id, full.id)
    assert refused.value.data["product_id"] == str(full.id)
    assert own(merchant)["最后"].product_count == 0
    put_in(merchant, last, other.id, other.id)
    put_in(merchant, last, other.id)  # again changes nothing
    assert own(merchant)["最后"].product_count == 1


def test_the_index_learns_where_a_product_stands(merchant: MerchantId) -> None:
    product = make_product(merchant_id=merchant)
    tea, gifts = make(merchant, "茶"), make(merchant, "礼盒")
    green = make(merchant, "绿茶", into=tea)

    def indexed() -> set[StoreCategoryId]:
        (found,) = queries_index.index_documents([product.id])
        return set(found.store_category_ids)

    def is_told() -> bool:
        told = product.id in touched()
        with atomic():
            rows("DELETE FROM catalog_change RETURNING 1")
        return told

    is_told()
    put_in(merchant, green, product.id)
    assert indexed() == {green, tea}
    assert is_told()
    change(merchant, green, "绿茶", into=gifts)
    assert indexed() == {green, gifts}
    assert is_told()
    store_categories.remove(merchant_id=merchant, store_category_id=gifts, staff_id=None, now=NOW)
    assert indexed() == set()
    assert is_told()
    assert list(own(merchant)) == ["茶"]
    put_in(merchant, tea, product.id)
    store_categories.take_out(
        merchant_id=merchant, store_category_id=tea, product_ids=[product.id], staff_id=None, now=NOW
    )
    assert indexed() == set()
    assert is_told()


def test_one_merchant_reaches_neither_tree_nor_goods_of_another(merchant: MerchantId) -> None:
    theirs, other = make_product(), make_merchant()
    mine, foreign = make(merchant, "我的"), make(other, "别人的")
    with pytest.raises(NotFound):
        put_in(merchant, mine, theirs.id)
    with pytest.raises(NotFound):
        put_in(merchant, foreign, make_product(merchant_id=merchant).id)
    with pytest.raises(NotFound):
        make(merchant, "子类", into=foreign)
    with pytest.raises(NotFound):
        change(merchant, foreign, "改名")
    with pytest.raises(NotFound):
        store_categories.remove(merchant_id=merchant, store_category_id=foreign, staff_id=None, now=NOW)
    assert list(own(other)) == ["别人的"]


# -- over HTTP -------------------------------------------------------------------------------------


def call(method: str, path: str, who: UserId | None = None, body: object = None) -> Any:
    headers = {"X-Session-Token": session_token(who)} if who else {}
    data = json.dumps(body) if body is not None else None
    return Client().generic(
        method, f"/api/v1{path}", data or "", content_type="application/json", headers=headers
    )


def test_an_operator_keeps_the_tree_and_buyers_browse_it() -> None:
    owner = make_buyer()
    merchant = make_merchant(owner=owner)
    staff = make_staff(merchant, role=StaffRole.OPERATOR)
    category = make_category()
    first, second = (make_product(merchant_id=merchant, category_id=category) for _ in range(2))
    wish = {"name": {"zh": "新茶", "en": "New teas"}, "parent_id": None}
    made = call("POST", "/merchant/store-categories", staff, wish)
    assert made.status_code == 201
    row = made.json()
    path = f"/merchant/store-categories/{row['id']}"
    chosen = {"product_ids": [str(first.id), str(second.id)]}
    assert call("POST", f"{path}/put-in", staff, chosen).status_code == 204
    listed = call("GET", f"/merchant/products?store_category_id={row['id']}", owner).json()
    assert {one["id"] for one in listed["items"]} == {str(first.id), str(second.id)}
    shown = Client().get(f"/api/v1/store/stores/{merchant}/categories", headers={"Accept-Language": "en"})
    assert shown.json()["items"] == [{"id": row["id"], "name": "New teas", "children": []}]
    assert call("POST", f"{path}/take-out", staff, {"product_ids": [str(first.id)]}).status_code == 204
    renamed = call("PUT", path, staff, {"name": {"zh": "春茶", "en": ""}, "parent_id": None}).json()
    assert renamed["items"][0]["name"]["zh"] == "春茶"
    assert renamed["items"][0]["product_count"] == 1
    order = {"store_category_ids": [row["id"]]}
    assert call("PUT", "/merchant/store-category-order", staff, order).status_code == 200
    assert call("DELETE", path, staff).json()["items"] == []


def test_who_may_only_look_changes_nothing() -> None:
    merchant = make_merchant()
    warehouse = make_staff(merchant, role=StaffRole.WAREHOUSE)
    wish = {"name": {"zh": "新茶", "en": ""}, "parent_id": None}
    assert call("GET", "/merchant/store-categories", warehouse).status_code == 200
    assert call("POST", "/merchant/store-categories", warehouse, wish).status_code == 403
    assert call("POST", "/merchant/store-categories", None, wish).status_code == 401


@pytest.mark.parametrize("chosen", [[], [str(new_id())] * 201])
def test_only_so_many_products_move_at_a_time(chosen: list[str]) -> None:
    owner = make_buyer()
    one = make(make_merchant(owner=owner), "茶")
    answer = call("POST", f"/merchant/store-categories/{one}/put-in", owner, {"product_ids": chosen})
    assert answer.status_code == 422


def test_every_change_is_in_the_audit_log() -> None:
    owner = make_buyer()
    one = make(make_merchant(owner=owner), "茶")
    call("DELETE", f"/merchant/store-categories/{one}", owner)
    log = call("GET", "/merchant/audit?subject_kind=store_category", owner).json()["items"]
    assert [entry["action"] for entry in log] == ["store_category.removed", "store_category.made"]
