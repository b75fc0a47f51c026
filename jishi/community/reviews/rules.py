"""How figures and names of reviews are made."""

from collections.abc import Sequence

from jishi.kernel.words import Text
from jishi.offering.catalog.types import Rating

ANONYMOUS = Text(zh="匿名买家", en="Anonymous buyer")


def rating_of(by_stars: Sequence[int]) -> Rating | None:
    """Return the average in hundredths of a star, half rounded up, or None without a review."""
    count = sum(by_stars)
    if not count:
        return None
    stars = sum(worth * number for worth, number in enumerate(by_stars, start=1))
    return Rating(average_hundredths=(200 * stars + count) // (2 * count), count=count)


def shown_author(nickname: str, *, is_anonymous: bool, language: str) -> str:
    """Return a name that friends recognise and strangers do not: first and last character only."""
    if is_anonymous or not nickname:
        return ANONYMOUS.of(language)
    return f"{nickname[0]}**{nickname[-1]}" if len(nickname) > 1 else f"{nickname}**"
