"""Several merchants' offers of one thing in search: one card for all, each merchant's own in his store."""

import pytest

from jishi.discovery.search import indexer, queries, reading
from jishi.discovery.search.types import SearchWish
from jishi.flows.best_offer import choose_best
from jishi.kernel.db import atomic
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import NOW, make_product
from jishi.offering.catalog.tests.factories_offers import make_offers, shared

pytestmark = pytest.mark.django_db


def test_search_shows_the_best_offer_once() -> None:
    dear, cheap = make_offers([10_000, 9_000], title=Text("声阔降噪耳机", "Soundwide headphones"))
    other = make_product(category_id=dear.category_id, title=Text("声阔音箱", "Soundwide speaker"))
    with atomic():
        choose_best(shared(dear.id), now=NOW)
    indexer.catch_up()
    reading.forget()

    found = queries.search(SearchWish(words="声阔"), language="zh")
    assert {card.id for card in found.items} == {cheap.id, other.id}
    assert found.count == 2
    assert {card.merchants for card in found.items if card.id == cheap.id} == {2}
    facets = {facet.code: {value.value: value.count for value in facet.values} for facet in found.facets}
    assert facets.get("category", {str(dear.category_id): 2}) == {str(dear.category_id): 2}
    everything = queries.search(SearchWish(category_id=dear.category_id), language="zh")
    assert {card.id for card in everything.items} == {cheap.id, other.id}
    of_store = queries.search(SearchWish(words="声阔", merchant_id=dear.merchant_id), language="zh")
    assert [card.id for card in of_store.items] == [dear.id]
