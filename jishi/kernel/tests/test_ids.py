"""Numbers that people read aloud and type."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import luhn_digit, new_id, order_number

DAY = date(2026, 11, 23)
sequences = st.integers(min_value=0, max_value=10**12)


def passes_luhn(number: str) -> bool:
    return luhn_digit(number[:-1]) == int(number[-1])


@given(sequences)
def test_an_order_number_has_fifteen_digits_led_by_its_day_and_a_valid_check_digit(sequence: int) -> None:
    number = order_number(sequence, DAY)
    assert len(number) == 15
    assert number.isdigit()
    assert number.startswith("261123")
    assert passes_luhn(number)


@given(sequences, st.integers(min_value=1, max_value=10**8 - 1))
def test_two_orders_of_a_day_never_share_a_number(sequence: int, distance: int) -> None:
    assert order_number(sequence, DAY) != order_number(sequence + distance, DAY)


@given(sequences, st.integers(min_value=0, max_value=14), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(sequence: int, position: int, change: int) -> None:
    number = order_number(sequence, DAY)
    wrong = str((int(number[position]) + change) % 10)
    assert not passes_luhn(number[:position] + wrong + number[position + 1 :])


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert luhn_digit("7992739871") == 3


def test_ids_are_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}
