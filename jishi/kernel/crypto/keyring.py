"""AES-256-GCM with a ring of keys: sealed with the current one, opened with the one that is named inside.

Sealed bytes: version (1 byte), length of the key id (1), key id, nonce (12), ciphertext with its tag (16).
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


class NamedKey(Protocol):
    """What the environment gives: an id that rows remember, and 32 secret bytes."""

    @property
    def id(self) -> str: ...
    @property
    def secret(self) -> bytes: ...


class CannotOpen(Exception):
    """Sealed bytes are damaged, moved from another row, or of a key that is no longer in the ring."""


class KeyRing:
    """Seals and opens bytes; the first key is the current one."""

    def __init__(self, keys: Sequence[NamedKey]) -> None:
        self.current_id = keys[0].id
        self._ciphers = {key.id: AESGCM(key.secret) for key in keys}

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._ciphers)})"

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt with the current key; the same `context` is needed to open."""
        key_id = self.current_id.encode()
        header = _VERSION + bytes([len(key_id)]) + key_id
        nonce = os.urandom(_NONCE_BYTES)
        return header + nonce + self._ciphers[self.current_id].encrypt(nonce, plain, header + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt. Raises: CannotOpen."""
        key_id, header = key_id_of(sealed), sealed[: 2 + sealed[1]]
        if key_id not in self._ciphers:
            raise CannotOpen(f"no key {key_id!r} in the ring")
        body = sealed[len(header) :]
        try:
            return self._ciphers[key_id].decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], header + context)
        except (InvalidTag, ValueError):
            raise CannotOpen("damaged, or sealed for another place") from None


def key_id_of(sealed: bytes) -> str:
    """Return the id of the key that sealed these bytes. Raises: CannotOpen."""
    if len(sealed) < 2 or sealed[:1] != _VERSION:
        raise CannotOpen("not a sealed value")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def ring() -> KeyRing:
    """Return the ring of this process's configuration."""
    return _ring(tuple(settings.ENV.encryption_keys))


@lru_cache(maxsize=4)
def _ring(keys: tuple[NamedKey, ...]) -> KeyRing:
    return KeyRing(keys)
