"""Money and its division: properties that every price, refund and settlement stands on."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.money import Money, round_half_up, share, split, total, zero

amounts = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12)


@given(amounts, weights)
def test_the_parts_add_up_to_the_whole(amount: int, shares: list[int]) -> None:
    assert sum(split(amount, shares)) == amount


@given(amounts, weights)
def test_each_part_is_within_one_of_its_exact_share(amount: int, shares: list[int]) -> None:
    exact = shares if sum(shares) else [1] * len(shares)
    for part, weight in zip(split(amount, shares), exact, strict=True):
        assert abs(part * sum(exact) - amount * weight) < sum(exact)


@given(st.integers(min_value=0, max_value=10**12), weights)
def test_no_part_is_negative_and_no_weight_means_no_part(amount: int, shares: list[int]) -> None:
    parts = split(amount, shares)
    assert min(parts) >= 0
    if sum(shares):
        assert all(part == 0 for part, weight in zip(parts, shares, strict=True) if weight == 0)


@given(amounts, weights, st.randoms(use_true_random=False))
def test_the_order_of_the_weights_is_no_advantage(amount: int, shares: list[int], random: Random) -> None:
    """The same weights get the same parts wherever they stand; equal weights differ by one unit at most."""
    order = list(range(len(shares)))
    random.shuffle(order)
    straight, shuffled = split(amount, shares), split(amount, [shares[i] for i in order])
    by_weight = sorted(zip(shares, straight, strict=True))
    assert by_weight == sorted(zip([shares[i] for i in order], shuffled, strict=True))
    for weight in set(shares):
        parts = [part for one, part in by_weight if one == weight]
        assert max(parts) - min(parts) <= 1


@given(st.integers(min_value=0, max_value=10**9), weights)
def test_a_refund_mirrors_its_sale(amount: int, shares: list[int]) -> None:
    assert split(-amount, shares) == [-part for part in split(amount, shares)]


@pytest.mark.parametrize("wrong", [[], [-1, 2]])
def test_split_refuses_what_is_no_weight(wrong: list[int]) -> None:
    with pytest.raises(ProgrammingError):
        split(100, wrong)


@given(amounts, st.integers(min_value=1, max_value=10**6))
def test_rounding_goes_to_the_nearest_and_halves_away_from_zero(numerator: int, denominator: int) -> None:
    rounded = round_half_up(numerator, denominator)
    distance = abs(rounded * denominator - numerator)
    assert 2 * distance <= denominator
    if 2 * distance == denominator:
        assert abs(rounded) * denominator > abs(numerator)


def test_shares_are_basis_points() -> None:
    assert share(9000, 500) == 450
    assert share(1, 5000) == 1  # half a fen rounds up
    assert share(-1, 5000) == -1


def test_rounding_needs_a_positive_denominator() -> None:
    with pytest.raises(ProgrammingError):
        round_half_up(1, 0)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ProgrammingError):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(ProgrammingError):
        _ = Money(1, "CNY") < Money(1, "USD")


def test_money_adds_subtracts_multiplies_and_compares() -> None:
    assert total([Money(100, "CNY"), Money(250, "CNY")], "CNY") == Money(350, "CNY")
    assert total([], "CNY") == zero("CNY")
    assert -Money(5, "CNY") * 3 == Money(-15, "CNY")
    assert Money(5, "CNY") - Money(7, "CNY") <= zero("CNY")
