"""Valkey: fast, shared, and never the truth. When it is away everything here behaves as a miss.

Entries live under a tag (a product, a page): `purge(tag)` drops all of them at once, and a value made from
what was true before the purge can no longer be written after it.
"""

import hashlib
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache as once
from threading import Lock
from typing import Any

import structlog
import valkey
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from jishi.kernel import metrics
from jishi.kernel.crypto.keyring import CannotOpen, ring

log = structlog.get_logger(__name__)

CONNECT_SECONDS_MAX = 0.25
ANSWER_SECONDS_MAX = 0.5
REST_SECONDS = (
    1.0  # after a failure nobody asks Valkey for so long: requests must not all wait for a time-out
)
VERSION_SECONDS = 86_400

# KEYS: entries of the tag, version of the tag. A purge between reading and writing changes the version.
_WRITE = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
_PURGE = """
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1])
"""


@dataclass(frozen=True, slots=True)
class Cached:
    """What a look-up found. Pass `version` back to `write`."""

    value: bytes | None
    version: bytes


class Away(Exception):
    """Valkey does not answer; raised inside this process only, and turned into a miss."""


@once
def client() -> valkey.Valkey:
    """Return this process's Valkey client; callers catch `valkey.ValkeyError` or go through `reaching`."""
    return valkey.Valkey.from_url(
        settings.ENV.redis_url,
        socket_connect_timeout=CONNECT_SECONDS_MAX,
        socket_timeout=ANSWER_SECONDS_MAX,
        health_check_interval=30,
    )


class _Breaker:
    """Remembers for a moment that Valkey is away."""

    def __init__(self) -> None:
        self._closed_until = 0.0
        self._lock = Lock()

    def check(self) -> None:
        if time.monotonic() < self._closed_until:
            raise Away

    def trip(self) -> None:
        with self._lock:
            self._closed_until = time.monotonic() + REST_SECONDS


_breaker = _Breaker()


@contextmanager
def reaching(part: str) -> Iterator[Any]:
    """Give the client; when it is away, count that under `part` and log it.

    Untyped, because valkey's own types mix the answers of its two worlds.

    Raises: Away.
    """
    try:
        _breaker.check()
        yield client()
    except (valkey.ConnectionError, valkey.TimeoutError) as error:
        _breaker.trip()
        log.warning("valkey_away", part=part, error=type(error).__name__)
        metrics.FAILED_OPEN.labels(part=part).inc()
        raise Away from error
    except Away:
        metrics.FAILED_OPEN.labels(part=part).inc()
        raise


def read(tag: str, name: str) -> Cached:
    """Return the entry `name` of `tag`, or a miss with the version to write under."""
    try:
        with reaching("cache") as server, server.pipeline(transaction=False) as pipe:
            pipe.hget(_entries(tag), name)
            pipe.get(_version(tag))
            value, version = pipe.execute()
            return Cached(value, version or b"0")
    except Away:
        return Cached(None, b"")


def write(tag: str, name: str, value: bytes, *, version: bytes, seconds: int) -> None:
    """Keep the entry for `seconds`, unless the tag was purged since `version` was read."""
    if not version:
        return
    try:
        with reaching("cache") as server:
            server.eval(_WRITE, 2, _entries(tag), _version(tag), name, value, version, seconds)
    except Away:
        return


def cached(tag: str, name: str, *, seconds: int, make: Callable[[], bytes]) -> bytes:
    """Return the entry, made and kept when it is not there."""
    found = read(tag, name)
    if found.value is not None:
        return found.value
    value = make()
    write(tag, name, value, version=found.version, seconds=seconds)
    return value


def purge(*tags: str) -> None:
    """Drop every entry of each tag; what is being made at this moment from older data will not be kept."""
    try:
        with reaching("cache") as server, server.pipeline(transaction=False) as pipe:
            for tag in tags:
                pipe.eval(_PURGE, 2, _entries(tag), _version(tag), VERSION_SECONDS)
            pipe.execute()
    except Away:
        return


def get_bytes(key: str) -> bytes | None:
    """Return a plain entry, or None."""
    try:
        with reaching("cache") as server:
            found: bytes | None = server.get(f"plain:{key}")
            return found
    except Away:
        return None


def set_bytes(key: str, value: bytes, *, seconds: int) -> None:
    """Keep a plain entry for `seconds`."""
    try:
        with reaching("cache") as server:
            server.set(f"plain:{key}", value, ex=seconds)
    except Away:
        return


# The braces keep both keys of a tag on one node of a cluster, as scripts need.
def _entries(tag: str) -> str:
    return f"cache:{{{tag}}}"


def _version(tag: str) -> str:
    return f"cache:{{{tag}}}:version"


class SessionCache(BaseCache):
    """Django's cache on Valkey, for sessions, lock-outs and sign-in limits: keys hashed, values sealed.

    Neither a dump of Valkey nor a write into it gives a session away. Away means a miss.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:  # noqa: ARG002 - Django's signature
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        place = self._place(key, version)
        try:
            with reaching("sessions") as server:
                found = server.get(place)
            return default if found is None else _unpacked(found, place)
        except (Away, CannotOpen):
            return default

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._set(key, value, timeout, version, only_new=False)

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return self._set(key, value, timeout, version, only_new=True)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        value = self.get(key, _MISSING, version)
        return value is not _MISSING and self._set(key, value, timeout, version, only_new=False)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            with reaching("sessions") as server:
                return bool(server.unlink(self._place(key, version)))
        except Away:
            return False

    def clear(self) -> None:
        with reaching("sessions") as server:
            for place in server.scan_iter(f"{_DJANGO}*", count=1000):
                server.unlink(place)

    def _set(
        self, key: str, value: Any, timeout: float | None, version: int | None, *, only_new: bool
    ) -> bool:
        place = self._place(key, version)
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if seconds is not None and seconds <= 0:
            self.delete(key, version)
            return True
        milliseconds = None if seconds is None else int(seconds * 1000)
        try:
            with reaching("sessions") as server:
                return bool(server.set(place, _packed(value, place), px=milliseconds, nx=only_new))
        except Away:
            return True  # an `add` that fails open: nobody is locked out because Valkey is away

    def _place(self, key: str, version: int | None) -> str:
        hashed = hashlib.blake2b(self.make_and_validate_key(key, version).encode(), digest_size=16)
        return _DJANGO + hashed.hexdigest()


_DJANGO = "django:"
_MISSING = object()


def _packed(value: Any, place: str) -> bytes:
    return ring().seal(pickle.dumps(value), place.encode())


def _unpacked(sealed: bytes, place: str) -> Any:
    return pickle.loads(ring().open(sealed, place.encode()))  # noqa: S301 - authenticated: only we can have sealed it
