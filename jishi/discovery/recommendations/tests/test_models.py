"""The models by their properties: what they learn, that they learn it again in the same way, and within bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.discovery.recommendations import als, blending, ease, matrix
from jishi.discovery.recommendations.evaluating import Deed, hold_out, ndcg

TENT, STOVE, LAMP, TEAPOT, CUP = range(5)
CAMPERS = [
    (person, product, 5.0) for person in range(20) for product in (TENT, STOVE, LAMP)[: 2 + person % 2]
]
TEA_DRINKERS = [(100 + person, product, 5.0) for person in range(20) for product in (TEAPOT, CUP)]
WORLD = matrix.signals([*CAMPERS, *TEA_DRINKERS], full_weight=5.0, products_max=100)

triples = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([1.0, 3.0, 5.0])), min_size=1, max_size=60
)


@given(triples)
@settings(max_examples=30, deadline=None)
def test_nothing_recommends_itself_and_the_same_data_teach_the_same(
    found: list[tuple[int, int, float]],
) -> None:
    known = matrix.signals(found, full_weight=5.0, products_max=100)
    learnt = ease.item_weights(known.weights)
    assert np.all(np.diag(learnt) == 0)
    again = matrix.signals(reversed(found), full_weight=5.0, products_max=100)
    assert np.array_equal(learnt, ease.item_weights(again.weights))


@given(triples)
@settings(max_examples=30, deadline=None)
def test_ease_solves_what_it_says(found: list[tuple[int, int, float]]) -> None:
    """Off the diagonal the gradient of its loss is zero: (XᵀX + λI)B − XᵀX = 0."""
    weights = matrix.signals(found, full_weight=5.0, products_max=100).weights
    learnt = ease.item_weights(weights, regularisation=7.0)
    gram = (weights.T @ weights).toarray()
    gradient = (gram + 7.0 * np.eye(len(gram))) @ learnt - gram
    np.fill_diagonal(gradient, 0.0)
    assert np.allclose(gradient, 0.0, atol=1e-8)


@given(triples)
@settings(max_examples=30, deadline=None)
def test_a_weight_is_a_share_and_a_pair_counts_once(found: list[tuple[int, int, float]]) -> None:
    known = matrix.signals(found, full_weight=5.0, products_max=100)
    assert known.weights.nnz == len({(person, product) for person, product, _ in found})
    assert known.weights.data.min() > 0
    assert known.weights.max() <= 1


def test_only_the_products_with_most_are_kept() -> None:
    known = matrix.signals(
        [(1, "a", 1.0), (2, "a", 1.0), (1, "b", 5.0), (3, "c", 1.0)], full_weight=5.0, products_max=2
    )
    assert known.products == ["a", "b"]
    assert known.people == [1, 2]


def test_factors_bring_together_what_is_done_together() -> None:
    people, products = als.factors(WORLD.weights, size=8, regularisation=1.0)
    tea_drinker = WORLD.people.index(100)
    taste = people[tea_drinker] @ products.T
    assert min(taste[TEAPOT], taste[CUP]) > max(taste[TENT], taste[STOVE], taste[LAMP])
    again, _ = als.factors(WORLD.weights, size=8, regularisation=1.0)
    assert np.array_equal(people, again)


def test_the_neighbours_of_a_tent_are_for_camping() -> None:
    _, products = als.factors(WORLD.weights, size=8, regularisation=1.0)
    found = list(blending.neighbours(WORLD.weights, products, keep=2))
    assert [column for column, _ in found[TENT]] == [STOVE, LAMP]
    assert found[TEAPOT][0][0] == CUP
    for column, line in enumerate(found):
        assert column not in [other for other, _ in line]
        assert all(score > 0 for _, score in line)
        assert line == sorted(line, key=lambda one: -one[1])


def test_products_that_ease_has_no_room_for_are_met_by_their_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ease, "PRODUCTS_MAX", 2)
    _, products = als.factors(WORLD.weights, size=8, regularisation=1.0)
    found = list(blending.neighbours(WORLD.weights, products, keep=2))
    assert len(found) == 5
    assert found[TEAPOT][0][0] == CUP


def _deed(person: int, product: str, at: float, *, is_wanted: bool = True) -> Deed:
    return Deed(person=person, product=product, weight=5.0, is_wanted=is_wanted, at=at)


def test_what_is_held_out_is_the_last_and_what_was_seen_is_not_shown() -> None:
    deeds = [_deed(1, "a", 1), _deed(1, "b", 3), _deed(1, "c", 2), _deed(2, "b", 1), _deed(2, "a", 2)]
    tried = hold_out(deeds, count_of=lambda count: count // 3, full_weight=5.0, products_max=10)
    a, b, c = (tried.known.products.index(one) for one in "abc")
    assert tried.wanted == {0: {b}}
    assert tried.ages == {(0, c): 0, (0, a): 1, (1, a): 0, (1, b): 1}
    scores = np.zeros((2, 3))
    scores[0, a], scores[0, b], scores[0, c] = 9, 1, 8  # both seen, so b is first
    assert ndcg(tried, scores) == 1.0


def test_what_nobody_can_find_lowers_the_figure() -> None:
    deeds = [_deed(1, "a", 1), _deed(2, "b", 1), _deed(1, "b", 2), _deed(1, "never seen", 3)]
    tried = hold_out(deeds, count_of=lambda count: 2 if count > 2 else 0, full_weight=5.0, products_max=10)
    assert ndcg(tried, np.array([[0.0, 1.0], [0.0, 0.0]])) == pytest.approx(1 / (1 + 0.630930), abs=1e-5)
