"""What is remembered of searches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from jishi.kernel.ids import UserId

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearchWish:
    """A search to keep: `address` is what stands behind the `?` of its page. With `has_alerts` he is told of what is
    new, at most once a day.
    """

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
    address: Annotated[str, Field(min_length=1, max_length=600, pattern=r"^[!-~]+$")]
    has_alerts: StrictBool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search somebody keeps; `new_count` products came on sale since he last opened the list (up to 10,000)."""

    id: UUID
    name: str
    address: str
    has_alerts: bool
    saved_at: datetime
    new_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an alert is about: one's searches that found something new, by name, and how much in all."""

    user_id: UserId
    names: list[str]
    count: int
