"""Finding forbidden words in what merchants write: pure.

Both sides are made alike first: full width becomes half width, capitals small, traditional characters simplified,
and everything that is neither letter nor digit is left out, so that 加 微·信 is found as 加微信. A word of Latin
letters counts only between its own borders: `ass` is found in `bad ass` and in `a.s.s`, not in `class`.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import opencc

WORD_MAX = 40
_END = ""  # the key in a node of the tree under which a whole word stands


@dataclass(frozen=True, slots=True)
class Readable:
    """The letters and digits of a text, made alike; `starts[i]` says whether a Latin word may begin at i."""

    letters: str
    starts: list[bool]


def readable(text: str) -> Readable:
    """Return a text as words are looked for in it."""
    alike = _simplified().convert(unicodedata.normalize("NFKC", text).casefold())
    letters: list[str] = []
    starts: list[bool] = []
    before = " "
    for one in alike:
        if one.isalnum():
            letters.append(one)
            starts.append(not (_is_latin(one) and _is_latin(before)))
        if not _is_invisible(one):
            before = one
    return Readable("".join(letters), [*starts, True])


@cache
def _simplified() -> Any:
    return opencc.OpenCC("t2s")


def _is_latin(one: str) -> bool:
    return one.isascii() and one.isalnum()


def _is_invisible(one: str) -> bool:
    return unicodedata.category(one) in {"Cf", "Mn"}


@lru_cache(maxsize=4)
def tree_of(words: frozenset[str]) -> dict[str, Any]:
    """Return words as a tree by letter: looking at a place costs the letters that go on, not the words there are."""
    tree: dict[str, Any] = {}
    for word in sorted(words):
        node = tree
        for letter in readable(word).letters:
            node = node.setdefault(letter, {})
        if node is not tree:
            node[_END] = word
    return tree


def words_in(text: str, words: Iterable[str]) -> list[str]:
    """Return which of the words stand in a text, each once, in the order they stand in."""
    tree = tree_of(frozenset(words))
    if not tree:
        return []
    seen = readable(text)
    return list(dict.fromkeys(word for at in range(len(seen.letters)) for word in _at(seen, at, tree)))


def _at(seen: Readable, at: int, tree: dict[str, Any]) -> Iterator[str]:
    node, place = tree, at
    while node := node.get(seen.letters[place], {}) if place < len(seen.letters) else {}:
        place += 1
        if _END in node and seen.starts[at] and seen.starts[place]:
            yield node[_END]
