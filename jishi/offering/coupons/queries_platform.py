"""Reads of coupons for the platform's staff: figures of many templates, who bears the cost, and the coupons given."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.ids import CouponTemplateId, OrderId, UserId
from jishi.kernel.money import split
from jishi.offering.coupons.queries import read_wish
from jishi.offering.coupons.rules import CODE_WAYS, as_code
from jishi.offering.coupons.rules_worth import worth_max
from jishi.offering.coupons.types import CouponStatus, CouponTemplateWish, Way
from jishi.offering.coupons.types_platform import FunderCost, GivenCoupon, TemplateFigures
from jishi.offering.pricing.types import Funder, FunderShare

GIVEN_MAX = 50
GOODWILL_MAX = 50
BY_MERCHANT = (FunderShare(funder=Funder.MERCHANT, basis_points=10_000),)
_FIGURES = """
SELECT template_id, sum((status = 'used')::int)::int,
       coalesce(sum(amount_minor) FILTER (WHERE status = 'used'), 0)::bigint,
       coalesce(sum(revenue_minor) FILTER (WHERE status = 'used'), 0)::bigint
FROM coupons_coupon WHERE template_id = ANY(%s::uuid[]) GROUP BY template_id
"""
# Coupons of one template mostly take the same few amounts off: each amount is divided once.
_AMOUNTS = """
SELECT v.wish ->> 'funders', c.amount_minor, count(*)
FROM coupons_coupon c JOIN coupons_template_version v USING (template_id, version)
WHERE c.template_id = %s AND c.status = 'used' GROUP BY 1, 2
"""
_GIVEN = """
SELECT id, split_part(source, ':', 1), version, status, given_at, valid_until, used_at,
       CASE WHEN status = 'held' THEN 0 ELSE amount_minor END,
       CASE WHEN status = 'held' THEN 0 ELSE revenue_minor END
FROM coupons_coupon WHERE template_id = %s ORDER BY id DESC LIMIT %s
"""
_GOODWILL = """
SELECT id, wish::text FROM coupons_template
WHERE merchant_id IS NULL AND way = %s AND status = 'live' ORDER BY id DESC LIMIT %s
"""


def figures(template_ids: Sequence[UUID]) -> dict[UUID, TemplateFigures]:
    """Return the figures of templates, in one statement; one of which no coupon was given is missing."""
    return {
        template_id: TemplateFigures(used_count=used, discount_minor=discount, revenue_minor=revenue)
        for template_id, used, discount, revenue in rows(_FIGURES, [list(template_ids)])
    }


def costs(template_id: CouponTemplateId) -> list[FunderCost]:
    """Return who bears what the used coupons of a template took off: each coupon's amount, divided as the version it
    was given at says. A merchant's coupons are his alone.
    """
    borne: Counter[Funder] = Counter()
    for stored, amount, count in rows(_AMOUNTS, [template_id]):
        shares = msgspec.json.decode(stored, type=tuple[FunderShare, ...]) or BY_MERCHANT
        parts = split(amount, [share.basis_points for share in shares])
        for share, part in zip(shares, parts, strict=True):
            borne[share.funder] += part * count
    return [FunderCost(funder=one, amount_minor=borne[one]) for one in Funder if borne[one]]


def given(template_id: CouponTemplateId) -> list[GivenCoupon]:
    """Return the coupons of a template given last, the newest first, up to `GIVEN_MAX`; whose is not asked."""
    return [
        GivenCoupon(
            id=coupon_id,
            origin=origin,
            version=version,
            status=CouponStatus(status),
            given_at=given_at,
            valid_until=valid_until,
            used_at=used_at,
            amount_minor=amount,
            revenue_minor=revenue,
        )
        for coupon_id, origin, version, status, given_at, valid_until, used_at, amount, revenue in rows(
            _GIVEN, [template_id, GIVEN_MAX]
        )
    ]


def template_of_code(typed: str) -> UUID | None:
    """Return the template that a code gives coupons of."""
    found = row("SELECT template_id FROM coupons_code WHERE code = %s", [as_code(typed)])
    return UUID(str(found[0])) if found else None


def gives_by_code(way: str) -> bool:
    """Tell whether coupons of a way are given for codes."""
    return way in CODE_WAYS


def worth_of(wish: CouponTemplateWish) -> int | None:
    """Return the most that a coupon can ever take off, in minor units; None without bound."""
    return worth_max(wish.effect)


def goodwill_templates() -> list[tuple[CouponTemplateId, CouponTemplateWish]]:
    """Return the platform's live templates whose coupons staff give after a sale, the newest first."""
    return [
        (CouponTemplateId(template_id), read_wish(wish))
        for template_id, wish in rows(_GOODWILL, [Way.GOODWILL, GOODWILL_MAX])
    ]


def has_goodwill(buyer: UserId, order_id: OrderId) -> bool:
    """Tell whether the platform's staff gave a buyer a coupon for an order."""
    found = row(
        "SELECT 1 FROM coupons_coupon c JOIN coupons_template t ON t.id = c.template_id "
        "WHERE c.buyer_id = %s AND c.source = %s AND t.way = %s AND t.merchant_id IS NULL LIMIT 1",
        [buyer, f"order:{order_id}", Way.GOODWILL],
    )
    return found is not None
