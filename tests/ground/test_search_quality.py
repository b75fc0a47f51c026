"""How well the search answers: the labels fit the demo market, the measure is right, the floors are kept."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client

from benchmarks import search_quality
from benchmarks.rows import Row
from benchmarks.search_quality import BadLabel, Facts, dcg, gain, grades, ndcg
from jishi.discovery.ranking import services as ranking
from jishi.discovery.search import indexer, places, reading
from jishi.entry.demo import content, goods, painting, wordings
from jishi.entry.demo.stores import Store
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import hot
from jishi.kernel.ids import MediaId, MerchantId
from jishi.offering.media.tests.factories import make_asset

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SHELF = {
    "跑鞋": Facts("ST-RUN", {"category": frozenset(("shoes", "fashion")), "season": frozenset(("all",))}),
    "短靴": Facts("ST-BOOT", {"category": frozenset(("shoes", "fashion")), "season": frozenset(("winter",))}),
    "围巾": Facts("LH-SCARF", {"category": frozenset(("accessory",)), "season": frozenset(("winter",))}),
}


# -- the measure ---------------------------------------------------------------------------------------------


def test_a_grade_is_worth_much_more_than_the_one_below() -> None:
    assert [gain(grade) for grade in (0, 1, 2, 3)] == [0, 1, 3, 7]


def test_what_stands_lower_counts_less() -> None:
    assert dcg([]) == 0
    assert dcg([3]) == 7
    assert dcg([0, 2, 1]) == pytest.approx(3 / 1.584963 + 1 / 2)  # log₂3, log₂4


@pytest.mark.parametrize(
    ("found", "graded", "share"),
    [
        ([3, 2, 1], [1, 2, 3], 1.0),
        ([3, 0, 1], [3, 2, 1], 7.5 / 9.392789),  # 7 + 1/2 of 7 + 3/1.584963 + 1/2
        ([0, 3], [3], 0.630930),  # 1/1.584963
        ([0, 0], [3, 1], 0.0),
        ([], [2], 0.0),
        ([3] * 10, [3] * 30, 1.0),  # a page cannot show more than it has room for
        ([0] * 10 + [3], [3], 0.0),  # nor is looked beyond it
    ],
)
def test_ndcg_is_the_share_of_the_best_order(found: list[int], graded: list[int], share: float) -> None:
    assert ndcg(found, graded) == pytest.approx(share, abs=1e-6)


def test_the_table_has_a_row_for_each_kind_and_judges_by_its_floor() -> None:
    answered = search_quality.answers(lambda words: [] if words == "蓝牙耳机" else ["no such title"])

    table = search_quality.judged(answered)

    assert table[0].work == "nDCG@10, zh"
    assert len(table) == len(search_quality.FLOORS) + 2
    assert {row.verdict for row in table[:-1]} == {"short"}
    assert table[-1].measured == pytest.approx(100 / len(answered))
    assert table[-1].note == "蓝牙耳机"


# -- the labels ----------------------------------------------------------------------------------------------


def test_products_are_named_by_code_or_by_what_they_are() -> None:
    named = {"3": "ST-RUN", "2": "category=shoes+season=winter", "1": "ST-* season=winter"}
    assert grades(named, SHELF) == {"跑鞋": 3, "短靴": 2, "围巾": 1}
    for unknown in ("ST-HEEL", "category=bags", "weather=winter", "category=shoes+season=summer"):
        with pytest.raises(BadLabel):
            grades({"3": f"ST-RUN {unknown}"}, SHELF)


def test_there_are_enough_labels_of_every_kind_and_for_every_part_of_the_market() -> None:
    asked = list(search_quality.queries())  # raises BadLabel for what the demo market does not have

    assert len(asked) >= 210
    assert [text for text, count in Counter(query.text for query in asked).items() if count > 1] == []
    assert min(Counter(query.kind for query in asked).values()) >= 15
    wanted = {title for query in asked for title, grade in query.grades.items() if grade == 3}
    products = [product for merchant in content.merchants() for product in merchant.products]
    of_wanted = {product.category for product in products if product.title.zh in wanted}
    assert {product.category for product in products} - of_wanted == set()


# -- the search ----------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every product of the demo market in an index; without pictures, stock and sales, which it does not need."""
    pictures: dict[MerchantId, MediaId] = {}
    monkeypatch.setattr(goods, "_keep", lambda store, *_: pictures[store.merchant_id])
    category_ids = goods.ensure_categories(content.categories())
    with painting.studio(seed=1) as studio:
        for merchant in content.merchants():
            owner = make_buyer()
            store = Store(
                merchant_id=make_merchant(
                    owner=owner, name_zh=merchant.name.zh, name_en=merchant.name.en, now=NOW
                ),
                owner_id=owner,
                warehouse_ids=[],
            )
            pictures[store.merchant_id] = make_asset(store.merchant_id)
            products = [replace(product, has_film=False) for product in merchant.products]
            goods.ensure_products(products, store, category_ids, studio, seed=1, now=NOW)
    ranking.refresh(now=NOW)
    wordings.ensure_rules(None, now=NOW)
    indexer.catch_up()
    yield
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()
    hot.forget()


def test_the_search_answers_what_people_look_for(catalogue: None, figures: Callable[[Row], None]) -> None:
    client = Client(headers={"Accept-Language": "zh"})

    def ask(words: str) -> list[str]:
        answer = client.get("/api/v1/store/search", {"q": words, "size": str(search_quality.DEPTH)})
        return [card["title"] for card in answer.json()["items"]]

    for row in search_quality.judged(search_quality.answers(ask)):
        figures(row)
