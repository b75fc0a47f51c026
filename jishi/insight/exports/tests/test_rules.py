"""Cells that spreadsheets show as they are."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.insight.exports.rules import lines_of, text_of
from jishi.kernel.money import Money
from jishi.kernel.spreadsheet import spoken

# No surrogates: they are no characters and stand in no database.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_is_a_formula(lead: str) -> None:
    assert text_of(f"{lead}cmd|'/C calc'!A0") == f"'{lead}cmd|'/C calc'!A0"


@given(st.from_regex(r"\A'{0,3}[=+@\t-]?[a-z']*\Z") | TEXT)
def test_what_is_no_formula_is_left_alone_and_what_is_keeps_its_words(text: str) -> None:
    assert text_of(text) in (text, f"'{text}") and spoken(text_of(text)) == text
    assert not text_of(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5))
def test_a_file_reads_as_it_was_written(rows: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(lines_of(rows).decode(), newline="")))
    assert read == [[text_of(cell) for cell in row] for row in rows]


def test_figures_stay_figures() -> None:
    assert [text_of(Money(minor, "CNY")) for minor in (0, 5, 12_345, -7, -12_300)] == [
        "0.00", "0.05", "123.45", "-0.07", "-123.00",
    ]  # fmt: skip
    assert text_of(-3) == "-3"
    assert text_of(None) == ""


def test_instants_are_chinas_and_dates_are_dates() -> None:
    assert text_of(datetime(2026, 11, 24, 18, 30, tzinfo=UTC)) == "2026-11-25 02:30:00"
    assert text_of(date(2026, 11, 24)) == "2026-11-24"
