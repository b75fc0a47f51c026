"""Advanced search, the filters beside the plain ones, and what helps when nothing is found."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from jishi.discovery.search import indexer, narrowing, places, queries, reading
from jishi.discovery.search.types import Facet, SearchResult, SearchSort, SearchWish, WayOut
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic
from jishi.kernel.tests.threads import let_the_others_end
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.tests.factories import (
    MadeProduct,
    make_attribute,
    make_brand,
    make_category,
    make_product,
)
from jishi.offering.catalog.types import Rating
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.events import StockCameBack
from jishi.offering.inventory.tests.factories import make_stock, make_warehouse
from jishi.trade.shipping.tests.factories import make_template
from jishi.trade.shipping.types import ShippingMethod

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
IRON, COPPER, ELECTRIC, CUP = "铸铁手冲壶", "紫铜手冲咖啡壶", "电热水壶", "咖啡杯 大号"


def result(words: str = "", **more: object) -> SearchResult:
    return queries.search(SearchWish(words=words, **more), language="zh")  # type: ignore[arg-type]


def titles(words: str = "", **more: object) -> set[str]:
    return {card.title for card in result(words, **more).items}


def facet(answer: SearchResult, code: str) -> dict[str, int]:
    shown: list[Facet] = [one for one in answer.facets if one.code == code]
    return {value.value: value.count for value in shown[0].values} if shown else {}


def index_anew() -> None:
    """Build the index from what the tables say now: within a test's own transaction no change is seen."""
    shutil.rmtree(places.place().root)
    reading.forget()
    indexer.catch_up()


def follow() -> None:
    """Take in what was committed, once nothing hides it: tests beside this one have transactions open."""
    let_the_others_end()
    indexer.catch_up()


@pytest.fixture
def shelf() -> dict[str, MadeProduct]:
    """Four products for coffee, indexed: an electric one says 手冲 in its subtitle only."""
    kitchen = make_category("厨房")
    make_attribute(kitchen, "volume", kind="number")
    merchant = make_merchant()
    brand, other = make_brand("山水"), make_brand("林间")
    made = {
        IRON: make_product(
            merchant_id=merchant, category_id=kitchen, title=Text(IRON, "Cast Iron Pour-over Kettle"),
            attributes={"volume": "0.6"}, prices_minor=[10_000], brand=brand,
        ),
        COPPER: make_product(
            merchant_id=merchant, category_id=kitchen, title=Text(COPPER, "Copper Kettle for Coffee"),
            attributes={"volume": "1"}, prices_minor=[20_000], brand=brand,
        ),
        ELECTRIC: make_product(
            category_id=kitchen, title=Text(ELECTRIC, "Electric Kettle"),
            attributes={"volume": "1.7"}, prices_minor=[30_000], brand=other,
        ),
        CUP: make_product(
            category_id=kitchen, title=Text(CUP, "Large Coffee Cup"), prices_minor=[2_000], brand=other
        ),
    }  # fmt: skip
    indexer.catch_up()
    return made


def test_any_and_none_of_the_words(shelf: dict[str, MadeProduct]) -> None:
    assert titles(any_words="铸铁 紫铜") == {IRON, COPPER}
    assert titles("壶", none_words="电热 紫铜") == {IRON}
    assert titles(none_words="kettle") == {CUP}
    assert titles("咖啡", any_words="kettle cup", none_words="large") == {COPPER}


def test_what_a_category_is_called_leaves_nothing_out(shelf: dict[str, MadeProduct]) -> None:
    """A cup that lies among kitchen things is no kitchen."""
    assert titles("咖啡", none_words="厨房") == {COPPER, CUP}
    assert titles("壶", none_words="手冲") == {ELECTRIC}


def test_an_exact_phrase_keeps_its_order_and_is_whole(shelf: dict[str, MadeProduct]) -> None:
    assert titles(phrase="手冲咖啡") == {COPPER}
    assert titles(phrase="冲壶") == {IRON}
    assert titles(phrase="Kettle for coffee") == {COPPER}
    assert titles(phrase="coffee kettle") == set()
    assert titles(phrase="壶 cast") == set()  # one title ends, the other begins


def test_in_the_title_only(shelf: dict[str, MadeProduct]) -> None:
    assert titles("厨房") == set(shelf)  # the category's name
    assert titles("厨房", in_title=True) == set()
    assert titles("手冲壶", in_title=True) == {IRON}
    assert titles("coffee", in_title=True) == {COPPER, CUP}


def test_a_range_of_numbers(shelf: dict[str, MadeProduct]) -> None:
    assert titles(ranges={"volume": (0.6, 1.0)}) == {IRON, COPPER}
    assert titles(ranges={"volume": (1.2, None)}) == {ELECTRIC}
    assert titles(ranges={"volume": (5.0, 9.0)}) == titles(ranges={"nothing": (0.0, 9.0)}) == set()
    volume = next(one for one in result().facets if one.code == "volume")
    assert volume.is_number
    assert [value.value for value in volume.values] == ["0.6", "1", "1.7"]
    narrowed = result(ranges={"volume": (1.2, None)})
    assert facet(narrowed, "volume") == {
        "0.6": 1,
        "1": 1,
        "1.7": 1,
    }  # its own range does not narrow its counts


