"""The searches of one person in Valkey: words by the time of their last use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from jishi.discovery.searches.types import Searched
from jishi.kernel.ids import UserId, VisitorId
from jishi.kernel.recent import Recent

LENGTH_MAX = 20
KEPT = timedelta(days=90)
SEARCHES = Recent(prefix="searched", purpose="searches", length_max=LENGTH_MAX, kept=KEPT)


def remember(owner_id: UUID, words: str, *, now: datetime) -> None:
    """Put words at the head of somebody's history."""
    SEARCHES.remember(owner_id, words.encode(), now=now)


def latest(owner_id: UUID, *, now: datetime) -> list[Searched]:
    """Return what somebody searched for, the latest first."""
    found = SEARCHES.latest(owner_id, limit=LENGTH_MAX, now=now)
    return [Searched(words=words.decode(), searched_at=at) for words, at in found]


def forget(owner_id: UUID, words: Sequence[str] | None = None) -> None:
    """Drop words from somebody's history, all of them when None. Raises: Away, for nothing was dropped."""
    SEARCHES.forget(owner_id, None if words is None else [one.encode() for one in words])


def merge(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring what a visitor searched for into the history of the buyer he turned out to be. Safe to call again."""
    SEARCHES.merge(visitor=visitor, buyer=buyer)
