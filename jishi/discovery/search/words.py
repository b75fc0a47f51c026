"""From text to the terms of the index, and from a query to the same terms: pure, but for its dictionary.

Chinese is cut into words by jieba with the market's own names added; beside the words, pairs of neighbouring
characters are kept, so that what the dictionary does not know is found all the same. Latin words lose their
plural.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import opencc
import rjieba

WORD_MAX = 40
TERMS_MAX = 24
PINYIN_WORDS_JOINED = 3
_RUN = re.compile(r"[㐀-鿿]+|[a-z0-9]+(?:[.+#-][a-z0-9]+)*")
_CHINESE = re.compile(r"[㐀-鿿]")
_NUMBER_UNIT = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")
_TAG = re.compile(r"<[^>]*>|&[a-z]+;|&#\d+;")
# Words of shopping that the general dictionary cuts apart.
_SHOP_WORDS = (
    "手机壳", "钢化膜", "充电宝", "数据线", "快充", "防摔", "降噪", "空气炸锅", "扫地机器人", "电饭煲",
    "养生壶", "破壁机", "保温杯", "马克杯", "手冲壶", "帆布鞋", "运动鞋", "跑步鞋", "冲锋衣", "羽绒服",
    "连衣裙", "瑜伽垫", "筋膜枪", "登山杖", "露营", "天幕", "猫砂", "猫粮", "狗粮", "猫抓板", "牵引绳",
    "面膜", "防晒霜", "口红", "眼影", "护手霜", "洗面奶", "香薰", "蓝牙", "真无线", "机械键盘",
    "显示器", "投影仪", "电竞", "学习机", "绘本", "拼图", "积木", "毛绒", "盲盒", "手办", "乌龙茶",
    "普洱茶", "白茶", "坚果", "牛肉干", "挂耳咖啡", "咖啡豆", "橄榄油", "大米", "车载", "行车记录仪",
    "人体工学椅", "升降桌", "乳胶枕", "四件套", "台灯", "落地灯", "加湿器", "收纳盒", "双肩包",
    "斜挎包", "拉杆箱", "旅行箱",
)  # fmt: skip

NAME_MAX = 60  # characters of what is called a name: longer texts hardly come twice
NAMES_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a query: Chinese characters, or a Latin word or number."""

    text: str
    is_chinese: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segmenter:
    """A dictionary to cut with; `names` are what the market calls its brands and categories."""

    names: tuple[str, ...] = ()
    _jieba: Any = field(default=None, repr=False, compare=False)
    # Names of categories, makers, shops and values stand on many products: each is cut once.
    _cut: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def index_words(self, text: str) -> list[str]:
        """Return the words of `text` for the index: whole words, and the shorter ones inside them."""
        if len(text) > NAME_MAX:
            return list(self._words(plain(text), self._jieba.cut_for_search))
        known = self._cut.get(text)
        if known is None:
            if len(self._cut) >= NAMES_MAX:
                self._cut.clear()
            known = self._cut[text] = list(self._words(plain(text), self._jieba.cut_for_search))
        return known

    def pieces(self, query: str) -> list[Piece]:
        """Return the stretches of a query in order, each with the words that must be found; at most
        TERMS_MAX.
        """
        found = []
        for run in _RUN.findall(plain(query)[: WORD_MAX * 4]):
            is_chinese = bool(_CHINESE.match(run))
            cut = self._jieba.cut(run) if is_chinese else [singular(run)]
            found.append(Piece(run, is_chinese, tuple(cut)))
        return found[:TERMS_MAX]

    def chinese_words(self, text: str) -> list[list[str]]:
        """Return the words of each Chinese stretch of `text`."""
        return [self._jieba.cut(run) for run in _RUN.findall(plain(text)) if _CHINESE.match(run)]

    def _words(self, text: str, cut: Any) -> Iterable[str]:
        for run in _RUN.findall(text):
            if _CHINESE.match(run):
                yield from cut(run)
            else:
                yield from _latin_forms(run)


def segmenter(names: Iterable[str]) -> Segmenter:
    """Return a segmenter that keeps `names` whole."""
    jieba = rjieba.Jieba()
    kept = tuple(sorted({plain(name) for name in names if len(name) > 1}))
    for name in (*_SHOP_WORDS, *kept):
        if _CHINESE.match(name):
            jieba.add_word(name, 100_000, "n")
    return Segmenter(kept, jieba)


@lru_cache(maxsize=1)
def _to_simplified() -> Any:
    return opencc.OpenCC("t2s")


def plain(text: str) -> str:
    """Return `text` in one form: compatibility characters folded, lower case, simplified characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return str(_to_simplified().convert(folded)) if _CHINESE.search(folded) else folded


def without_tags(html: str) -> str:
    """Return the text of sanitised HTML."""
    return _TAG.sub(" ", html)


def singular(word: str) -> str:
    """Return an English word without its plural; the same rule for index and query, so it need not be
    perfect.
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _latin_forms(run: str) -> Iterable[str]:
    """Return a word without its plural, and the number and unit apart: 128gb → 128gb, 128, gb."""
    yield singular(run)
    split = _NUMBER_UNIT.fullmatch(run)
    if split:
        yield from split.groups()
    for part in re.split(r"[.+#-]", run):
        if part and part != run and not split:
            yield singular(part)


def grams(text: str) -> list[str]:
    """Return the single characters and the pairs of neighbours of each Chinese stretch."""
    found = []
    for run in _RUN.findall(plain(text)):
        if _CHINESE.match(run):
            found += [*run, *(first + second for first, second in pairwise(run))]
    return found


def pairs(run: str) -> list[str]:
    """Return what must stand in `grams` for a Chinese stretch to be there: its pairs, or its one character."""
    return [first + second for first, second in pairwise(run)] or [run]


def phrases(words: Sequence[Sequence[str]], *, words_max: int = PINYIN_WORDS_JOINED) -> list[str]:
    """Return every run of up to `words_max` neighbouring words of each stretch, of two characters at least."""
    found: dict[str, None] = {}
    for stretch in words:
        for start in range(len(stretch)):
            for end in range(start + 1, min(start + words_max, len(stretch)) + 1):
                phrase = "".join(stretch[start:end])
                if 2 <= len(phrase) <= 10:
                    found[phrase] = None
    return list(found)


@lru_cache(maxsize=200_000)
def pinyin(phrase: str) -> tuple[str, str]:
    """Return a Chinese phrase in pinyin without tones, whole and by initials: 蓝牙 → lanya, ly. Indexer only:
    the dictionary behind it takes 60 MB.
    """
    from pypinyin import lazy_pinyin

    syllables = [one for one in lazy_pinyin(phrase, errors="ignore") if one]
    return "".join(syllables), "".join(one[0] for one in syllables)


def is_chinese(text: str) -> bool:
    """Say whether there is any Chinese in `text`."""
    return bool(_CHINESE.search(text))


def chinese_runs(text: str) -> list[str]:
    """Return the Chinese stretches of `text`, simplified."""
    return [run for run in _RUN.findall(plain(text)) if _CHINESE.match(run)]


def sounds() -> dict[str, str]:
    """Return the pinyin of each common character (GB 2312), without tones. Indexer only."""
    from pypinyin import lazy_pinyin

    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = [code.decode("gb2312", errors="ignore") for code in codes]
    return {one: lazy_pinyin(one)[0] for one in characters if one}
