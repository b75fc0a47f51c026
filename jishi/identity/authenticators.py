"""Second factors at rest: what allauth's authenticators remember, sealed with the key ring."""

from typing import Any

from allauth.mfa.models import Authenticator

from jishi.kernel.crypto import key_id_of, ring
from jishi.kernel.db import atomic

_PLACE = b"mfa_authenticator"  # allauth seals before it knows the row
_SEALED = ("secret", "seed", "migrated_codes")  # of an app, of recovery codes, of codes brought along


def seal(text: str) -> str:
    """Seal a secret for allauth's JSON."""
    return ring().seal(text.encode(), _PLACE).hex()


def unseal(sealed: str) -> str:
    """Open a secret. Raises: CannotOpen."""
    return ring().open(bytes.fromhex(sealed), _PLACE).decode()


def reseal() -> int:
    """Seal anew under the current key what stands under another; return how many. Safe to repeat."""
    return sum(_reseal(pk) for pk in list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)))


def _reseal(pk: int) -> bool:
    with atomic():
        found = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if found is None:
            return False
        data = {name: _renewed(value) if name in _SEALED else value for name, value in found.data.items()}
        if data == found.data:
            return False
        found.data = data
        found.save(update_fields=["data"])
        return True


def _renewed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renewed(one) for one in value]
    is_current = key_id_of(bytes.fromhex(value)) == ring().current_id
    return value if is_current else seal(unseal(value))
