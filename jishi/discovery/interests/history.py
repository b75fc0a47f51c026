"""The browsing history in Valkey: one sorted set per owner, product by the time of its last view.

It can be lost without harm; while Valkey is away nothing is remembered and nothing is shown.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jishi.kernel.cache import Away, reaching
from jishi.kernel.ids import ProductId, UserId, VisitorId

LENGTH_MAX = 200
KEPT = timedelta(days=90)


def remember(owner_id: UUID, product_id: ProductId, *, now: datetime) -> None:
    """Put a product at the head of somebody's history; the oldest beyond `LENGTH_MAX` fall out."""
    try:
        with reaching("history") as server, server.pipeline() as pipe:
            pipe.zadd(_key(owner_id), {product_id.bytes: _milliseconds(now)})
            pipe.zremrangebyrank(_key(owner_id), 0, -LENGTH_MAX - 1)
            pipe.expire(_key(owner_id), KEPT)
            pipe.execute()
    except Away:
        return


def latest(
    owner_id: UUID, *, before: datetime | None, limit: int, now: datetime
) -> list[tuple[ProductId, datetime]]:
    """Return up to `limit` products with their last view, the latest first, those viewed before an instant."""
    highest: int | str = "+inf" if before is None else f"({_milliseconds(before)}"
    try:
        with reaching("history") as server:
            found = server.zrevrangebyscore(
                _key(owner_id), highest, _milliseconds(now - KEPT), start=0, num=limit, withscores=True
            )
    except Away:
        return []
    return [(ProductId(UUID(bytes=member)), _instant(score)) for member, score in found]


def forget(owner_id: UUID, product_ids: Sequence[ProductId] | None = None) -> None:
    """Drop products from somebody's history, all of it when None. Raises: Away, for nothing was dropped."""
    with reaching("history") as server:
        if product_ids is None:
            server.unlink(_key(owner_id))
        elif product_ids:
            server.zrem(_key(owner_id), *[product_id.bytes for product_id in product_ids])


def merge(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring what a visitor looked at into the history of the buyer he turned out to be. Safe to call again."""
    try:
        with reaching("history") as server:
            views = server.zrange(_key(visitor), 0, -1, withscores=True)
            if not views:
                return
            with server.pipeline() as pipe:
                pipe.zadd(_key(buyer), dict(views), gt=True)
                pipe.zremrangebyrank(_key(buyer), 0, -LENGTH_MAX - 1)
                pipe.expire(_key(buyer), KEPT)
                pipe.unlink(_key(visitor))
                pipe.execute()
    except Away:
        return


def _key(owner_id: UUID) -> str:
    return f"history:{owner_id}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _instant(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
