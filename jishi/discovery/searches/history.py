"""The searches of one person in Valkey: one sorted set per owner, words by the time of their last use.

It can be lost without harm; while Valkey is away nothing is remembered and nothing is shown.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jishi.discovery.searches.types import Searched
from jishi.kernel.cache import Away, reaching
from jishi.kernel.ids import UserId, VisitorId

LENGTH_MAX = 20
KEPT = timedelta(days=90)


def remember(owner_id: UUID, words: str, *, now: datetime) -> None:
    """Put words at the head of somebody's history; the oldest beyond `LENGTH_MAX` fall out."""
    try:
        with reaching("searches") as server, server.pipeline() as pipe:
            pipe.zadd(_key(owner_id), {words.encode(): _milliseconds(now)})
            pipe.zremrangebyrank(_key(owner_id), 0, -LENGTH_MAX - 1)
            pipe.expire(_key(owner_id), KEPT)
            pipe.execute()
    except Away:
        return


def latest(owner_id: UUID, *, now: datetime) -> list[Searched]:
    """Return what somebody searched for, the latest first."""
    try:
        with reaching("searches") as server:
            found = server.zrevrangebyscore(
                _key(owner_id), "+inf", _milliseconds(now - KEPT), start=0, num=LENGTH_MAX, withscores=True
            )
    except Away:
        return []
    return [
        Searched(words=words.decode(), searched_at=datetime.fromtimestamp(at / 1000, UTC))
        for words, at in found
    ]


def forget(owner_id: UUID, words: Sequence[str] | None = None) -> None:
    """Drop words from somebody's history, all of them when None. Raises: Away, for nothing was dropped."""
    with reaching("searches") as server:
        if words is None:
            server.unlink(_key(owner_id))
        elif words:
            server.zrem(_key(owner_id), *[one.encode() for one in words])


def merge(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring what a visitor searched for into the history of the buyer he turned out to be. Safe to call again."""
    try:
        with reaching("searches") as server:
            searched = server.zrange(_key(visitor), 0, -1, withscores=True)
            if not searched:
                return
            with server.pipeline() as pipe:
                pipe.zadd(_key(buyer), dict(searched), gt=True)
                pipe.zremrangebyrank(_key(buyer), 0, -LENGTH_MAX - 1)
                pipe.expire(_key(buyer), KEPT)
                pipe.unlink(_key(visitor))
                pipe.execute()
    except Away:
        return


def _key(owner_id: UUID) -> str:
    return f"searched:{owner_id}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
