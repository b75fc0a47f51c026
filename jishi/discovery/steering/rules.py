"""What a rule of search may be: pure."""

import re
from collections.abc import Iterable
from datetime import datetime

from jishi.discovery.steering.types import (
    Block,
    Boost,
    Redirect,
    RuleKind,
    Rules,
    RuleWish,
    Synonym,
)
from jishi.kernel.errors import Invalid

WORDS_MAX, WORD_LENGTH_MAX = 20, 40
FACTOR_MIN, FACTOR_MAX = 10, 1_000  # percent
PATH_LENGTH_MAX = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Pages of the storefront: nothing else is an address inside the market. No scheme, no host, no dots, no escapes.
_PATH = re.compile(r"/(?:c|p|store|s|help|terms|privacy)(?:/[A-Za-z0-9-]+)?(?:\?[\w\-=&%+.:,]*)?", re.ASCII)
_SAYS = {
    RuleKind.SYNONYM: (),
    RuleKind.BOOST: ("target", "factor_percent"),
    RuleKind.REDIRECT: ("path",),
    RuleKind.BLOCK: (),
}
_MAY_SAY = {
    RuleKind.SYNONYM: ("means",),
    RuleKind.BOOST: ("target", "factor_percent"),
    RuleKind.REDIRECT: ("path",),
    RuleKind.BLOCK: ("target",),
}


def checked(wish: RuleWish) -> RuleWish:
    """Return a rule as it may be kept, its words tidied. Raises: Invalid, naming the field."""
    tidy = RuleWish(
        kind=wish.kind,
        words=_tidy(wish.words),
        means=_tidy(wish.means),
        target=wish.target,
        factor_percent=wish.factor_percent,
        path=wish.path.strip(),
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
    )
    for name in ("means", "target", "factor_percent", "path"):
        if getattr(tidy, name) and name not in _MAY_SAY[tidy.kind]:
            raise Invalid(field=name)
    for name in _SAYS[tidy.kind]:
        if not getattr(tidy, name):
            raise Invalid(field=name)
    _check_words(tidy)
    if tidy.factor_percent is not None and not FACTOR_MIN <= tidy.factor_percent <= FACTOR_MAX:
        raise Invalid(field="factor_percent")
    if tidy.path and not is_inside(tidy.path):
        raise Invalid(field="path")
    if tidy.starts_at and tidy.ends_at and tidy.ends_at <= tidy.starts_at:
        raise Invalid(field="ends_at")
    return tidy


def is_inside(path: str) -> bool:
    """Say whether an address is a page of the storefront, on whatever host the market runs."""
    return len(path) <= PATH_LENGTH_MAX and _PATH.fullmatch(path) is not None


def effective(number: int, wishes: Iterable[RuleWish], now: datetime) -> Rules:
    """Return the rules that hold at an instant, each kind in its order."""
    holding = [wish for wish in wishes if holds(wish, now)]
    return Rules(
        number=number,
        synonyms=[
            Synonym(words=wish.words, means=wish.means or wish.words)
            for wish in holding
            if wish.kind == RuleKind.SYNONYM
        ],
        boosts=[
            Boost(words=wish.words, target=wish.target, factor=wish.factor_percent / 100)
            for wish in holding
            if wish.kind == RuleKind.BOOST and wish.target and wish.factor_percent
        ],
        redirects=[
            Redirect(words=wish.words, path=wish.path) for wish in holding if wish.kind == RuleKind.REDIRECT
        ],
        blocks=[
            Block(words=wish.words, target=wish.target) for wish in holding if wish.kind == RuleKind.BLOCK
        ],
    )


def holds(wish: RuleWish, now: datetime) -> bool:
    """Say whether a rule holds at an instant."""
    return (wish.starts_at is None or wish.starts_at <= now) and (wish.ends_at is None or now < wish.ends_at)


def _tidy(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (" ".join(word.split()) for word in words))))


def _check_words(wish: RuleWish) -> None:
    for name, words in (("words", wish.words), ("means", wish.means)):
        if len(words) > WORDS_MAX or any(
            len(word) > WORD_LENGTH_MAX or _CONTROL.search(word) for word in words
        ):
            raise Invalid(field=name)
    least = 2 if wish.kind == RuleKind.SYNONYM and not wish.means else 1
    if len(wish.words) < least:
        raise Invalid(field="words")
