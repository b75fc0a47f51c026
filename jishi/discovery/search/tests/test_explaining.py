"""Why a product stands where it stands: the parts are those that the search itself used."""

import pytest

from jishi.discovery.ranking import services as ranking
from jishi.discovery.search import asking, indexer, queries_desk, reading, schema
from jishi.discovery.steering.types import Boost, Rules, Target, TargetKind
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import ProductId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.tests.factories import NOW, MadeProduct, make_category, make_product
from jishi.offering.catalog.types import Rating
from jishi.offering.inventory.tests.factories import make_stock

pytestmark = pytest.mark.django_db
Pair = tuple[MadeProduct, MadeProduct]


@pytest.fixture
def pair() -> Pair:
    """Two products that say the same; the second is loved, and sold out."""
    category, merchant = make_category("杯子"), make_merchant()
    title = Text("陶瓷马克杯", "Ceramic Mug")
    first, second = (make_product(category_id=category, merchant_id=merchant, title=title) for _ in "ab")
    make_stock(first.sku_id, 5)
    with atomic():
        catalog.set_rating(first.id, Rating(average_hundredths=300, count=500), now=NOW)
        catalog.set_rating(second.id, Rating(average_hundredths=500, count=500), now=NOW)
    ranking.refresh(now=NOW)
    indexer.catch_up()
    return first, second


def test_the_parts_multiply_to_the_score_that_the_search_used(pair: Pair) -> None:
    index = reading.opened()
    for product in pair:
        told = queries_desk.explain("马克杯", product.id, Rules(), language="zh")

        assert told.score == pytest.approx(told.text_score * told.quality.factor * told.stock_factor)
        found = index.products.searcher().search(
            asking.words_query(
                index.products.searcher(), index.products.schema, index.segmenter.pieces("马克杯")
            ).ranked,
            10,
            weight_by_field="weight",
        )
        scores = [score / schema.WEIGHT_SCALE for score, _ in found.hits]
        assert any(score == pytest.approx(told.score, rel=1e-3) for score in scores)


def test_it_says_which_word_is_worth_what_in_which_field(pair: Pair) -> None:
    told = queries_desk.explain("马克杯", pair[0].id, Rules(), language="zh")

    fields = {(one.word, one.field) for one in told.words}
    assert ("马克杯", "title") in fields
    assert ("马克杯", "grams") in fields
    assert told.text_score > 0
    assert {one.name for one in told.quality.parts} >= {"rating", "velocity"}


def test_quality_and_stock_are_told_apart(pair: Pair) -> None:
    first, second = (queries_desk.explain("马克杯", one.id, Rules(), language="zh") for one in pair)

    assert second.quality.factor > first.quality.factor
    assert (first.stock_factor, second.stock_factor) == (1.0, 0.4)
    assert (first.place, second.place) == (1, 2)
    assert first.place_unmoved == 1


def test_a_boost_of_a_draft_is_told_with_the_place_that_it_gives(pair: Pair) -> None:
    target = Target(kind=TargetKind.PRODUCT, id=pair[1].id)
    rules = Rules(number=2, boosts=[Boost(words=["马克杯"], target=target, factor=10.0)])

    told = queries_desk.explain("马克杯", pair[1].id, rules, language="zh")

    assert told.boosted == pytest.approx(10.0)
    assert told.place == 1
    assert queries_desk.preview("马克杯", rules, language="zh").items[0].id == pair[1].id
    assert queries_desk.preview("马克杯", Rules(), language="zh").items[0].id == pair[0].id


def test_what_is_not_found_is_said_to_be(pair: Pair) -> None:
    told = queries_desk.explain("雨伞", pair[0].id, Rules(), language="zh")

    assert (told.is_found, told.score, told.place, told.words) == (False, 0.0, None, [])
    with pytest.raises(NotFound):
        queries_desk.explain("马克杯", ProductId(new_id()), Rules(), language="zh")
