"""Which days a dashboard shows, and to whom what."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY
from jishi.trade.orders.types import DaySales

CHINA = ZoneInfo("Asia/Shanghai")
DAYS = 30
LOW_STOCK = 5  # so many pieces or fewer call for new goods
COUNTED_MAX = 1000


class Part(StrEnum):
    """What a dashboard is made of."""

    SALES = "sales"
    TO_SHIP = "to_ship"
    STOCK = "stock"
    LISTINGS = "listings"
    STATEMENTS = "statements"
    REVIEWS = "reviews"


# Beside the owner, who sees everything: as the operations that list these things admit them.
_ROLES = {
    Part.SALES: {"operator", "finance"},
    Part.TO_SHIP: {"operator", "warehouse", "finance", "service"},
    Part.STOCK: {"operator", "warehouse"},
    Part.LISTINGS: {"operator", "service"},
    Part.STATEMENTS: {"finance"},
    Part.REVIEWS: {"operator", "service"},
}


def may_see(role: str, part: Part) -> bool:
    """Tell whether somebody in a role is shown a part."""
    return role == "owner" or role in _ROLES[part]


def days_until(now: datetime) -> list[date]:
    """Return the `DAYS` days in China that end with today, the oldest first."""
    today = now.astimezone(CHINA).date()
    return [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def start_of(day: date) -> datetime:
    """Return the instant at which a day begins in China."""
    return datetime.combine(day, time.min, tzinfo=CHINA)


def without_gaps(days: Iterable[date], sold: Iterable[DaySales]) -> list[DaySales]:
    """Return one entry for each of the days, empty where nothing was ordered."""
    known = {one.day: one for one in sold}
    return [
        known.get(day) or DaySales(day=day, orders=0, paid_orders=0, sales=Money(0, CURRENCY)) for day in days
    ]
