"""Rate limits: a token bucket per name and key, in Valkey, so that all web processes count together."""

import hashlib
import math
from datetime import datetime

from jishi.kernel.cache import Away, reaching
from jishi.kernel.errors import TooFast

# KEYS: bucket. ARGV: now in ms, tokens per ms, burst. Answers the ms to wait, 0 when a token was taken.
# A bucket is full again after burst/rate: then forgetting it changes nothing.
_TAKE = """
local now, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(held[2]) or now
local tokens = math.min(burst, (tonumber(held[1]) or burst) + math.max(0, now - at) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = math.ceil((1 - tokens) / rate) end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.9f', tokens),
           'at', string.format('%d', math.max(now, at)))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate) + 1000)
return wait
"""


def take(name: str, key: str, *, per_second: float, burst: int, now: datetime) -> None:
    """Take one token from the bucket `name` of `key`: `burst` at once, refilled at `per_second`.

    The key (an address, a phone, an id) is kept as a hash only. Fails open when Valkey is away.
    Raises: TooFast with `retry_after_seconds`.
    """
    try:
        with reaching("rate_limit") as server:
            wait_ms = server.eval(
                _TAKE, 1, _bucket(name, key), int(now.timestamp() * 1000), per_second / 1000, burst
            )
    except Away:
        return
    if wait_ms:
        raise TooFast(retry_after_seconds=max(1, math.ceil(int(wait_ms) / 1000)))


def _bucket(name: str, key: str) -> str:
    return f"rate:{name}:{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"
