"""What is remembered of searches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

WORDS_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """Words somebody searched for, and when he did so last."""

    words: str
    searched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchNote:
    """A search that somebody sent off."""

    words: Annotated[str, Field(min_length=1, max_length=WORDS_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWord:
    """What many look for; `kind` is `query`, or `category` where too few search: then `target_id` leads to it."""

    text: str
    kind: str
    target_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWords:
    items: list[HotWord]
