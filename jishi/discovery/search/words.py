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
from typing import Any, NamedTuple, TypeVar

import opencc
import rjieba

WORD_MAX = 40
TERMS_MAX = 24
PINYIN_WORDS_JOINED = 3
PHRASE_LENGTH_MIN, PHRASE_LENGTH_MAX = 2, 10
_RUN = re.compile(r"[㐀-鿿]+|[a-z0-9]+(?:[.+#-][a-z0-9]+)*")
_CHINESE = re.compile(r"[㐀-鿿]")
_STRETCH = re.compile(r"[㐀-鿿]+")
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

# Words that say nothing of goods: 睡觉戴的耳机, shoes for the beach.
_SILENT = frozenset(("的", "了", "和", "与", "在", "是", "and", "for", "in", "of", "on", "the", "to", "with"))
_COLOURS = frozenset("黑白灰银金红橙黄绿青蓝紫粉棕")
_COLOUR_NAME_MAX = 3  # characters: 曜石黑; in longer stretches the last one often belongs to something else

RUNS_KEPT = 200_000  # of what is cut often, such as makers, materials and measures
STRETCHES_KEPT = 50_000
RUN_KEPT_LENGTH = 12  # characters: longer stretches hardly come twice
Kept = TypeVar("Kept")
_BETWEEN = "\x1f"  # stands between texts that are brought into one form together; no text has it


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a query: Chinese characters, or a Latin word or number."""

    text: str
    is_chinese: bool
    words: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """What is looked for in its place when the whole is not there: 128gb is 128 and gb."""
        return self.words if self.is_chinese or len(self.words) > 1 else (self.text,)


class Phrase(NamedTuple):
    """Some neighbouring Chinese words, and how they sound: in pinyin without tones, and by its initials."""

    text: str
    pinyin: str
    initials: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A Chinese stretch of a name: its phrases, how they sound, and its characters and pairs of neighbours."""

    phrases: tuple[str, ...]
    pinyin: frozenset[str]
    initials: frozenset[str]
    grams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segmenter:
    """A dictionary to cut with; `names` are what the market calls its brands and categories."""

    names: tuple[str, ...] = ()
    _jieba: Any = field(default=None, repr=False, compare=False)
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _stretches: dict[str, Stretch] = field(default_factory=dict, repr=False, compare=False)

    def index_words(self, text: str) -> list[str]:
        """Return the words of `text` for the index: whole words, and the shorter ones inside them."""
        return self.words_of_plain(plain(text))

    def words_of_plain(self, text: str) -> list[str]:
        """Return the words of a text that is in its one form already."""
        known = self._known
        return [word for run in _RUN.findall(text) for word in (known.get(run) or self._cut_run(run))]

    def pieces(self, query: str) -> list[Piece]:
        """Return the stretches of a query in order, each with the words that must be found; at most
        TERMS_MAX. Words that say nothing of goods are left out, unless there are no others.
        """
        every = [self._piece(run) for run in _RUN.findall(plain(query)[: WORD_MAX * 4])]
        telling = [
            Piece(one.text, one.is_chinese, words)
            for one in every
            if (words := tuple(word for word in one.words if word not in _SILENT))
        ]
        return (telling or every)[:TERMS_MAX]

    def _piece(self, run: str) -> Piece:
        if _CHINESE.match(run):
            return Piece(run, True, tuple(self._jieba.cut(run)))
        split = _NUMBER_UNIT.fullmatch(run)
        return Piece(run, False, split.groups() if split else (singular(run),))

    def stretches(self, text: str) -> list[Stretch]:
        """Return the Chinese stretches of a text in its one form; most names are made of a few. Indexer only."""
        known = self._stretches
        return [known.get(run) or self._stretch(run) for run in chinese_runs(text)]

    def _stretch(self, run: str) -> Stretch:
        found = phrases(self._jieba.cut(run))
        inside = [pinyin(word) for word in self._jieba.cut_for_search(run) if len(word) >= PHRASE_LENGTH_MIN]
        made = Stretch(
            phrases=tuple(one.text for one in found),
            pinyin=frozenset((*(one.pinyin for one in found), *(whole for whole, _ in inside))),
            initials=frozenset((*(one.initials for one in found), *(short for _, short in inside))),
            grams=tuple(grams(run)),
        )
        _keep(self._stretches, run, made, STRETCHES_KEPT)
        return made

    def _cut_run(self, run: str) -> tuple[str, ...]:
        cut = tuple(self._jieba.cut_for_search(run) if _CHINESE.match(run) else latin_forms(run))
        _keep(self._known, run, cut, RUNS_KEPT)
        return cut


