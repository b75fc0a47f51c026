"""Reading how recommendations do."""

from datetime import date
from typing import Any

from jishi.discovery.behaviour.types_shown import Shown
from jishi.discovery.recommendations import rules_measured as rules
from jishi.discovery.recommendations.types_measured import Figures, Measured, MeasuredDay, MeasuredShown
from jishi.kernel.db import rows

_SUMS = (
    "sum(impressions)::bigint, sum(clicks)::bigint, sum(adds)::bigint, sum(orders)::bigint, "
    "sum(revenue_minor)::bigint, sum(revenue_squares)"
)


def by_shown(*, since: date) -> list[MeasuredShown]:
    """Return the sums since a day by place, version and arm, what was shown most first: one statement."""
    found = rows(
        f"SELECT placement, model, arm, {_SUMS} FROM recommendations_daily WHERE day >= %s "
        "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        [since],
    )
    return [
        MeasuredShown(shown=Shown(placement=placement, model=model, arm=arm), measured=_measured(sums))
        for placement, model, arm, *sums in found
    ]


def by_day(*, since: date) -> list[MeasuredDay]:
    """Return the sums of each day since one, the earliest first: one statement."""
    found = rows(
        f"SELECT day, {_SUMS} FROM recommendations_daily WHERE day >= %s GROUP BY 1 ORDER BY 1", [since]
    )
    return [MeasuredDay(day=day, measured=_measured(sums)) for day, *sums in found]


def figures(measured: Measured) -> Figures:
    """Return what an impression brings, with its intervals."""
    return rules.figures(measured)


def _measured(sums: list[Any]) -> Measured:
    impressions, clicks, adds, orders, revenue, squares = (int(one) for one in sums)
    return Measured(
        impressions=impressions,
        clicks=clicks,
        adds=adds,
        orders=orders,
        revenue_minor=revenue,
        revenue_squares=squares,
    )
