"""What somebody did last, in Valkey: one sorted set per person, kind and product by the latest time.

It can be lost without harm: then recommendations know the moment less well. The table is the truth.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jishi.discovery.behaviour.types import BehaviourEvent, BehaviourKind
from jishi.kernel.cache import Away, reaching
from jishi.kernel.ids import ProductId

LENGTH_MAX = 200
KEPT = timedelta(days=30)
# What was merely shown tells nothing of the moment; searches have no product.
TELLING = frozenset(BehaviourKind) - {BehaviourKind.IMPRESSION, BehaviourKind.SEARCH}


def remember(person_id: UUID, events: Sequence[BehaviourEvent]) -> None:
    """Put what somebody did at the head; the oldest beyond `LENGTH_MAX` fall out."""
    told = {
        _member(one.kind, one.product_id): one.at.timestamp() * 1000
        for one in sorted(events, key=lambda one: one.at)
        if one.product_id is not None and one.kind in TELLING
    }
    if not told:
        return
    try:
        with reaching("behaviour") as server, server.pipeline() as pipe:
            pipe.zadd(_key(person_id), told, gt=True)
            pipe.zremrangebyrank(_key(person_id), 0, -LENGTH_MAX - 1)
            pipe.expire(_key(person_id), KEPT)
            pipe.execute()
    except Away:
        return


def latest(person_id: UUID, *, limit: int) -> list[tuple[ProductId, BehaviourKind, datetime]]:
    """Return what somebody did last, the latest first; nothing when Valkey is away."""
    if limit < 1:
        return []
    try:
        with reaching("behaviour") as server:
            found = server.zrevrange(_key(person_id), 0, limit - 1, withscores=True)
    except Away:
        return []
    return [
        (ProductId(UUID(bytes=member[:16])), BehaviourKind(member[16:].decode()), _instant(score))
        for member, score in found
    ]


def merge(*, visitor: UUID, buyer: UUID) -> None:
    """Bring what a visitor did last to the buyer he turned out to be. Raises: Away."""
    with reaching("behaviour") as server:
        told = server.zrange(_key(visitor), 0, -1, withscores=True)
        with server.pipeline() as pipe:
            if told:
                pipe.zadd(_key(buyer), dict(told), gt=True)
                pipe.zremrangebyrank(_key(buyer), 0, -LENGTH_MAX - 1)
                pipe.expire(_key(buyer), KEPT)
            pipe.unlink(_key(visitor))
            pipe.execute()


def forget(person_ids: Sequence[UUID]) -> None:
    """Forget everything of these people. Raises: Away, for then nothing was forgotten."""
    with reaching("behaviour") as server:
        for person_id in person_ids:
            server.unlink(_key(person_id))


def _key(person_id: UUID) -> str:
    return f"behaviour:{person_id}"


def _member(kind: BehaviourKind, product_id: ProductId) -> bytes:
    return product_id.bytes + kind.value.encode()


def _instant(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
