"""The quality of a product: bounded, monotone in each part, near 1 for what is usual; the page's worked example."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.ranking import rules
from jishi.discovery.ranking.types import Known, Usual

USUAL = Usual(conversion=0.04, rating_hundredths=450.0, return_rate=0.05)
counts = st.integers(min_value=0, max_value=10**7)


@st.composite
def known(draw: st.DrawFn) -> Known:
    views, sold, reviews = draw(counts), draw(counts), draw(counts)
    return Known(
        recent_pieces=draw(st.floats(0, 1e7)),
        views=views,
        buys=draw(st.integers(0, views)),
        rating_hundredths=draw(st.integers(100, 500)) if reviews else 0,
        review_count=reviews,
        sold_pieces=sold,
        returned_pieces=draw(st.integers(0, sold)),
        completeness=draw(st.floats(0, 1)),
    )


@st.composite
def usual(draw: st.DrawFn) -> Usual:
    return Usual(
        conversion=draw(st.floats(0, 1)),
        rating_hundredths=draw(st.floats(100, 500)),
        return_rate=draw(st.floats(0, 1)),
    )


@given(known(), usual())
def test_the_factor_stays_between_a_half_and_two(one: Known, market: Usual) -> None:
    found = rules.quality(one, market)

    assert rules.FACTOR_MIN <= found.factor <= rules.FACTOR_MAX
    assert all(-1 <= getattr(found.scores, name) <= 1 for name in rules.PARTS)


@given(known(), usual())
def test_the_parts_multiply_to_the_factor(one: Known, market: Usual) -> None:
    found = rules.quality(one, market)
    product = 1.0
    for name in rules.PARTS:
        product *= rules.part_factor(name, getattr(found.scores, name))

    assert product == pytest.approx(found.factor)


@given(known(), usual(), st.data())
def test_better_is_never_worse(one: Known, market: Usual, data: st.DataObject) -> None:
    better = data.draw(
        st.sampled_from(
            [
                replace(one, recent_pieces=one.recent_pieces + data.draw(st.floats(0, 1e6))),
                replace(one, buys=data.draw(st.integers(one.buys, one.views))),
                replace(one, returned_pieces=data.draw(st.integers(0, one.returned_pieces))),
                replace(one, completeness=data.draw(st.floats(one.completeness, 1))),
                replace(one, rating_hundredths=data.draw(st.integers(one.rating_hundredths or 100, 500)))
                if one.review_count
                else one,
            ]
        )
    )

    assert rules.quality(better, market).factor >= rules.quality(one, market).factor - 1e-12


def test_nobody_knows_anything_of_a_new_product_and_it_is_no_worse_for_it() -> None:
    assert rules.quality(Known(), USUAL).factor == pytest.approx(1.0)


def test_one_happy_buyer_is_no_proof() -> None:
    one = rules.rating(500, 1, USUAL.rating_hundredths)
    thousand = rules.rating(500, 1_000, USUAL.rating_hundredths)

    assert 0 < one < 0.1
    assert thousand > 0.95
    assert rules.rating(480, 400, USUAL.rating_hundredths) > one


def test_without_any_counts_conversion_is_neutral() -> None:
    assert rules.conversion(0, 0, 0.0) == 0
    assert rules.conversion(3, 0, 0.0) == 0
    assert rules.conversion(0, 0, 0.04) == 0
    assert rules.conversion(0, 10_000, 0.04) == -1


def test_the_weights_add_up() -> None:
    assert sum(rules.WEIGHTS.values()) == pytest.approx(1.0)
    assert set(rules.WEIGHTS) == set(rules.PARTS)
    assert sum(rules.COMPLETENESS.values()) == pytest.approx(1.0)


def test_the_worked_example_of_the_page() -> None:
    """docs/algorithms/ranking.md, "An example"."""
    completeness = rules.completeness(
        pictures=3, filled=4, attributes=5, description=240, is_in_both_languages=True, has_video=False
    )
    found = rules.quality(
        Known(
            recent_pieces=99.0,
            views=1_950,
            buys=118,
            rating_hundredths=480,
            review_count=90,
            sold_pieces=180,
            returned_pieces=4,
            completeness=completeness,
        ),
        USUAL,
    )

    assert completeness == pytest.approx(0.85)
    assert found.scores.velocity == pytest.approx(0.6666, abs=1e-4)
    assert found.scores.conversion == pytest.approx(0.2925, abs=1e-4)
    assert found.scores.rating == pytest.approx(0.54)
    assert found.scores.returns == pytest.approx(0.5, abs=1e-4)
    assert found.scores.completeness == pytest.approx(0.7)
    assert found.factor == pytest.approx(1.4690, abs=1e-4)
