"""What was sold with a promotion."""

from dataclasses import dataclass
from datetime import date

from jishi.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWithPromotion:
    """A day in China: paid orders placed on it that a promotion took something off, their buyers, what it took off,
    and what they came to.
    """

    day: date
    orders: int
    buyers: int
    discount: Money
    sales: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionSales:
    """The same over the whole time, in which each buyer counts once, and by day."""

    orders: int
    buyers: int
    discount: Money
    sales: Money
    days: list[DayWithPromotion]
