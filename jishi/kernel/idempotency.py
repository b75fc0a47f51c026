"""Idempotency keys: the same request, sent twice, has one effect and one answer."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from jishi.kernel.db import execute, require_transaction, row
from jishi.kernel.errors import Conflict, Invalid, ProgrammingError
from jishi.kernel.words import Text

_KEY = re.compile(r"[A-Za-z0-9._:-]{8,128}")


class KeyReused(Conflict):
    """The key was used before with another request."""

    code = "idempotency_key_reused"
    message = Text(
        zh="这个幂等键已用于另一个请求,请换一个新的键",
        en="This idempotency key was already used for another request",
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """When it `is_new` do the work, then `finish`; else `result_id` is what came of it."""

    owner: UUID
    key: str
    is_new: bool
    result_id: UUID | None

    @property
    def the_result(self) -> UUID:
        """What came of the first request. Raises: ProgrammingError when it kept the key without a result."""
        if self.result_id is None:
            raise ProgrammingError("a key was kept without its result")
        return self.result_id


def claim(*, owner: UUID, key: str, request: bytes, result_id: UUID | None = None) -> Claim:
    """Claim `key` of `owner` for the request with these bytes, inside the caller's transaction.

    Who knows beforehand under which id his work will stand says so, and needs no `finish`.

    A second caller waits here until the first commits (and then finds its result) or rolls back (and then is
    new). Raises: Invalid for a malformed key, KeyReused (409) for a key used with another request.
    """
    require_transaction("an idempotency key")
    if not _KEY.fullmatch(key):
        raise Invalid(field="Idempotency-Key")
    request_hash = hashlib.sha256(request).digest()
    inserted = execute(
        "INSERT INTO kernel_idempotency_key (owner_id, key, request_hash, result_id) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        [owner, key, request_hash, result_id],
    )
    if inserted:
        return Claim(owner=owner, key=key, is_new=True, result_id=result_id)
    return Claim(owner=owner, key=key, is_new=False, result_id=_kept(owner, key, request_hash))


def known(*, owner: UUID, key: str, request: bytes) -> UUID | None:
    """Return what came of the same request before, without claiming its key; None when nothing has yet.

    For work that asks a network before it may claim. Raises: KeyReused (409).
    """
    try:
        return _kept(owner, key, hashlib.sha256(request).digest())
    except _Unknown:
        return None


class _Unknown(ProgrammingError):
    """Nobody used the key, or it was purged."""


def _kept(owner: UUID, key: str, request_hash: bytes) -> UUID | None:
    found = row(
        "SELECT request_hash, result_id FROM kernel_idempotency_key WHERE owner_id = %s AND key = %s",
        [owner, key],
    )
    if found is None:
        raise _Unknown("the idempotency key was purged while a request used it")
    if bytes(found[0]) != request_hash:
        raise KeyReused
    result_id: UUID | None = found[1]
    return result_id


def finish(claimed: Claim, result_id: UUID) -> None:
    """Note what came of a new claim, in the same transaction."""
    execute(
        "UPDATE kernel_idempotency_key SET result_id = %s WHERE owner_id = %s AND key = %s",
        [result_id, claimed.owner, claimed.key],
    )
