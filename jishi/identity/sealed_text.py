"""Texts encrypted in allauth's own tables, and still found by equality.

allauth looks addresses up by `email=` and sessions by `session_key=` in columns of its own. AES-SIV (RFC 5297) is
the encryption made for that: the same text under the same key gives the same sealed text, so `=`, `IN` and UNIQUE
keep working, and nothing else does. While a key is being replaced, a look-up asks for the text under every key of
the ring.
"""

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models.lookups import In, Lookup

from jishi.kernel.errors import ProgrammingError

KEY_BYTES = 64


@cache
def _ring(purpose: bytes) -> dict[str, AESSIV]:
    """Return the ciphers by key id, the current key first; no column opens what stands in another."""
    return {
        key.id: AESSIV(HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key.secret))
        for key in settings.ENV.encryption_keys
    }


def forget_keys() -> None:
    """Read the key ring afresh at the next use."""
    _ring.cache_clear()


def seal(text: str, purpose: bytes, key_id: str | None = None) -> str:
    """Return `text` as it is kept: key id, a dot, base64; under the current key unless told otherwise."""
    if not text:
        return ""
    chosen = key_id or next(iter(_ring(purpose)))
    sealed = _ring(purpose)[chosen].encrypt(text.encode(), [purpose])
    return f"{chosen}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, purpose: bytes) -> str:
    """Return the text. Raises: ProgrammingError for a broken one or one whose key is gone."""
    if not sealed:
        return ""
    key_id, _, encoded = sealed.partition(".")
    try:
        return _ring(purpose)[key_id].decrypt(base64.urlsafe_b64decode(encoded), [purpose]).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise ProgrammingError("a sealed text cannot be opened with the keys of this market") from error


class _Sealed(models.Field):  # type: ignore[type-arg]
    """A column that holds sealed text; can be compared for equality and nothing else."""

    @property
    def purpose(self) -> bytes:
        """Return what its keys are derived for: table and column."""
        return f"jishi {self.model._meta.db_table}.{self.column}".encode()

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return `text`: what is sealed is longer than the column allauth would make."""
        return "text"

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes into the table."""
        plain = super().get_prep_value(value)
        return None if plain is None else seal(plain, self.purpose)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002
        """Hand it to the database as the text it is now, whatever it was."""
        return value if prepared else self.get_prep_value(value)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Open what comes out of it."""
        return None if value is None else unseal(value, self.purpose)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Offer equality only: a search inside sealed text would find nothing and say so to nobody."""
        offered: dict[str, type[Any]] = {"exact": _Is, "in": _IsOneOf}
        known = super().get_lookup("isnull") if lookup_name == "isnull" else None
        return known or offered.get(lookup_name)


class SealedEmailField(_Sealed, models.EmailField):  # type: ignore[type-arg]
    """An e-mail address, sealed."""


class SealedTextField(_Sealed, models.CharField):  # type: ignore[type-arg]
    """A line of text, sealed."""


class SealedAddressField(_Sealed, models.GenericIPAddressField):  # type: ignore[type-arg]
    """The address of a client, sealed."""


class _IsOneOf(In):
    """`IN (…)` over the wanted texts under every key."""

    def get_prep_lookup(self) -> list[str]:
        wanted: Sequence[str] = self.rhs
        purpose = self.lhs.output_field.purpose
        return [seal(text, purpose, key_id) for text in wanted for key_id in _ring(purpose)]


class _Is(_IsOneOf):
    """Equality: one wanted text."""

    lookup_name = "in"

    def get_prep_lookup(self) -> list[str]:
        self.rhs = [self.rhs]
        return super().get_prep_lookup()


_COLUMNS: tuple[tuple[type[models.Model], str, type[_Sealed]], ...] = (
    (EmailAddress, "email", SealedEmailField),
    (UserSession, "session_key", SealedTextField),
    (UserSession, "user_agent", SealedTextField),
    (UserSession, "ip", SealedAddressField),
)


def seal_allauth() -> None:
    """Turn allauth's columns with personal data and keys into sealed ones; once, when all models are loaded."""
    for model, name, sealed in _COLUMNS:
        model._meta.get_field(name).__class__ = sealed
