"""Amounts on the wire: exact both ways, and the same on both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.money.payments.channels.amounts import fee_minor_of, minor_of, yuan_of
from simulators.amounts import minor_from_yuan, yuan_from_minor

minors = st.integers(min_value=0, max_value=10**12)


@given(minors)
def test_yuan_and_minor_units_are_two_names_of_one_amount(amount_minor: int) -> None:
    assert minor_of(yuan_of(amount_minor)) == amount_minor
    assert minor_of(yuan_of(-amount_minor)) == -amount_minor


@given(minors.filter(bool))
def test_both_sides_of_the_wire_write_amounts_alike(amount_minor: int) -> None:
    assert yuan_of(amount_minor) == yuan_from_minor(amount_minor)
    assert minor_from_yuan(yuan_of(amount_minor)) == amount_minor


@given(st.text(alphabet="0123456789.-+eE, ¥", max_size=12))
def test_what_is_read_is_written_back_or_refused(text: str) -> None:
    try:
        amount_minor = minor_of(text)
    except ValueError:
        return
    assert float(yuan_of(amount_minor)) == pytest.approx(float(text))


@pytest.mark.parametrize(
    "text", ["", "1.234", "1e3", "1,000.00", " 1.00", "1.00\n", "+1", ".5", "1.", "NaN", "-", "¥1", "１.00"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        minor_of(text)


@pytest.mark.parametrize(
    ("text", "fee_minor"), [("0.30000", 30), ("0.00500", 1), ("0.00499", 0), ("-0.45", -45), ("", 0)]
)
def test_fees_are_rounded_half_up(text: str, fee_minor: int) -> None:
    assert fee_minor_of(text) == fee_minor


def test_a_fee_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a fee"):
        fee_minor_of("free")
