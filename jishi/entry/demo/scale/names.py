"""What the n-th thing is called: an id that anybody can make again, in the order of time as all ids are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

_MASK = (1 << 62) - 1
_ODD = 0x1E3779B97F4A7C15  # any odd number: multiplying by it modulo 2**62 meets every number once
_CHINA = timezone(timedelta(hours=8))


class Row(IntEnum):
    """Which table an id is for; part of the id, so that two tables never share one."""

    BUYER = 1
    ASSET = 2
    PRODUCT = 3
    VERSION = 4
    SKU = 5
    MOVEMENT = 6
    TRADE = 7
    QUOTE = 8
    ORDER = 9
    LINE = 10
    EVENT = 11
    PAYMENT = 12
    PART = 13
    ATTEMPT = 14
    CAPTURE = 15
    CAPTURE_PART = 16
    REFUND = 17
    REFUND_LINE = 18
    JOURNAL = 19
    POSTING = 20
    PARCEL = 21
    PARCEL_LINE = 22
    ENTRY = 23
    DELIVERY = 24
    SENT = 25
    TAKEN_BACK = 26


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of one run; `salt` tells them from those of every other run."""

    salt: int

    @classmethod
    def of(cls, seed: int, run: int) -> "Names":
        """Return the names of a run with a seed number."""
        return cls(int.from_bytes(blake2b(f"{seed}:{run}".encode(), digest_size=8).digest()) & _MASK)

    def id(self, row: Row, number: int, at: int) -> str:
        """Return the UUIDv7 of a row made at `at` (milliseconds since 1970), as 32 hexadecimal digits."""
        scattered = (number * _ODD + self.salt) & _MASK
        return f"{at << 80 | 7 << 76 | row << 64 | 1 << 63 | scattered:032x}"

    def chance(self, row: Row, number: int) -> int:
        """Return what to seed the chances of a row with."""
        return (self.salt ^ row << 56) + number


def milliseconds(at: datetime) -> int:
    """Return an instant in milliseconds since 1970."""
    return round(at.timestamp() * 1000)


@lru_cache(maxsize=4_096)  # the rows of one order share their instants
def instant(at: int) -> str:
    """Return milliseconds since 1970 as PostgreSQL reads them."""
    return datetime.fromtimestamp(at / 1000, _CHINA).isoformat()


def day_of(at: int) -> date:
    """Return the day of the shop on which an instant falls."""
    return datetime.fromtimestamp(at / 1000, _CHINA).date()


def dashed(made: str) -> str:
    """Return an id as it is written with dashes."""
    return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"
