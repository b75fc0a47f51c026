"""Sessions at rest: sealed with the key ring, and kept under a hash of their key.

Django's cached_db engine keeps the key itself in the table and the bare contents in the cache, phone and all:
whoever reads either is signed in as everybody. Here a dump holds neither a usable key nor a readable session.
"""

import hashlib
from typing import Any

import msgspec
import structlog
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from jishi.kernel.cache import Away, reaching
from jishi.kernel.crypto import CannotOpen, key_id_of, ring

log = structlog.get_logger(__name__)

BATCH = 500
_HASH_BYTES = 20  # forty hexadecimal digits: the width of Django's column


def stored_key(session_key: str) -> str:
    """Return what a session is found by, from which its key cannot be told."""
    return hashlib.blake2b(session_key.encode(), digest_size=_HASH_BYTES, person=b"jishi session").hexdigest()


class SessionStore(DatabaseStore):
    """A session in PostgreSQL with a copy in Valkey: no statement per request, nothing lost without it."""

    def load(self) -> dict[str, Any]:
        """Return the session's contents; of one that is unknown, over or damaged, nothing."""
        if self.session_key is None:
            return {}
        copy = _read_copy(self.session_key)
        if copy is not None:
            return self.decode(copy)
        row = self._get_session_from_db()
        if row is None:
            return {}
        _write_copy(self.session_key, row.session_data, self.get_expiry_age(expiry=row.expire_date))
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Tell whether a key is in use: asked for every request with X-Session-Token."""
        return _read_copy(session_key) is not None or super().exists(stored_key(session_key))

    def create_model_instance(self, data: Any) -> Any:
        """Return the row to be saved."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def save(self, must_create: bool = False) -> None:
        """Save to PostgreSQL, then renew the copy."""
        super().save(must_create)
        _write_copy(str(self.session_key), self.encode(self._session), self.get_expiry_age())  # type: ignore[attr-defined]

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session in both places; the row first, or a reader would copy it once more."""
        key = session_key or self.session_key
        if key is None:
            return
        self.model.objects.filter(session_key=stored_key(key)).delete()
        _drop_copy(key)

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal the contents for this session only."""
        return ring().seal(msgspec.json.encode(session_dict, enc_hook=str), self._place()).hex()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Open the contents; what cannot be opened is an empty session, as in Django."""
        text = session_data if isinstance(session_data, str) else session_data.decode()
        try:
            contents: dict[str, Any] = msgspec.json.decode(ring().open(bytes.fromhex(text), self._place()))
        except (CannotOpen, ValueError):
            log.warning("session_cannot_be_opened")
            return {}
        return contents

    def _place(self) -> bytes:
        return _place_of(stored_key(self._get_or_create_session_key()))  # type: ignore[attr-defined]

    def _get_session_from_db(self) -> Any:
        row = self.model.objects.filter(
            session_key=stored_key(str(self.session_key)), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row


def reseal() -> int:
    """Seal anew under the current key the sessions that stand under another; return how many. Safe to repeat."""
    rows = SessionStore.get_model_class().objects.all()
    return sum(
        _reseal(stored, sealed)
        for stored, sealed in rows.values_list("session_key", "session_data").iterator(chunk_size=BATCH)
    )


def _reseal(stored: str, sealed: str) -> int:
    """Renew one session, unless somebody wrote it or ended it meanwhile."""
    try:
        found = bytes.fromhex(sealed)
        if key_id_of(found) == ring().current_id:
            return 0
        renewed = ring().seal(ring().open(found, _place_of(stored)), _place_of(stored)).hex()
    except (CannotOpen, ValueError):
        return 0  # nobody is signed in by it: it is read as an empty one
    rows = SessionStore.get_model_class().objects.filter(session_key=stored, session_data=sealed)
    renewed_rows = rows.update(session_data=renewed)
    _drop_stored_copy(stored)
    return renewed_rows


def _place_of(stored: str) -> bytes:
    return b"django_session\0" + stored.encode()


def _read_copy(session_key: str) -> bytes | None:
    try:
        with reaching("session") as server:
            found: Any = server.get(_copy(session_key))
    except Away:
        return None
    return bytes(found) if found is not None else None


def _write_copy(session_key: str, sealed: str, seconds: int) -> None:
    try:
        with reaching("session") as server:
            server.set(_copy(session_key), sealed, ex=max(seconds, 1))
    except Away:
        return


def _drop_copy(session_key: str) -> None:
    _drop_stored_copy(stored_key(session_key))


def _drop_stored_copy(stored: str) -> None:
    try:
        with reaching("session") as server:
            server.delete(_copy_of(stored))
    except Away:
        # The copy may answer for this key until it expires; a changed password ends it all the same.
        log.warning("session_copy_not_dropped")


def _copy(session_key: str) -> str:
    return _copy_of(stored_key(session_key))


def _copy_of(stored: str) -> str:
    return f"session:{stored}"
