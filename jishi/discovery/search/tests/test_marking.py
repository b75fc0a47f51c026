"""Which parts of a title were asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.search import marking, words

SEGMENTER = words.segmenter(["声阔"])
SOUNDS = words.sounds()


def marked(title: str, *typed: str) -> list[str]:
    return marking.parts(title, marking.sought(SEGMENTER, typed), SOUNDS)[1::2]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("蓝牙耳机", ["蓝牙耳机"]),
        ("藍牙", ["蓝牙"]),  # typed in traditional characters
        ("耳机 声阔", ["声阔", "耳机"]),
        ("lanya", ["蓝牙"]),
        ("lan ya er ji", ["蓝牙耳机"]),
        ("lyej", ["蓝牙耳机"]),
        ("PRO", ["Pro"]),
        ("q30", ["Q30"]),
        ("火箭", []),
        ("", []),
    ],
)
def test_what_was_asked_for_is_marked(typed: str, expected: list[str]) -> None:
    assert marked("声阔无线蓝牙耳机 Pro Q30", typed) == expected


def test_a_title_in_traditional_characters_is_marked_as_it_is_written() -> None:
    assert marked("無線藍牙耳機", "蓝牙耳机") == ["藍牙耳機"]


@pytest.mark.parametrize("typed", ["headphone", "headphnes", "haedphones", "head", "HEADPHONES"])
def test_misspelt_begun_and_plural_words_are_marked(typed: str) -> None:
    assert marked("Wireless Headphones", typed) == ["Headphones"]


def test_the_better_spelling_is_marked_too() -> None:
    assert marked("手冲咖啡壶", "手冲咖啡湖", "手冲咖啡壶") == ["手冲咖啡壶"]


def test_a_number_with_its_unit() -> None:
    assert marked("手机 128GB 黑", "128gb") == ["128GB"]
    assert marked("手机 128 GB", "128gb") == ["128", "GB"]


def test_characters_that_become_several_do_not_shift_the_marks() -> None:
    assert marked("㎖ 蓝牙耳机", "蓝牙") == ["蓝牙"]
    assert marked("🎧蓝牙", "蓝牙") == ["蓝牙"]


@given(st.text(max_size=60), st.text(max_size=30))
def test_the_parts_are_the_title(title: str, typed: str) -> None:
    found = marking.parts(title, marking.sought(SEGMENTER, [typed]), SOUNDS)
    assert "".join(found) == title
    assert all(found[1:-1])


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_near_is_the_same_both_ways(one: str, other: str) -> None:
    assert marking.is_near(one, one, 0)
    assert marking.is_near(one, other, 2) == marking.is_near(other, one, 2)
    assert marking.is_near(one, other, 0) == (one == other)
