"""Searching inside a store, narrowed by its own categories: real index, real database."""

import pytest
from django.http import QueryDict

from jishi.discovery.search import indexer, queries
from jishi.discovery.search.addresses import wish_of
from jishi.discovery.search.types import SearchResult, SearchWish
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.ids import MerchantId, StoreCategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog import services_store_categories as store_categories
from jishi.offering.catalog.tests.factories import NOW, make_category, make_product
from jishi.offering.catalog.types_store_categories import StoreCategoryWish

pytestmark = pytest.mark.django_db


def result(words: str = "", **more: object) -> SearchResult:
    return queries.search(SearchWish(words=words, **more), language="zh")  # type: ignore[arg-type]


def titles(words: str = "", **more: object) -> set[str]:
    return {card.title for card in result(words, **more).items}


def facet(answer: SearchResult) -> dict[str, int]:
    return {
        value.name: value.count
        for one in answer.facets
        if one.code == "store_category"
        for value in one.values
    }


def make(merchant: MerchantId, name: str, into: StoreCategoryId | None = None) -> StoreCategoryId:
    wish = StoreCategoryWish(name=Text(name, ""), parent_id=into)
    return store_categories.make(merchant_id=merchant, wish=wish, staff_id=None, now=NOW)


@pytest.fixture
def store() -> dict[str, StoreCategoryId]:
    """A store with teas in two categories below one, a pot in a third, and a neighbour who sells tea, too."""
    merchant, shelf = make_merchant(), make_category("食品")
    made = {
        "merchant": StoreCategoryId(merchant),
        "tea": make(merchant, "茶"),
        "pots": make(merchant, "茶具"),
    }
    made |= {name: make(merchant, zh, made["tea"]) for name, zh in (("green", "绿茶"), ("black", "红茶"))}
    for title, place in (("明前龙井茶", "green"), ("正山小种茶", "black"), ("紫砂茶壶", "pots")):
        product = make_product(merchant_id=merchant, category_id=shelf, title=Text(title, ""))
        store_categories.put_in(
            merchant_id=merchant,
            store_category_id=made[place],
            product_ids=[product.id],
            staff_id=None,
            now=NOW,
        )
    make_product(category_id=shelf, title=Text("邻家的茶", ""))
    indexer.catch_up()
    return made


def test_a_store_is_searched_by_words_and_by_its_own_categories(store: dict[str, StoreCategoryId]) -> None:
    merchant = MerchantId(store["merchant"])
    assert titles("茶", merchant_id=merchant) == {"明前龙井茶", "正山小种茶", "紫砂茶壶"}
    assert titles(merchant_id=merchant, store_category_id=store["tea"]) == {"明前龙井茶", "正山小种茶"}
    assert titles(merchant_id=merchant, store_category_id=store["green"]) == {"明前龙井茶"}
    assert titles("小种", merchant_id=merchant, store_category_id=store["tea"]) == {"正山小种茶"}


def test_a_store_counts_its_own_categories_and_the_market_does_not(store: dict[str, StoreCategoryId]) -> None:
    merchant = MerchantId(store["merchant"])
    whole = {"茶": 2, "绿茶": 1, "红茶": 1, "茶具": 1}
    assert facet(result(merchant_id=merchant)) == whole
    assert facet(result("小种", merchant_id=merchant)) == {"茶": 1, "红茶": 1}
    # the choice does not narrow its own counts
    assert facet(result(merchant_id=merchant, store_category_id=store["green"])) == whole
    assert facet(result("茶")) == {}


@pytest.mark.django_db(transaction=True)
def test_what_moves_is_found_where_it_went(store: dict[str, StoreCategoryId]) -> None:
    merchant = MerchantId(store["merchant"])
    store_categories.change(
        merchant_id=merchant,
        store_category_id=store["black"],
        wish=StoreCategoryWish(name=Text("红茶", ""), parent_id=store["pots"]),
        staff_id=None,
        now=NOW,
    )
    indexer.catch_up()
    assert titles(merchant_id=merchant, store_category_id=store["pots"]) == {"正山小种茶", "紫砂茶壶"}
    assert titles(merchant_id=merchant, store_category_id=store["tea"]) == {"明前龙井茶"}


def test_an_address_names_a_store_category(store: dict[str, StoreCategoryId]) -> None:
    asked = wish_of(QueryDict(f"f=store_category:{store['tea']}"), now=NOW)
    assert asked.store_category_id == store["tea"]
    assert wish_of(QueryDict("f=store_category:nonsense"), now=NOW).store_category_id is None
