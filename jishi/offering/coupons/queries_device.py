"""How a device is known where coupons are counted: by keyed hashes of the visitor id in its cookie, and by nothing
else; what that stops and what it does not is in docs/decisions/0109.
"""

from collections.abc import Sequence

from jishi.kernel.crypto import blind_index, blind_indexes
from jishi.kernel.ids import VisitorId
from jishi.offering.coupons.types import Way

Device = Sequence[bytes]  # its hashes, that of the present key first; empty: unknown
UNKNOWN: Device = ()
LIMITED = frozenset({Way.CLAIM, Way.CODE_SHARED, Way.SIGN_UP})  # what a buyer takes for himself
_PURPOSE = "coupon.device"


def device_of(visitor: VisitorId) -> Device:
    """Return how coupons know the device that keeps a visitor id."""
    present = blind_index(str(visitor), _PURPOSE)
    return [present, *(one for one in blind_indexes(str(visitor), _PURPOSE) if one != present)]


def device_named(hashes: Sequence[str]) -> Device:
    """Return a device from the hashes that an event carries, in hexadecimal."""
    return [bytes.fromhex(one) for one in hashes]
