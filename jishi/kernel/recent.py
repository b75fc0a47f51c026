"""What somebody did last, in Valkey: one sorted set per owner, by the time of the last use.

It can be lost without harm; while Valkey is away nothing is remembered and nothing is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jishi.kernel.cache import Away, reaching


@dataclass(frozen=True, slots=True)
class Recent:
    """A history of one kind, its keys beginning with `prefix`; `purpose` names it where Valkey's use is counted."""

    prefix: str
    purpose: str
    length_max: int
    kept: timedelta

    def remember(self, owner_id: UUID, member: bytes, *, now: datetime) -> None:
        """Put something at the head of somebody's history; the oldest beyond `length_max` fall out."""
        try:
            with reaching(self.purpose) as server, server.pipeline() as pipe:
                pipe.zadd(self._key(owner_id), {member: _milliseconds(now)})
                pipe.zremrangebyrank(self._key(owner_id), 0, -self.length_max - 1)
                pipe.expire(self._key(owner_id), self.kept)
                pipe.execute()
        except Away:
            return

    def latest(
        self, owner_id: UUID, *, now: datetime, before: datetime | None = None, limit: int
    ) -> list[tuple[bytes, datetime]]:
        """Return up to `limit` members with their last use, the latest first, those used before an instant."""
        highest: int | str = "+inf" if before is None else f"({_milliseconds(before)}"
        lowest = _milliseconds(now - self.kept)
        try:
            with reaching(self.purpose) as server:
                found = server.zrevrangebyscore(
                    self._key(owner_id), highest, lowest, start=0, num=limit, withscores=True
                )
        except Away:
            return []
        return [(member, datetime.fromtimestamp(score / 1000, UTC)) for member, score in found]

    def forget(self, owner_id: UUID, members: Sequence[bytes] | None = None) -> None:
        """Drop members from somebody's history, all of it when None. Raises: Away, for nothing was dropped."""
        with reaching(self.purpose) as server:
            if members is None:
                server.unlink(self._key(owner_id))
            elif members:
                server.zrem(self._key(owner_id), *members)

    def merge(self, *, visitor: UUID, buyer: UUID) -> None:
        """Bring a visitor's history into that of the buyer he turned out to be. Safe to call again."""
        try:
            with reaching(self.purpose) as server:
                used = server.zrange(self._key(visitor), 0, -1, withscores=True)
                if not used:
                    return
                with server.pipeline() as pipe:
                    pipe.zadd(self._key(buyer), dict(used), gt=True)
                    pipe.zremrangebyrank(self._key(buyer), 0, -self.length_max - 1)
                    pipe.expire(self._key(buyer), self.kept)
                    pipe.unlink(self._key(visitor))
                    pipe.execute()
        except Away:
            return

    def _key(self, owner_id: UUID) -> str:
        return f"{self.prefix}:{owner_id}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
