"""Fairness between merchants: a permutation that leaves nobody out, and pages that fit together."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.search import indexer, queries, rules
from jishi.discovery.search.types import SearchWish
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.words import Text
from jishi.offering.catalog.tests.factories import make_category, make_product

Listed = tuple[list[int], list[float]]


@st.composite
def lists(draw: st.DrawFn) -> Listed:
    sellers = draw(st.lists(st.integers(1, 6), max_size=rules.WINDOW))
    scores = draw(st.lists(st.floats(0.1, 40), min_size=len(sellers), max_size=len(sellers)))
    return sellers, sorted(scores, reverse=True)


@given(lists())
def test_nothing_is_lost_and_nothing_comes_twice(listed: Listed) -> None:
    assert sorted(rules.spread(*listed)) == list(range(len(listed[0])))


@given(lists())
def test_a_merchants_own_products_keep_their_order(listed: Listed) -> None:
    order = rules.spread(*listed)
    for seller in set(listed[0]):
        own = [one for one in order if listed[0][one] == seller]
        assert own == sorted(own)


@given(lists())
def test_nobody_takes_more_than_his_share_while_others_match_as_well(listed: Listed) -> None:
    sellers, scores = listed
    order = rules.spread(sellers, scores)
    for start in range(0, len(order), rules.PER_PAGE):
        taken: Counter[int] = Counter()
        for place in range(start, min(start + rules.PER_PAGE, len(order))):
            one = order[place]
            taken[sellers[one]] += 1
            if taken[sellers[one]] > rules.MOST:
                others = [
                    other
                    for other in order[place + 1 :]
                    if scores[other] >= rules.AS_WELL * scores[one] and taken[sellers[other]] < rules.MOST
                ]
                assert others == []


@given(lists())
def test_nothing_stands_before_what_matches_much_better(listed: Listed) -> None:
    """What is moved forward is worth at least `AS_WELL` of everything that it passes."""
    sellers, scores = listed
    order = rules.spread(sellers, scores)
    for place, one in enumerate(order):
        passed = [other for other in order[place + 1 :] if other < one]
        assert all(scores[one] >= rules.AS_WELL * scores[other] for other in passed)


def test_a_list_without_a_crowd_stays_as_it_is() -> None:
    sellers = [1, 2, 3] * 16
    assert rules.spread(sellers, [1.0] * 48) == list(range(48))
    assert rules.spread([7] * 48, [1.0] * 48) == list(range(48))


def test_the_worked_example_of_the_page() -> None:
    """docs/algorithms/ranking.md, "An example": the ninth of one merchant waits for the first of the other."""
    order = rules.spread([1] * 10 + [2, 3], [10.0] * 10 + [9.0, 5.0])

    assert order == [0, 1, 2, 3, 4, 5, 6, 7, 10, 8, 9, 11]


@pytest.mark.django_db
def test_pages_fit_together_whatever_their_size() -> None:
    category, big, small = make_category("杯子"), make_merchant(), make_merchant()
    sold = [(big, f"马克杯 {number}") for number in range(14)] + [
        (small, f"马克杯 {n}") for n in range(20, 24)
    ]
    for merchant, title in sold:
        make_product(merchant_id=merchant, category_id=category, title=Text(title, title))
    indexer.catch_up()

    def shown(words: str, size: int) -> list[str]:
        pages = range(1, len(sold) // size + 2)
        wishes = (SearchWish(words=words, page=number, size=size) for number in pages)
        return [str(card.id) for wish in wishes for card in queries.search(wish, language="zh").items]

    for words in ("马克杯", ""):
        whole = shown(words, 24)
        assert len(whole) == len(set(whole)) == len(sold)
        assert shown(words, 5) == shown(words, 7) == whole
    first = [card.merchant.id for card in queries.search(SearchWish(words="马克杯"), language="zh").items]
    assert Counter(first[:12]) == {big: 8, small: 4}
