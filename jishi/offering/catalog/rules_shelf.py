"""When a product is on sale by its plan: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.kernel.errors import Invalid

PLANNED_MAX = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Period:
    """From `on_at` until just before `off_at`; None: no such end."""

    on_at: datetime | None = None
    off_at: datetime | None = None

    def contains(self, now: datetime) -> bool:
        """Say whether the product is to be on sale."""
        has_begun = self.on_at is None or self.on_at <= now
        return has_begun and (self.off_at is None or now < self.off_at)

    def next_at(self, now: datetime) -> datetime | None:
        """Return the next instant at which that changes, None when it never does again."""
        return min((one for one in (self.on_at, self.off_at) if one and one > now), default=None)


NOTHING = Period()


def checked(wish: Period, kept: Period, *, is_on_sale: bool, now: datetime) -> Period:
    """Return a period to the minute. What is new in it lies ahead; what was planned before may have passed.

    Raises: Invalid (422), naming the end that is wrong.
    """
    period = Period(_minute(wish.on_at), _minute(wish.off_at))
    for field, moment, before in (
        ("on_at", period.on_at, kept.on_at),
        ("off_at", period.off_at, kept.off_at),
    ):
        if moment and moment != before and not now < moment <= now + PLANNED_MAX:
            raise Invalid(field=field, reason="not in the next two years")
    if period.on_at and period.off_at and period.off_at <= period.on_at:
        raise Invalid(field="off_at", reason="not after on_at")
    if is_on_sale and period.on_at and period.on_at > now:
        raise Invalid(field="on_at", reason="on sale already")
    return period


def _minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None
