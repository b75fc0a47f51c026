"""Reading somebody's own searches, and what is hot."""

from datetime import datetime
from uuid import UUID

import msgspec

from jishi.discovery.searches import history, hot_words
from jishi.discovery.searches.types import HotWord, HotWords, Searched
from jishi.kernel import hot
from jishi.offering.catalog import queries as catalog

TAG = "hot-words"
SECONDS = 60
CATEGORIES_MAX = 8


def searched(*, owner_id: UUID, now: datetime) -> list[Searched]:
    """Return what a visitor or buyer searched for, the latest first, for 90 days."""
    return history.latest(owner_id, now=now)


def hot_words_answer(*, language: str, now: datetime) -> hot.Answer:
    """Return what many look for as JSON; where too few search, the market's first categories."""
    return hot.answer(
        TAG,
        language,
        now=now,
        seconds=SECONDS,
        make=lambda: msgspec.json.encode(_hot_words(language, now)),
    )


def _hot_words(language: str, now: datetime) -> HotWords:
    found = [HotWord(text=words, kind="query") for words in hot_words.hottest(now=now)]
    if found:
        return HotWords(items=found)
    categories = catalog.category_tree(language=language)[:CATEGORIES_MAX]
    return HotWords(
        items=[HotWord(text=one.name, kind="category", target_id=str(one.id)) for one in categories]
    )
