"""Measuring how recommendations do, a day at a time; and ending an experiment."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from jishi.discovery.behaviour import queries_shown as behaviour
from jishi.discovery.behaviour.types import Placement
from jishi.discovery.behaviour.types_shown import Bought, Shown
from jishi.discovery.recommendations import arms
from jishi.discovery.recommendations.models import VersionRow
from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.recommendations.types_measured import Measured
from jishi.kernel.db import atomic, lock
from jishi.kernel.ids import UserId, VisitorId
from jishi.trade.orders import queries_baskets as orders

CHINA = ZoneInfo("Asia/Shanghai")
PLACEMENTS = [Placement.HOME, Placement.PRODUCT, Placement.CART, Placement.PAID, Placement.EMPTY]
LED_WITHIN = timedelta(hours=24)  # so long after a click, a purchase goes back to it
# A report may come a day late, and a purchase a day after the click.
DAYS_AGAIN = 3


def measure(*, now: datetime) -> None:
    """Measure the last days that are over, anew. Safe to call again."""
    today = now.astimezone(CHINA).date()
    for back in range(DAYS_AGAIN, 0, -1):
        measure_day(today - timedelta(days=back))


def measure_day(day: date) -> None:
    """Put a day's numbers in the place of what was known of it."""
    sums: dict[Shown, Measured] = {}
    for shown, measured in _found(day):
        sums[shown] = sums.get(shown, Measured()).plus(measured)
    with atomic():
        lock("recommendations.measure")
        DailyRow.objects.filter(day=day).delete()
        DailyRow.objects.bulk_create(_row(day, shown, measured) for shown, measured in sums.items())


def carry_arm(*, visitor: VisitorId, buyer: UserId, now: datetime) -> None:
    """Let who signs in keep the arm of the visitor he was, until midnight in China. Safe to call again."""
    arms.remember(visitor=visitor, buyer=buyer, now=now)


def end(*, experiment_id: UUID, now: datetime) -> None:
    """End an experiment; everybody gets what arm a gets. Ending it again changes nothing."""
    running = ExperimentRow.objects.filter(id=experiment_id, is_running=True)
    running.update(is_running=False, ended_at=now)


def _found(day: date) -> Iterator[tuple[Shown, Measured]]:
    since, until = _midnight(day), _midnight(day + timedelta(days=1))
    known = _Known()
    for one in behaviour.counted(since=since, until=until, placements=PLACEMENTS):
        counts = Measured(impressions=one.impressions, clicks=one.clicks, adds=one.adds)
        yield known.of(one.shown), counts
    bought = [
        Bought(
            person_id=one.buyer_id, product_id=one.product_id, at=one.paid_at, amount_minor=one.amount_minor
        )
        for one in orders.paid_lines(since=since, until=until + LED_WITHIN)
    ]
    for led in behaviour.led(bought, within=LED_WITHIN, placements=PLACEMENTS):
        if since <= led.clicked_at < until:
            amount = led.amount_minor
            paid = Measured(orders=1, revenue_minor=amount, revenue_squares=amount * amount)
            yield known.of(led.shown), paid


class _Known:
    """The versions and arms that the shop itself has named: browsers may report anything."""

    def __init__(self) -> None:
        versions = VersionRow.objects.values_list("name", flat=True)
        measured = DailyRow.objects.order_by().values_list("model", flat=True).distinct()
        self._models = {*versions, *measured}
        names = ExperimentRow.objects.values_list("name", flat=True)
        self._arms = {f"{name}:{letter}" for name in names for letter in "ab"}

    def of(self, shown: Shown) -> Shown:
        """Return the same with nothing in the place of what nobody knows."""
        return Shown(
            placement=shown.placement,
            model=shown.model if shown.model in self._models else "",
            arm=shown.arm if shown.arm in self._arms else "",
        )


def _row(day: date, shown: Shown, measured: Measured) -> DailyRow:
    return DailyRow(
        day=day,
        placement=shown.placement,
        model=shown.model,
        arm=shown.arm,
        impressions=measured.impressions,
        clicks=measured.clicks,
        adds=measured.adds,
        orders=measured.orders,
        revenue_minor=measured.revenue_minor,
        revenue_squares=measured.revenue_squares,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)
