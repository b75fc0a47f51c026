"""Live updates: what browsers hear at once, kept in a capped Valkey stream so that a reader can catch up.

Topics are `order:{id}`, `trade:{id}`, `merchant:{id}`. Nothing here is the truth: a page reloads to know.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import transaction

from jishi.kernel import topics
from jishi.kernel.cache import Away, reaching
from jishi.kernel.db import in_transaction
from jishi.kernel.errors import ProgrammingError

KEPT_MAX = 256
KEPT_SECONDS = 86_400

# KEYS: stream. ARGV: channel, event, data, length, seconds. The id that the stream gives travels with the
# message.
_PUBLISH = """
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'event', ARGV[2], 'data', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('PUBLISH', ARGV[1], id .. '\\n' .. ARGV[2] .. '\\n' .. ARGV[3])
return id
"""


def publish(topic: str, event: str, data: Mapping[str, object]) -> None:
    """Tell all who listen to `topic`; inside a transaction, after its commit. No personal data."""
    if not topics.TOPIC.fullmatch(topic):
        raise ProgrammingError(f"{topic} is no live topic")
    encoded = msgspec.json.encode(dict(data))
    if in_transaction():
        transaction.on_commit(lambda: _send(topic, event, encoded))
    else:
        _send(topic, event, encoded)


def live_ticket(topic: str, now: datetime) -> str:
    """Return a ticket for `topic`; the caller has already proven that the reader may see it."""
    return topics.issue(topic, now=now, secret=settings.ENV.secret_key)


def _send(topic: str, event: str, encoded: bytes) -> None:
    key = topics.stream_key(topic)
    try:
        with reaching("live") as server:
            server.eval(_PUBLISH, 1, key, key, event, encoded, KEPT_MAX, KEPT_SECONDS)
    except Away:
        return
