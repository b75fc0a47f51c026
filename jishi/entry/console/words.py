"""Texts of the back office in the language of whoever looks."""

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
    return lazystr(_Both(zh, en))