def _keep(known: dict[str, Kept], run: str, made: Kept, most: int) -> None:
    if len(run) <= RUN_KEPT_LENGTH:
        if len(known) >= most:
            known.clear()
        known[run] = made


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


def plain_all(texts: Iterable[str]) -> dict[str, str]:
    """Return each text with its one form: many at once, for that costs hardly more than one."""
    wanted = list(dict.fromkeys(texts))
    whole = plain(_BETWEEN.join(text.replace(_BETWEEN, " ") for text in wanted))
    return dict(zip(wanted, whole.split(_BETWEEN), strict=True)) if wanted else {}


def colours(text: str) -> list[str]:
    """Return the plain names of the colours that a name in its one form gives its own words: 曜石黑 → 黑色."""
    return [
        f"{run[-1]}色" for run in chinese_runs(text) if len(run) <= _COLOUR_NAME_MAX and run[-1] in _COLOURS
    ]


def without_tags(html: str) -> str:
    """Return the text of sanitised HTML."""
    return _TAG.sub(" ", html)


def singular(word: str) -> str:
    """Return an English word without its plural; the same rule for index and query, so it need not be
    perfect.
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes", "toes", "goes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def latin_forms(run: str) -> Iterable[str]:
    """Return a word without its plural, and the number and unit apart: 128gb → 128gb, 128, gb."""
    yield singular(run)
    split = _NUMBER_UNIT.fullmatch(run)
    if split:
        yield from split.groups()
    for part in re.split(r"[.+#-]", run):
        if part and part != run and not split:
            yield singular(part)


def grams(text: str) -> list[str]:
    """Return the single characters and the pairs of neighbours of each Chinese stretch of a text in its one
    form.
    """
    return [
        gram
        for run in chinese_runs(text)
        for gram in (*run, *(first + second for first, second in pairwise(run)))
    ]


def terms(word: str) -> list[str]:
    """Return what must all be in a product for `word` to be met: a Chinese word of three characters or more by
    its pairs, so that it is met too where the dictionary cut the product's text otherwise.
    """
    if len(word) < 3 or not _CHINESE.match(word):
        return [word]
    return pairs(word)


def pairs(run: str) -> list[str]:
    """Return the pairs of neighbours of a Chinese stretch, or its one character."""
    return [first + second for first, second in pairwise(run)] or [run]


def phrases(stretch: Sequence[str]) -> tuple[Phrase, ...]:
    """Return every run of up to PINYIN_WORDS_JOINED neighbouring words, of two characters at least. Its sound is
    that of its words: each is looked up once for all the phrases that it is in. Indexer only.
    """
    found = []
    for start in range(len(stretch)):
        text, whole, initials = "", "", ""
        for word in stretch[start : start + PINYIN_WORDS_JOINED]:
            sounds = pinyin(word)
            text, whole, initials = text + word, whole + sounds[0], initials + sounds[1]
            if PHRASE_LENGTH_MIN <= len(text) <= PHRASE_LENGTH_MAX:
                found.append(Phrase(text, whole, initials))
    return tuple(found)


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


def runs(text: str) -> list[str]:
    """Return the Chinese stretches, Latin words and numbers of a text in its one form, in order."""
    return _RUN.findall(text)


def placed_runs(text: str) -> list[tuple[int, str]]:
    """Return the runs of a text in its one form, each with the place where it begins."""
    return [(found.start(), found.group()) for found in _RUN.finditer(text)]


def chinese_runs(text: str) -> list[str]:
    """Return the Chinese stretches of a text in its one form."""
    return _STRETCH.findall(text)


def sounds() -> dict[str, str]:
    """Return the pinyin of each common character (GB 2312), without tones. Indexer only."""
    from pypinyin import lazy_pinyin

    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    characters = [code.decode("gb2312", errors="ignore") for code in codes]
    return {one: lazy_pinyin(one)[0] for one in characters if one}
