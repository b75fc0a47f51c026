"""The gate in front of a flash sale's pieces: few are let in, the others stand in a queue.

The queue lives in Valkey and may be lost at any moment: nobody can buy more than the bucket holds, whoever was let
in. While Valkey is away PostgreSQL lets people in, one at a time for each item, and no more than there are pieces;
when it is back the queue forms anew from those who ask again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing

from jishi.kernel.cache import Away, reaching
from jishi.kernel.db import atomic, row, try_lock
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import FlashItemId, UserId
from jishi.kernel.words import Text
from jishi.offering.flash import queries, rules
from jishi.offering.flash.types import Admission, AdmissionState, AdmissionWish, Challenge

_CHALLENGE = "flash.challenge"
_ADMISSION = "flash.admission"
QUEUE_KEPT_MS = 3_600_000
SILENT_MS_MAX = 20_000  # who has not asked for so long has left the queue
ASK_AGAIN_SECONDS_MAX = 10


class NotAdmitted(Conflict):
    """The way from the gate to the order took too long, or did not begin there."""

    code = "not_admitted"
    message = Text(zh="请先排队获取抢购资格", en="Join the queue of the flash sale first")


class NotProven(Conflict):
    """The work before the gate is missing, stale, or was done faster than people press buttons."""

    code = "not_proven"
    message = Text(zh="验证未通过,请重试", en="The check failed; please try again")


# KEYS: admitted (buyer → end), queue (buyer → number), seen (buyer → last asked), facts of the item.
# ARGV: buyer, now in ms, room, end of an admission in ms, ms that facts are kept, ms of silence.
# Answers {1, end} when let in, {0, place, granted, ms since the first was let in} otherwise.
_ENTER = """
local now, room = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if ends then return {1, ends} end
for _, silent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[6]), 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[2], silent)
  redis.call('ZREM', KEYS[3], silent)
end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('ZADD', KEYS[2], redis.call('HINCRBY', KEYS[4], 'number', 1), ARGV[1])
end
redis.call('ZADD', KEYS[3], now, ARGV[1])
local place = redis.call('ZRANK', KEYS[2], ARGV[1])
local answer
if place < room - redis.call('ZCARD', KEYS[1]) then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
  redis.call('HINCRBY', KEYS[4], 'granted', 1)
  redis.call('HSETNX', KEYS[4], 'first', ARGV[2])
  answer = {1, ARGV[4]}
else
  local first = tonumber(redis.call('HGET', KEYS[4], 'first') or now)
  answer = {0, place + 1, tonumber(redis.call('HGET', KEYS[4], 'granted') or 0), now - first}
end
for place = 1, 4 do redis.call('PEXPIRE', KEYS[place], ARGV[5]) end
return answer
"""

_LET_IN = """
INSERT INTO flash_admission AS mine (item_id, buyer_id, expires_at)
SELECT %(item)s, %(buyer)s, %(until)s
WHERE (SELECT count(*) FROM flash_admission WHERE item_id = %(item)s AND expires_at > %(now)s) < %(room)s
ON CONFLICT (item_id, buyer_id) DO UPDATE SET expires_at = excluded.expires_at
RETURNING expires_at
"""


def challenge(item_id: FlashItemId, buyer: UserId, *, now: datetime) -> Challenge:
    """Give somebody the work to do before the gate of a running item. Raises: NotFound, FlashOver (409)."""
    queries.running(item_id, now=now)
    return Challenge(
        challenge=_sealed(_CHALLENGE, item_id, buyer, now + rules.PROOF_AGE_MAX), bits=rules.PROOF_BITS
    )


def enter(*, item_id: FlashItemId, buyer: UserId, wish: AdmissionWish, now: datetime) -> Admission:
    """Let a buyer to the counter, or tell him his place in the queue. Safe to call again: nobody loses his place.

    Raises: NotFound, FlashOver, NotProven (409 each).
    """
    _require_proof(item_id, buyer, wish, now)
    queries.running(item_id, now=now)
    left = queries.left(item_id)
    if left <= 0:
        return Admission(state=AdmissionState.SOLD_OUT)
    # Who has bought holds his admission a little longer, and stands in nobody's way.
    done = queries.buyers_since(item_id, now - rules.ADMISSION)
    try:
        return _by_valkey(item_id, buyer, done + rules.room(left), now)
    except Away:
        return _by_postgres(item_id, buyer, done + left, now)


def admitted_until(token: str, *, item_id: FlashItemId, buyer: UserId, now: datetime) -> datetime:
    """Return how long an admission holds. Raises: NotAdmitted (409) when it is another's, over, or none."""
    until = _unsealed(_ADMISSION, token, item_id, buyer)
    if until is None or until <= now:
        raise NotAdmitted
    return until


