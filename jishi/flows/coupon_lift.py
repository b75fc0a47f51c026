"""What a template's coupons bring: those who got one beside those who were held out, by what they bought."""

from datetime import datetime

from jishi.kernel.db import rows
from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.offering.coupons import queries_figures
from jishi.offering.coupons.types import CouponFigures
from jishi.offering.coupons.types_lift import LiftCounts


def figures(merchant_id: MerchantId | None, template_id: CouponTemplateId, *, now: datetime) -> CouponFigures:
    """Return what became of an owner's template up to today, and where some were held out what it brings in orders of
    its merchant, of all merchants for the platform's. Raises: NotFound.
    """
    known = queries_figures.figures(merchant_id, template_id, now=now)
    found = rows(_GROUPS, {"template": template_id, "merchant": merchant_id, "now": now})
    if not found:
        return known
    groups = {
        is_given: LiftCounts(
            people=people, buyers=buyers, revenue_minor=int(revenue), revenue_squares=int(squares)
        )
        for _, is_given, people, buyers, revenue, squares in found
    }
    given, held_out = groups.get(True, LiftCounts()), groups.get(False, LiftCounts())
    return queries_figures.with_lift(known, found[0][0], given=given, held_out=held_out)


# Only people who came while the share was what it is, or was last: with another share the groups would differ in when
# their people came. Whoever had a coupon before counts with that first one, so not at all.
_GROUPS = """
WITH version AS (
    SELECT version, coalesce((wish ->> 'holdout_percent')::int, 0) AS share
    FROM coupons_template_version WHERE template_id = %(template)s
), measured AS (
    SELECT version, share FROM version
    WHERE share = (SELECT share FROM version WHERE share > 0 ORDER BY version DESC LIMIT 1)
), given AS (
    SELECT DISTINCT ON (buyer_id) buyer_id, version, given_at AS since, valid_until AS until
    FROM coupons_coupon WHERE template_id = %(template)s ORDER BY buyer_id, given_at, id
), held AS (
    SELECT buyer_id, version, held_at AS since, valid_until AS until
    FROM coupons_holdout WHERE template_id = %(template)s
), person AS (
    SELECT true AS is_given, given.* FROM given
    WHERE NOT EXISTS (SELECT FROM held WHERE held.buyer_id = given.buyer_id)
    UNION ALL SELECT false, held.* FROM held
), bought AS (
    SELECT p.is_given, coalesce(sum(o.total_minor - o.refunded_minor), 0) AS revenue
    FROM person p JOIN measured USING (version)
    LEFT JOIN orders_order o ON o.buyer_id = p.buyer_id AND o.paid_at >= p.since
        AND o.paid_at < p.until AND o.paid_at <= %(now)s
        AND (%(merchant)s::uuid IS NULL OR o.merchant_id = %(merchant)s)
    GROUP BY p.is_given, p.buyer_id
), counted AS (
    SELECT is_given, count(*) AS people, count(*) FILTER (WHERE revenue > 0) AS buyers,
           sum(revenue) AS revenue, sum(revenue * revenue) AS squares
    FROM bought GROUP BY is_given
)
SELECT share, coalesce(is_given, false), coalesce(people, 0), coalesce(buyers, 0), coalesce(revenue, 0),
       coalesce(squares, 0)
FROM (SELECT DISTINCT share FROM measured) asked LEFT JOIN counted ON true
"""
