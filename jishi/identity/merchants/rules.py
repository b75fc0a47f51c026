"""Pure decisions about merchants: which status may follow which, and who of the staff may do what."""

from collections.abc import Mapping, Sequence

from jishi.identity.merchants.types import MerchantStatus, StaffRole
from jishi.kernel.errors import Conflict
from jishi.kernel.words import Text

BASIS_POINTS_MAX = 10_000

MOVES: Mapping[MerchantStatus, frozenset[MerchantStatus]] = {
    MerchantStatus.APPLYING: frozenset({MerchantStatus.IN_REVIEW}),
    MerchantStatus.IN_REVIEW: frozenset({MerchantStatus.ACTIVE, MerchantStatus.REJECTED}),
    MerchantStatus.REJECTED: frozenset({MerchantStatus.APPLYING}),
    MerchantStatus.ACTIVE: frozenset({MerchantStatus.SUSPENDED}),
    MerchantStatus.SUSPENDED: frozenset({MerchantStatus.ACTIVE, MerchantStatus.CLOSING}),
    MerchantStatus.CLOSING: frozenset({MerchantStatus.CLOSED}),
    MerchantStatus.CLOSED: frozenset(),
}
# Staff of these may sign in to the merchant centre: a suspended merchant still ships what he sold.
WORKING = frozenset({MerchantStatus.ACTIVE, MerchantStatus.SUSPENDED, MerchantStatus.CLOSING})


class MoveNotAllowed(Conflict):
    """The merchant's status does not lead there."""

    code = "merchant_move_not_allowed"
    message = Text(
        zh="商家状态不能从“{status}”变为“{wanted}”", en="A merchant cannot go from {status} to {wanted}"
    )


class LastOwner(Conflict):
    """A merchant is never left without an owner."""

    code = "last_owner"
    message = Text(zh="至少要保留一位店主", en="A merchant needs at least one owner")


def check_move(status: MerchantStatus, wanted: MerchantStatus) -> None:
    """Refuse a status that may not follow. Raises: MoveNotAllowed (409)."""
    if wanted not in MOVES[status]:
        raise MoveNotAllowed(status=status.value, wanted=wanted.value)


def check_owner_stays(roles: Sequence[StaffRole]) -> None:
    """Refuse `roles`, all that a merchant's staff would hold, without an owner. Raises: LastOwner (409)."""
    if StaffRole.OWNER not in roles:
        raise LastOwner


def mask_account(number: str) -> str:
    """Return a bank account number of which only the last four digits can be read."""
    return f"**** {number[-4:]}"