def test_by_rating_a_hundred_good_ones_stand_above_a_single_best_one(shelf: dict[str, MadeProduct]) -> None:
    said = {IRON: Rating(average_hundredths=500, count=1), COPPER: Rating(average_hundredths=480, count=100),
            ELECTRIC: Rating(average_hundredths=310, count=40)}  # fmt: skip
    with atomic():
        for title, rating in said.items():
            catalog.set_rating(shelf[title].id, rating, now=NOW)
    index_anew()
    order = [card.title for card in result(sort=SearchSort.RATING).items]
    assert order == [COPPER, IRON, ELECTRIC, CUP]
    assert titles(rating_from_hundredths=400) == {IRON, COPPER}
    assert facet(result(rating_from_hundredths=450), "rating") == {"450": 2, "400": 2, "300": 3}


def test_the_order_by_rating_lies_between_the_average_and_four_stars() -> None:
    assert narrowing.esteem(0, 0) == 0
    for average in (100, 250, 400, 500):
        for count in (1, 5, 100):
            low, high = sorted((average, 400))
            assert low * 100 <= narrowing.esteem(average, count) <= high * 100
    assert narrowing.esteem(500, 1) < narrowing.esteem(500, 2)


def test_what_came_lately(shelf: dict[str, MadeProduct]) -> None:
    Product.objects.across_merchants().filter(id=shelf[CUP].id).update(published_at=NOW - timedelta(days=40))
    Product.objects.across_merchants().exclude(id=shelf[CUP].id).update(published_at=NOW - timedelta(days=2))
    index_anew()
    assert titles(published_from=NOW - timedelta(days=7)) == set(shelf) - {CUP}
    assert titles(published_from=NOW - timedelta(days=60)) == set(shelf)


@pytest.mark.django_db(transaction=True)
def test_where_it_is_sent_from_follows_the_stock(shelf: dict[str, MadeProduct]) -> None:
    copper = shelf[COPPER]
    shanghai = make_warehouse(copper.merchant_id, area_code="310101")
    make_stock(copper.sku_id, 5, warehouse_id=shanghai)
    follow()
    assert titles(ships_from=["310000"]) == {COPPER}
    guangzhou = make_warehouse(copper.merchant_id, area_code="440103")
    make_stock(copper.sku_id, 5, warehouse_id=guangzhou)  # it could be had before: no flag changes
    with atomic():
        came = StockCameBack(sku_id=copper.sku_id, warehouse_id=guangzhou, occurred_at=NOW)
        inventory.tell_catalogue(came, now=NOW)
    follow()
    assert titles(ships_from=["440000"]) == {COPPER}
    assert facet(result(), "ships_from") == {"310000": 1, "440000": 1}


@pytest.mark.django_db(transaction=True)
def test_how_it_is_sent_follows_the_merchants_templates(shelf: dict[str, MadeProduct]) -> None:
    assert titles(delivery=["standard"]) == set(shelf)  # without a template all are
    make_template(shelf[IRON].merchant_id, method=ShippingMethod.EXPRESS)
    follow()
    assert titles(delivery=["express"]) == {IRON, COPPER}
    assert titles(delivery=["standard"]) == {ELECTRIC, CUP}
    assert titles(delivery=["standard", "express"]) == set(shelf)


def test_one_brand_chosen_still_counts_the_others(shelf: dict[str, MadeProduct]) -> None:
    brands = facet(result("壶"), "brand")
    assert sorted(brands.values()) == [1, 2]
    chosen = min(brands, key=lambda one: brands[one])
    narrowed = result("壶", brand_ids=[chosen])
    assert narrowed.count == 1
    assert facet(narrowed, "brand") == brands
    (other,) = set(brands) - {chosen}
    cheap = facet(result("壶", brand_ids=[chosen], price_to_minor=15_000), "brand")
    assert cheap == {chosen: 0, other: 1}  # the other filters count, and what is chosen can be given up


def test_nothing_found_says_which_filter_to_leave_out(shelf: dict[str, MadeProduct]) -> None:
    answer = result("壶", price_to_minor=15_000, rating_from_hundredths=400)
    assert answer.count == 0
    assert answer.ways_out == [
        WayOut(kind="filter", code="rating", count=1),
        WayOut(kind="filter", count=3),
    ]


def test_nothing_found_says_which_words_find_something(shelf: dict[str, MadeProduct]) -> None:
    answer = result("铸铁 咖啡杯", in_title=True)
    found = {way.words: way.count for way in answer.ways_out if way.kind == "words"}
    assert found == {"铸铁": 1, "咖啡杯": 1}


def test_most_of_the_words_are_said_to_be_only_most(shelf: dict[str, MadeProduct]) -> None:
    assert not result("手冲壶").is_partly
    assert result("铸铁 手冲 火箭").is_partly
