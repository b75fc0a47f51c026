"""Reads of coupon templates, for their owners."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from pydantic import TypeAdapter

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.offering.coupons.types import (
    CodeCard,
    CouponDay,
    CouponTemplateCard,
    CouponTemplateWish,
    TemplateStatus,
)

CARDS_MAX = 50
CODES_AT_ONCE = 1_000
DAYS_SHOWN = 31
_WISH = TypeAdapter(CouponTemplateWish)
_CARD = """
SELECT t.id, t.version, t.status, t.wish::text, t.merchant_id, t.changed_at,
       (SELECT count(*) FROM coupons_code c WHERE c.template_id = t.id), t.given_count,
       used.count, used.discount_minor, used.revenue_minor
FROM coupons_template t CROSS JOIN LATERAL (
    SELECT count(*) AS count, coalesce(sum(amount_minor), 0)::bigint AS discount_minor,
           coalesce(sum(revenue_minor), 0)::bigint AS revenue_minor
    FROM coupons_coupon c WHERE c.template_id = t.id AND c.status = 'used'
) used
"""


def read_wish(stored: str) -> CouponTemplateWish:
    """Return a wish from its JSON."""
    return _WISH.validate_json(stored)


def written(wish: CouponTemplateWish) -> str:
    """Return a wish as JSON."""
    return _WISH.dump_json(wish).decode()


def templates_of(
    merchant_id: MerchantId | None,
    *,
    status: TemplateStatus | None = None,
    before: CouponTemplateId | None = None,
) -> list[CouponTemplateCard]:
    """Return an owner's templates, the newest first, up to `CARDS_MAX`; None is the platform."""
    found = rows(
        f"{_CARD} WHERE t.merchant_id IS NOT DISTINCT FROM %(owner)s "
        "AND (%(status)s::text IS NULL OR t.status = %(status)s) "
        "AND (%(before)s::uuid IS NULL OR t.id < %(before)s) ORDER BY t.id DESC LIMIT %(most)s",
        {"owner": merchant_id, "status": status, "before": before, "most": CARDS_MAX},
    )
    return [_card(one) for one in found]


def template(merchant_id: MerchantId | None, template_id: CouponTemplateId) -> CouponTemplateCard:
    """Return an owner's template. Raises: NotFound."""
    found = row(
        f"{_CARD} WHERE t.id = %s AND t.merchant_id IS NOT DISTINCT FROM %s", [template_id, merchant_id]
    )
    if found is None:
        raise NotFound
    return _card(found)


def codes_of(merchant_id: MerchantId | None, template_id: CouponTemplateId) -> Iterator[CodeCard]:
    """Yield the codes of an owner's template by name, read a thousand at a time. Raises: NotFound, at once."""
    template(merchant_id, template_id)
    return _codes(template_id)


def _codes(template_id: CouponTemplateId) -> Iterator[CodeCard]:
    last = ""
    while found := rows(
        "SELECT code, given_count FROM coupons_code WHERE template_id = %s AND code > %s ORDER BY code LIMIT %s",
        [template_id, last, CODES_AT_ONCE],
    ):
        for code, given_count in found:
            yield CodeCard(code=code, given_count=given_count)
        last = found[-1][0]


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


def _card(found: tuple[Any, ...]) -> CouponTemplateCard:
    template_id, version, status, wish, merchant_id, changed_at, code_count, given_count, *used = found
    used_count, discount_minor, revenue_minor = used
    return CouponTemplateCard(
        id=template_id,
        version=version,
        status=TemplateStatus(status),
        wish=read_wish(wish),
        merchant_id=merchant_id,
        changed_at=changed_at,
        code_count=code_count,
        given_count=given_count,
        used_count=used_count,
        discount_minor=discount_minor,
        revenue_minor=revenue_minor,
    )
