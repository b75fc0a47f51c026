"""Live topics and the tickets to them: short-lived, signed, checked without a session. Knows no Django."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

TOPIC = re.compile(r"(?:order|trade|merchant):[0-9a-f-]{36}")
LIFETIME_SECONDS = 6 * 3600  # a page left open reconnects with the same ticket
TICKET_LENGTH_MAX = 64  # longer ones are not ours, and numbers of thousands of digits cannot be written out
_SIGNATURE_BYTES = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """A valid ticket: for which topic, and from which instant on its news may be replayed."""

    topic: str
    issued_at_ms: int


def stream_key(topic: str) -> str:
    """Return the key of the topic's stream in Valkey, which is the name of its channel too."""
    return f"live:{topic}"


def issue(topic: str, *, now: datetime, secret: str) -> str:
    """Return a ticket for `topic`, good for `LIFETIME_SECONDS`."""
    issued_at_ms = int(now.timestamp() * 1000)
    signature = _signature(topic, issued_at_ms, secret)
    return f"{issued_at_ms:x}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def check(ticket: str, topic: str, *, now: datetime, secret: str) -> Ticket | None:
    """Return the ticket when it is genuine, for this topic and not expired; else None."""
    if len(ticket) > TICKET_LENGTH_MAX:
        return None
    stamp, _, encoded = ticket.partition(".")
    try:
        issued_at_ms = int(stamp, 16)
        signature = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (ValueError, binascii.Error):
        return None
    if not hmac.compare_digest(signature, _signature(topic, issued_at_ms, secret)):
        return None
    age_seconds = now.timestamp() - issued_at_ms / 1000
    return Ticket(topic, issued_at_ms) if -60 < age_seconds < LIFETIME_SECONDS else None


def _signature(topic: str, issued_at_ms: int, secret: str) -> bytes:
    key = hashlib.sha256(b"jishi live ticket" + secret.encode()).digest()
    message = f"{issued_at_ms}:{topic}".encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
