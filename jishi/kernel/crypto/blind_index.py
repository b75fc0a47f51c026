"""Looking up what is encrypted: a keyed hash of the value, equal for equal values, useless without the key.

Changing the key takes three steps, each rolled out to all processes before the next: (1) put the new key
second, so that everybody knows it; (2) put it first and run `jishi rekey`, which rewrites the rows; (3) drop
the old one. Meanwhile rows stand under either key: look up with all of `blind_indexes`, and before writing a
value that must be unique call `hold_blind_value`.
"""

import hashlib
import hmac
from collections.abc import Sequence

from django.conf import settings

from jishi.kernel.crypto.keyring import NamedKey
from jishi.kernel.db import lock

BLIND_INDEX_BYTES = 16


def blind_index(value: str, purpose: str) -> bytes:
    """Return the hash of `value` under the current key.

    `purpose` (such as "user.phone") keeps columns incomparable.
    Case and surrounding blanks do not count; other normalising (phones to E.164) is the caller's.
    """
    return _digest(_keys()[0], value, purpose)


def blind_indexes(value: str, purpose: str) -> list[bytes]:
    """Return the hashes under every live key: `filter(phone_index__in=blind_indexes(…))`."""
    return [_digest(key, value, purpose) for key in _keys()]


def hold_blind_value(value: str, purpose: str) -> None:
    """Keep everybody else who wants to write this value out until the transaction ends.

    During a re-key the unique index alone cannot see that the same value stands there under the other key:
    hold the value, look it up with `blind_indexes`, then write.
    """
    # All processes know the same keys, in whatever order: the smallest id makes them agree on one lock.
    shared = min(_keys(), key=lambda key: key.id)
    lock(f"blind:{_digest(shared, value, purpose).hex()}")


def _digest(key: NamedKey, value: str, purpose: str) -> bytes:
    message = f"{purpose}\0{value.strip().casefold()}".encode()
    return hmac.new(key.secret, message, hashlib.sha256).digest()[:BLIND_INDEX_BYTES]


def _keys() -> Sequence[NamedKey]:
    keys: Sequence[NamedKey] = settings.ENV.blind_index_keys
    return keys
