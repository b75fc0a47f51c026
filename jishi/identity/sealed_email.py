"""E-mail addresses encrypted in allauth's own table, and still found by equality.

allauth looks addresses up by `email=` in a column of its own. AES-SIV (RFC 5297) is the encryption made for
that: the same address under the same key gives the same text, so `=`, `IN` and UNIQUE keep working, and
nothing else does. While a key is being replaced, a look-up asks for the address under every key of the ring.
"""

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models.lookups import In, Lookup

from jishi.kernel.errors import ProgrammingError

KEY_BYTES = 64
PURPOSE = b"jishi account_emailaddress.email"


@cache
def _ring() -> dict[str, AESSIV]:
    """Return the ciphers by key id, the current key first."""
    return {
        key.id: AESSIV(HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(key.secret))
        for key in settings.ENV.encryption_keys
    }


def forget_keys() -> None:
    """Read the key ring afresh at the next use."""
    _ring.cache_clear()


def seal(address: str, key_id: str | None = None) -> str:
    """Return `address` as it is kept: key id, a dot, base64; under the current key unless told otherwise."""
    if not address:
        return ""
    chosen = key_id or next(iter(_ring()))
    sealed = _ring()[chosen].encrypt(address.encode(), [PURPOSE])
    return f"{chosen}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str) -> str:
    """Return the address. Raises: ProgrammingError for a broken text or one whose key is gone."""
    if not sealed:
        return ""
    key_id, _, encoded = sealed.partition(".")
    try:
        return _ring()[key_id].decrypt(base64.urlsafe_b64decode(encoded), [PURPOSE]).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise ProgrammingError("an e-mail address cannot be opened with the keys of this market") from error


class SealedEmailField(models.EmailField):  # type: ignore[type-arg]
    """An e-mail column that holds sealed text; can be compared for equality and nothing else."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return `text`: sealed addresses are longer than the column allauth would make."""
        return "text"

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes into the table."""
        plain = super().get_prep_value(value)
        return None if plain is None else seal(plain)

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Open what comes out of it."""
        return None if value is None else unseal(value)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Offer equality only: a search inside sealed text would find nothing and say so to nobody."""
        offered: dict[str, type[Any]] = {"exact": _Is, "in": _IsOneOf}
        known = super().get_lookup("isnull") if lookup_name == "isnull" else None
        return known or offered.get(lookup_name)


class _IsOneOf(In):
    """`IN (…)` over the wanted addresses under every key."""

    def get_prep_lookup(self) -> list[str]:
        wanted: Sequence[str] = self.rhs
        return [seal(address, key_id) for address in wanted for key_id in _ring()]


class _Is(_IsOneOf):
    """Equality: one wanted address."""

    lookup_name = "in"

    def get_prep_lookup(self) -> list[str]:
        self.rhs = [self.rhs]
        return super().get_prep_lookup()


def seal_allauth() -> None:
    """Turn allauth's e-mail column into a sealed one; once, when all models are loaded."""
    EmailAddress._meta.get_field("email").__class__ = SealedEmailField
