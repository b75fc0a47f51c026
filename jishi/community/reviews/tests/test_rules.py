"""Averages and names of reviews, without a database."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.community.reviews.rules import rating_of, shown_author

counts = st.lists(st.integers(min_value=0, max_value=10**6), min_size=5, max_size=5)


@given(counts)
def test_an_average_is_the_exact_one_rounded_half_up(by_stars: list[int]) -> None:
    rating = rating_of(by_stars)
    total = sum(by_stars)
    if not total:
        assert rating is None
        return
    assert rating is not None
    exact = Fraction(100 * sum(stars * number for stars, number in enumerate(by_stars, start=1)), total)
    assert rating.count == total
    assert rating.average_hundredths - Fraction(1, 2) <= exact < rating.average_hundredths + Fraction(1, 2)
    assert 100 <= rating.average_hundredths <= 500


@pytest.mark.parametrize(
    ("nickname", "shown"), [("王小明", "王**明"), ("明", "明**"), ("Anna", "A**a"), ("", "匿名买家")]
)
def test_a_name_is_hidden_from_strangers(nickname: str, shown: str) -> None:
    assert shown_author(nickname, is_anonymous=False, language="zh") == shown


def test_who_wants_to_be_nobody_is_nobody() -> None:
    assert shown_author("王小明", is_anonymous=True, language="en") == "Anonymous buyer"
