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
    many = ["shoes", "boxes", "watches", "berries", "glass", "bus", "tennis"]
    one = ["shoe", "box", "watch", "berry", "glass", "bus", "tennis"]
    assert [words.singular(word) for word in many] == one
    assert SEGMENTER.index_words("128GB") == ["128gb", "128", "gb"]


def test_pairs_of_neighbours_reach_over_every_cut() -> None:
    assert words.grams("防摔壳x") == ["防", "摔", "壳", "防摔", "摔壳"]
    assert words.pairs("摔壳") == ["摔壳"]
    assert words.pairs("壳") == ["壳"]


@given(st.text(max_size=80))
def test_every_piece_of_a_query_is_found_in_its_own_index(text: str) -> None:
    indexed = set(SEGMENTER.index_words(text)) | set(words.grams(text))
    for piece in SEGMENTER.pieces(text):
        if piece.is_chinese:
            assert set(words.pairs(piece.text)) <= indexed
        else:
            assert words.singular(piece.text) in indexed


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


def test_phrases_are_runs_of_neighbouring_words() -> None:
    assert words.phrases([["无线", "蓝牙", "耳机"]], words_max=2) == [
        "无线",
        "无线蓝牙",
        "蓝牙",
        "蓝牙耳机",
        "耳机",
    ]


def test_text_of_html() -> None:
    assert words.without_tags("<p>好&nbsp;茶</p>").split() == ["好", "茶"]
