"""Texts of the back office in the language of whoever looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.utils.functional import lazystr
from django.utils.translation import get_language

from jishi.kernel.words import Text


class _Both:
    """A text that decides its language when it is printed."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Text(zh=zh, en=en)

    def __str__(self) -> str:
        return self.text.of(language())


def language() -> str:
    """Return `zh` or `en`, as the present request is answered."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def both(zh: str, en: str) -> str:
    """Return a lazy text in two languages, for headings and buttons."""
    return cast(str, lazystr(_Both(zh, en)))


@dataclass(frozen=True, slots=True)
class Word:
    """What people read for a stored value; `colour` is one of Unfold's, empty for a plain label."""

    zh: str
    en: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one column's values, in the order that people expect them in."""

    title: str
    words: Mapping[str, Word]

    def name(self, value: str | None) -> str:
        """Return a value as people read it; an unknown one as it is stored."""
        word = self.words.get(value or "")
        return Text(word.zh, word.en).of(language()) if word else (value or "–")

    def colour(self, value: str | None) -> str:
        """Return the colour of a value's label."""
        word = self.words.get(value or "")
        return word.colour if word else ""

    @property
    def colours(self) -> dict[str, str]:
        """Every value's colour, as Unfold's `@display(label=…)` wants it."""
        return {value: word.colour for value, word in self.words.items()}