def _by_valkey(item_id: FlashItemId, buyer: UserId, room: int, now: datetime) -> Admission:
    until = now + rules.ADMISSION
    # The braces keep the four keys on one node of a cluster, as scripts need.
    keys = [f"flash:{{{item_id}}}:{name}" for name in ("admitted", "queue", "seen", "facts")]
    with reaching("flash_gate") as server:
        is_in, *said = server.eval(
            _ENTER,
            len(keys),
            *keys,
            str(buyer),
            _ms(now),
            room,
            _ms(until),
            QUEUE_KEPT_MS,
            SILENT_MS_MAX,
        )
    if is_in:
        return _admitted(item_id, buyer, datetime.fromtimestamp(int(said[0]) / 1000, tz=now.tzinfo))
    place, granted, elapsed_ms = map(int, said)
    return _queued(place, rules.wait_seconds(place, granted, elapsed_ms / 1000))


def _by_postgres(item_id: FlashItemId, buyer: UserId, room: int, now: datetime) -> Admission:
    """Let in without Valkey: one at a time, as many as there are pieces; nobody knows his place."""
    with atomic():
        if not try_lock(f"flash.gate.{item_id}"):
            return _queued(None, None)
        known = row(
            "SELECT expires_at FROM flash_admission WHERE item_id = %s AND buyer_id = %s AND expires_at > %s",
            [item_id, buyer, now],
        )
        found = known or row(
            _LET_IN,
            {"item": item_id, "buyer": buyer, "until": now + rules.ADMISSION, "now": now, "room": room},
        )
    return _admitted(item_id, buyer, found[0]) if found else _queued(None, None)


def _admitted(item_id: FlashItemId, buyer: UserId, until: datetime) -> Admission:
    return Admission(
        state=AdmissionState.ADMITTED, token=_sealed(_ADMISSION, item_id, buyer, until), expires_at=until
    )


def _queued(place: int | None, wait_seconds: int | None) -> Admission:
    again = min(ASK_AGAIN_SECONDS_MAX, max(2, (wait_seconds or 0) // 4))
    return Admission(
        state=AdmissionState.QUEUED, place=place, wait_seconds=wait_seconds, ask_again_seconds=again
    )


def _require_proof(item_id: FlashItemId, buyer: UserId, wish: AdmissionWish, now: datetime) -> None:
    until = _unsealed(_CHALLENGE, wish.challenge, item_id, buyer)
    if until is None or not rules.is_proof(wish.challenge, wish.nonce):
        raise NotProven
    age = now - (until - rules.PROOF_AGE_MAX)
    if not rules.PROOF_AGE_MIN <= age <= rules.PROOF_AGE_MAX:
        raise NotProven


def _sealed(salt: str, item_id: UUID, buyer: UUID, until: datetime) -> str:
    return signing.Signer(salt=salt).sign(f"{item_id}.{buyer}.{_ms(until)}")


def _unsealed(salt: str, token: str, item_id: UUID, buyer: UUID) -> datetime | None:
    try:
        whose, _, until = signing.Signer(salt=salt).unsign(token).rpartition(".")
    except signing.BadSignature:
        return None
    if whose != f"{item_id}.{buyer}":
        return None
    return _EPOCH + timedelta(milliseconds=int(until))


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
