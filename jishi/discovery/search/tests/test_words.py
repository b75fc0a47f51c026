"""Cutting text into terms: the same way for the index and for a query."""

from hypothesis import given
from hypothesis import strategies as st

from jishi.discovery.search import suggesting, words

SEGMENTER = words.segmenter(["声阔", "暖屋家居"])


def test_keeps_the_names_of_the_market_whole() -> None:
    assert "声阔" in SEGMENTER.index_words("声阔无线耳机")
    assert "防摔" in SEGMENTER.index_words("手机防摔壳")


def test_one_form_for_what_is_written_in_several() -> None:
    assert words.plain("ＡＢＣ１２３") == "abc123"
    assert words.plain("無線藍牙耳機") == "无线蓝牙耳机"
    assert SEGMENTER.index_words("Wireless HEADPHONES") == ["wireless", "headphone"]


def test_plurals_and_units() -> None:
    many = ["shoes", "boxes", "watches", "berries", "tomatoes", "mangoes", "glass", "bus", "tennis"]
    one = ["shoe", "box", "watch", "berry", "tomato", "mango", "glass", "bus", "tennis"]
    assert [words.singular(word) for word in many] == one
    assert SEGMENTER.index_words("128GB") == ["128gb", "128", "gb"]
    assert [piece.words for piece in SEGMENTER.pieces("128GB")] == [("128", "gb")]


def test_a_query_does_not_ask_for_words_that_say_nothing() -> None:
    assert [piece.words for piece in SEGMENTER.pieces("防摔的手机壳 for the phones")] == [
        ("防摔", "手机壳"),
        ("phone",),
    ]
    assert [piece.words for piece in SEGMENTER.pieces("的")] == [("的",)]


def test_a_fanciful_colour_has_a_plain_name() -> None:
    assert words.colours("曜石黑") == ["黑色"]
    assert words.colours("声阔 手机壳 冰川蓝") == ["蓝色"]
    assert words.colours("丝绒口红 青轴") == []


def test_pairs_of_neighbours_reach_over_every_cut() -> None:
    assert words.grams("防摔壳x") == ["防", "摔", "壳", "防摔", "摔壳"]
    assert words.pairs("摔壳") == ["摔壳"]
    assert words.pairs("壳") == ["壳"]


def test_a_long_word_is_met_by_its_pairs() -> None:
    assert words.terms("防摔壳") == ["防摔", "摔壳"]
    assert words.terms("防摔") == ["防摔"]
    assert words.terms("headphone") == ["headphone"]


@given(st.text(max_size=80))
def test_every_piece_of_a_query_is_met_in_its_own_text(text: str) -> None:
    written = (*SEGMENTER.index_words(text), *words.grams(words.plain(text)))
    met = {term for word in written for term in words.terms(word)}
    for piece in SEGMENTER.pieces(text):
        assert {term for word in piece.words for term in words.terms(word)} <= met


@given(st.lists(st.text(max_size=40)))
def test_many_texts_at_once_take_the_form_that_each_takes_alone(texts: list[str]) -> None:
    alone = {text: words.plain(text.replace("\x1f", " ")) for text in texts}
    assert words.plain_all(texts) == alone


@given(st.text(max_size=400))
def test_a_query_is_never_longer_than_its_limit(text: str) -> None:
    assert len(SEGMENTER.pieces(text)) <= words.TERMS_MAX


def test_pinyin_whole_and_by_initials() -> None:
    assert words.pinyin("蓝牙耳机") == ("lanyaerji", "lyej")
    assert words.pinyin("银行") == ("yinhang", "yh")
    assert words.sounds()["茶"] == "cha"


def test_spellings_of_a_suggestion() -> None:
    assert suggesting.spellings("蓝牙") == ["蓝牙", "lanya", "ly"]
    assert suggesting.spellings("Gift box") == ["giftbox"]
    assert list(suggesting.prefixes("茶叶")) == ["茶", "茶叶"]


def test_phrases_are_runs_of_neighbouring_words_spelled_word_by_word() -> None:
    assert words.phrases(("无线", "蓝牙", "耳机", "壳")) == (
        ("无线", "wuxian", "wx"),
        ("无线蓝牙", "wuxianlanya", "wxly"),
        ("无线蓝牙耳机", "wuxianlanyaerji", "wxlyej"),
        ("蓝牙", "lanya", "ly"),
        ("蓝牙耳机", "lanyaerji", "lyej"),
        ("蓝牙耳机壳", "lanyaerjike", "lyejk"),
        ("耳机", "erji", "ej"),
        ("耳机壳", "erjike", "ejk"),
    )
    assert [one.phrases for one in SEGMENTER.stretches("声阔 a 耳机")] == [("声阔",), ("耳机",)]


def test_text_of_html() -> None:
    assert words.without_tags("<p>好&nbsp;茶</p>").split() == ["好", "茶"]
