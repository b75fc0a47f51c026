"""What people see of the catalogue, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import CategoryId, ProductId, new_id
from jishi.kernel.pagination import Page
from jishi.kernel.words import Text
from jishi.offering.catalog import queries, queries_merchant, services
from jishi.offering.catalog.models import Category
from jishi.offering.catalog.tests.factories import (
    NOW,
    make_attribute,
    make_brand,
    make_category,
    make_product,
    product_detail,
)
from jishi.offering.catalog.types import ListingSort, ListingStatus, ProductCard, ProductSort
from jishi.offering.inventory.tests.factories import make_stock

pytestmark = pytest.mark.django_db


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def all_pages(**wish: Any) -> list[ProductId]:
    found: list[ProductId] = []
    cursor = None
    for _ in range(50):
        page: Page[ProductCard] = queries.products(cursor=cursor, language="zh", **wish)
        found += [card.id for card in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


def test_a_product_page_has_everything() -> None:
    top = make_category("家居")
    leaf = make_category("茶具", parent_id=top)
    make_attribute(top, "material", choices=[("steel", "不锈钢", "Stainless steel")])
    make_attribute(leaf, "volume", kind="number")
    product = make_product(
        category_id=leaf,
        title=Text("茶壶", "Teapot"),
        prices_minor=[9_900, 12_900],
        attributes={"material": "不锈钢", "volume": "600"},
        brand=make_brand("青竹", "Green Bamboo"),
    )
    make_stock(product.sku_ids[1], 4)
    shown = product_detail(product.id, language="en")
    assert (shown.title, shown.brand) == ("Teapot", "Green Bamboo")
    assert [crumb.id for crumb in shown.breadcrumbs] == [top, leaf]
    assert (shown.price_from.amount_minor, shown.price_to.amount_minor) == (9_900, 12_900)
    assert [(sku.choice, sku.in_stock) for sku in shown.skus] == [
        ({"colour": "c0"}, False),
        ({"colour": "c1"}, True),
    ]
    assert [(axis.name, [value.name for value in axis.values]) for axis in shown.axes] == [
        ("Colour", ["Colour 0", "Colour 1"])
    ]
    assert [(fact.name, fact.value) for fact in shown.facts] == [
        ("Attribute material", "Stainless steel"),
        ("Attribute volume", "600"),
        ("Gross weight", "500 g"),
    ]
    (image,) = shown.images
    assert image.alt == "Teapot"
    assert image.srcset_avif.count(".avif") == image.srcset_webp.count(".webp") == 3
    assert shown.in_stock


def test_facts_are_read_by_their_kind() -> None:
    shelf = make_category("灯具")
    make_attribute(
        shelf, "fits", kind="choices", choices=[("desk", "书桌", "Desk"), ("bed", "床头", "Bedside")]
    )
    make_attribute(shelf, "released", kind="date")
    make_attribute(shelf, "light", kind="colour")
    given = {"fits": "床头, desk", "released": "2026-03-18", "light": "#FFD9A0"}
    lamp = make_product(category_id=shelf, attributes=given)
    assert {(fact.value, fact.colour) for fact in product_detail(lamp.id, language="zh").facts} == {
        ("书桌、床头", None),
        ("2026-03-18", None),
        ("#ffd9a0", "#ffd9a0"),
        ("500 g", None),
    }
    assert "Desk, Bedside" in {fact.value for fact in product_detail(lamp.id, language="en").facts}


def test_a_product_page_costs_three_statements_however_big_it_is() -> None:
    small, big = make_product(), make_product(prices_minor=range(100, 120))
    for product in (small, big):
        assert statements(lambda product=product: product_detail(product.id, language="zh")) <= 2  # type: ignore[misc]


@pytest.mark.parametrize("sort", list(ProductSort))
def test_pages_show_every_product_once_in_order(sort: ProductSort) -> None:
    category, merchant = make_category(), make_merchant()
    made = [
        make_product(
            merchant_id=merchant,
            category_id=category,
            prices_minor=[1_000 + place % 3],
            now=NOW + timedelta(minutes=place % 4),
        )
        for place in range(11)
    ]
    with atomic():
        services.count_sold([(product.id, place % 2) for place, product in enumerate(made)], now=NOW)
    seen = all_pages(category_id=category, sort=sort, limit=4)
    assert sorted(seen) == sorted(product.id for product in made)
    whole = [
        card.id for card in queries.products(category_id=category, sort=sort, limit=50, language="zh").items
    ]
    assert (
        seen == whole == all_pages(sort=sort, limit=3) == all_pages(merchant_id=merchant, sort=sort, limit=5)
    )
    cards = queries.products(sort=sort, limit=50, language="zh").items
    prices, sold = [card.price.amount_minor for card in cards], [card.sold_count for card in cards]
    if sort in (ProductSort.PRICE_UP, ProductSort.PRICE_DOWN):
        assert prices == sorted(prices, reverse=sort is ProductSort.PRICE_DOWN)
    if sort is ProductSort.SALES:
        assert sold == sorted(sold, reverse=True)


def test_a_category_shows_what_is_below_it_and_nothing_else() -> None:
    top = make_category()
    leaves = [make_category(parent_id=top) for _ in range(3)]
    deep = make_category(parent_id=leaves[0])
    inside = [make_product(category_id=leaf) for leaf in (*leaves[1:], deep)]
    make_product()
    assert sorted(all_pages(category_id=top, limit=2)) == sorted(one.id for one in inside)
    assert all_pages(category_id=CategoryId(new_id())) == []
    Category.objects.filter(id=leaves[1]).update(is_active=False)
    assert len(all_pages(category_id=top)) == 2


@pytest.mark.parametrize("count", [10, 20])
def test_lists_cost_the_same_for_ten_and_twenty(count: int) -> None:
    category = make_category()
    products = [make_product(category_id=category) for _ in range(count)]
    ids = [product.id for product in products]
    assert statements(lambda: queries.products(category_id=category, language="zh")) == 1
    assert statements(lambda: queries.product_cards(ids, language="zh")) == 1
    skus = [product.sku_id for product in products]
    assert statements(lambda: queries.skus_for_sale(skus)) == 1
    assert statements(lambda: queries.sku_names(skus, language="zh")) == 1


def test_cards_keep_the_order_asked_for_and_leave_out_what_is_not_on_sale() -> None:
    made = [make_product(), make_product(is_live=False), make_product()]
    ids = [product.id for product in made]
    assert [card.id for card in queries.product_cards(ids[::-1], language="zh")] == [ids[2], ids[0]]


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJhIiwiYiJd", "A" * 600])
def test_a_broken_cursor_is_said_to_be_one(cursor: str) -> None:
    with pytest.raises(Invalid):
        queries.products(cursor=cursor, language="zh")


def test_the_tree_and_what_a_category_asks_for() -> None:
    top = make_category("家电", sort=1)
    leaf = make_category("厨房电器", parent_id=top)
    make_category("服饰", sort=0)
    make_attribute(top, "power", kind="number", is_required=True)
    make_attribute(top, "colour", choices=[("red", "红", "Red")])
    make_attribute(leaf, "colour", choices=[("blue", "蓝", "Blue")])
    tree = queries.category_tree(language="zh")
    assert [(node.name, [child.name for child in node.children]) for node in tree] == [
        ("服饰", []),
        ("家电", ["厨房电器"]),
    ]
    asked = queries.category_attributes(leaf, language="en")
    assert [(one.code, one.choices) for one in asked] == [("colour", ["Blue"]), ("power", [])]
    detail = queries.category_detail(leaf, language="zh")
    assert [crumb.name for crumb in detail.breadcrumbs] == ["家电", "厨房电器"]
    with pytest.raises(NotFound):
        queries.category_attributes(CategoryId(new_id()), language="zh")
    with pytest.raises(NotFound):
        queries.category_detail(CategoryId(new_id()), language="zh")


@pytest.mark.parametrize("count", [10, 20])
def test_the_merchants_list_finds_by_status_and_words_in_one_statement(count: int) -> None:
    merchant, category = make_merchant(), make_category()
    for place in range(count):
        make_product(
            merchant_id=merchant,
            category_id=category,
            title=Text(f"茶杯 {place}", f"Cup 100%_{place}"),
            is_live=place % 2 == 0,
            now=NOW + timedelta(seconds=place),
        )
    make_product()

    def listed(**wish: Any) -> Page[Any]:
        plain = {"status": None, "words": "", "cursor": None, "limit": 50, "language": "zh"}
        return queries_merchant.merchant_products(merchant_id=merchant, **plain | wish)

    assert statements(listed) == 1
    assert len(listed().items) == count
    assert [row.title for row in listed(limit=2).items] == [f"茶杯 {count - 1}", f"茶杯 {count - 2}"]
    assert len(listed(status=ListingStatus.LIVE).items) == count // 2
    assert len(listed(words="茶杯 3").items) == 1
    assert len(listed(words="100%_").items) == count
    assert listed(words="1000_").items == []
    assert len(listed(words="sku-").items) == count
    for sort in ListingSort:
        first = listed(limit=7, sort=sort)
        rest = listed(limit=50, sort=sort, cursor=first.next_cursor)
        assert len({row.id for row in (*first.items, *rest.items)}) == count
        assert [*first.items, *rest.items] == listed(sort=sort).items
    assert listed(sort=ListingSort.OLDEST).items == listed().items[::-1]


def test_a_merchants_products_by_price() -> None:
    merchant = make_merchant()
    prices = [300, 100, 200, 100]
    for price in prices:
        make_product(merchant_id=merchant, prices_minor=[price])

    def listed(sort: ListingSort) -> list[int]:
        plain: dict[str, Any] = {"status": None, "words": "", "cursor": None, "limit": 50, "language": "zh"}
        found = queries_merchant.merchant_products(merchant_id=merchant, sort=sort, **plain)
        return [row.price_from.amount_minor for row in found.items]

    assert listed(ListingSort.PRICE_UP) == sorted(prices)
    assert listed(ListingSort.PRICE_DOWN) == sorted(prices, reverse=True)
