"""Numbers of goods: what is one, and their one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.gtin import GTIN_LENGTHS, check_digit, gtin_forms, is_gtin, is_gtin_or_none, normal_gtin

gtins = st.builds(
    lambda length, number: (body := f"{number % 10 ** (length - 1):0{length - 1}d}") + str(check_digit(body)),
    st.sampled_from(GTIN_LENGTHS),
    st.integers(min_value=1, max_value=10**6 - 1),
)


@pytest.mark.parametrize(
    "number", ["6901028075763", "4006381333931", "96385074", "036000291452", "10614141543219"]
)
def test_numbers_from_real_packages_are_taken(number: str) -> None:
    assert is_gtin(number)


@pytest.mark.parametrize(
    "text", ["6901028075762", "690102807576", "00000000", "６９０１０２８０７５７６３", "abc", "12"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert not is_gtin_or_none(text)


def test_no_number_is_fine() -> None:
    assert is_gtin_or_none(" ")


@given(gtins)
def test_every_length_of_a_number_has_one_form_and_is_one_itself(number: str) -> None:
    kept = normal_gtin(number)
    assert normal_gtin(kept) == kept
    for form in gtin_forms(kept):
        assert is_gtin(form)
        assert normal_gtin(form) == kept


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    at = place % len(number)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not is_gtin(wrong)


def test_blanks_and_dashes_are_left_out() -> None:
    assert normal_gtin(" 0-36000-29145-2 ") == "036000291452"
    assert normal_gtin("0036000291452") == "036000291452"
