"""What became of a template's coupons, day by day, and what those still out will probably cost."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel.db import row, rows
from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.offering.coupons.queries import template
from jishi.offering.coupons.rules_forecast import forecast
from jishi.offering.coupons.rules_lift import lift
from jishi.offering.coupons.types import CouponDay, CouponFigures
from jishi.offering.coupons.types_lift import LiftCounts

DAYS_SHOWN = 31


def figures(merchant_id: MerchantId | None, template_id: CouponTemplateId, *, now: datetime) -> CouponFigures:
    """Return what became of an owner's template up to today, and its forecast; three statements. Raises: NotFound."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    days = statistics(merchant_id, template_id, until=today)
    wish = template(merchant_id, template_id).wish
    counted = row(_FATES, {"template": template_id, "now": now})
    held, used, expired, discount_minor = counted or (0, 0, 0, 0)
    return CouponFigures(
        days=days,
        forecast=forecast(wish.effect, held=held, used=used, expired=expired, discount_minor=discount_minor),
    )


def with_lift(
    known: CouponFigures, percent: int, *, given: LiftCounts, held_out: LiftCounts
) -> CouponFigures:
    """Return figures with what the coupons bring, from what orders say of both groups."""
    return replace(known, lift=lift(percent, given=given, held_out=held_out))


# One in an unpaid order is as good as one at hand: the order may come to nothing.
_FATES = """
SELECT count(*) FILTER (WHERE status = 'locked' OR (status = 'held' AND valid_until > %(now)s)),
       count(*) FILTER (WHERE status = 'used'),
       count(*) FILTER (WHERE status = 'held' AND valid_until <= %(now)s),
       coalesce(sum(amount_minor) FILTER (WHERE status = 'used'), 0)::bigint
FROM coupons_coupon WHERE template_id = %(template)s
"""


def statistics(
    merchant_id: MerchantId | None, template_id: CouponTemplateId, *, until: date
) -> list[CouponDay]:
    """Return what became of an owner's template on each of the 31 days of the shop that end with `until`, the oldest
    first. Raises: NotFound.
    """
    template(merchant_id, template_id)
    first = until - timedelta(days=DAYS_SHOWN - 1)
    found = rows(_DAYS, {"zone": settings.TIME_ZONE, "template": template_id, "first": first, "last": until})
    return [
        CouponDay(
            day=day,
            given_count=given_count,
            used_count=used_count,
            discount_minor=discount_minor,
            revenue_minor=revenue_minor,
        )
        for day, given_count, used_count, discount_minor, revenue_minor in found
    ]


_DAYS = """
WITH coupon AS MATERIALIZED (
    SELECT (given_at AT TIME ZONE %(zone)s)::date AS given_on, status, amount_minor, revenue_minor,
           (used_at AT TIME ZONE %(zone)s)::date AS used_on
    FROM coupons_coupon WHERE template_id = %(template)s
), given AS (
    SELECT given_on AS day, count(*) AS count FROM coupon GROUP BY given_on
), used AS (
    SELECT used_on AS day, count(*) AS count, sum(amount_minor) AS discount, sum(revenue_minor) AS revenue
    FROM coupon WHERE status = 'used' GROUP BY used_on
)
SELECT day::date, coalesce(given.count, 0), coalesce(used.count, 0),
       coalesce(used.discount, 0)::bigint, coalesce(used.revenue, 0)::bigint
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS series (day)
LEFT JOIN given USING (day) LEFT JOIN used USING (day) ORDER BY day
"""
