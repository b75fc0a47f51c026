"""How recommendations do, and what is tried beside what."""

from dataclasses import dataclass
from datetime import date

from jishi.discovery.behaviour.types_shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """What somebody's recommendations are made with; `name` is empty outside any experiment."""

    name: str = ""
    explored_every: int = 10
    uses_previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was shown, and what came of it; amounts in minor units."""

    impressions: int = 0
    clicks: int = 0
    adds: int = 0
    orders: int = 0
    revenue_minor: int = 0
    revenue_squares: int = 0

    def plus(self, other: "Measured") -> "Measured":
        """Return both together."""
        return Measured(
            impressions=self.impressions + other.impressions,
            clicks=self.clicks + other.clicks,
            adds=self.adds + other.adds,
            orders=self.orders + other.orders,
            revenue_minor=self.revenue_minor + other.revenue_minor,
            revenue_squares=self.revenue_squares + other.revenue_squares,
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and the bounds between which it lies with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an impression brings; None where nothing was shown."""

    clicks: Interval | None
    adds: Interval | None
    revenue_minor: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredShown:
    """What came of being shown in one place, by one version, under one arm."""

    shown: Shown
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDay:
    """What came of all recommendations of a day."""

    day: date
    measured: Measured
