"""The coupons a buyer could use, for the price."""

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, UserId
from jishi.offering.coupons.queries import read_wish
from jishi.offering.coupons.rules import as_rule
from jishi.offering.coupons.types import CouponTemplateWish
from jishi.offering.pricing.types_promotions import Promotion

HELD_MAX = 100  # those that end first: who holds more sees the others when some are gone
TERMS_KEPT = 5_000
# For a statement that reads them along; its parameters are `%(owner)s` and `%(now)s`.
HELD = f"""
(SELECT json_agg(json_build_array(h.id, h.template_id, h.version, h.valid_from, h.valid_until))::text FROM (
    SELECT id, template_id, version, valid_from, valid_until FROM coupons_coupon
    WHERE buyer_id = %(owner)s AND status = 'held' AND valid_until > %(now)s
    ORDER BY valid_until, id LIMIT {HELD_MAX}
) h)
"""
Terms = tuple[MerchantId | None, CouponTemplateWish]
_terms: dict[tuple[CouponTemplateId, int], Terms] = {}
_lock = threading.Lock()


def held_by(buyer: UserId, *, now: datetime) -> list[Promotion]:
    """Return the coupons a buyer could use; one statement, and one more where a process meets terms for the first
    time.
    """
    found = row(f"SELECT {HELD}", {"owner": buyer, "now": now})
    return held(found[0]) if found else []


def held(read: str | None) -> list[Promotion]:
    """Return what `HELD` read, as rules of the price function."""
    if not read:
        return []
    found = [
        (CouponId(UUID(coupon_id)), (CouponTemplateId(UUID(template_id)), version), valid_from, valid_until)
        for coupon_id, template_id, version, valid_from, valid_until in json.loads(read)
    ]
    terms = _terms_of([which for _, which, _, _ in found])
    return [
        as_rule(
            coupon_id,
            which[1],
            *terms[which],
            datetime.fromisoformat(valid_from),
            datetime.fromisoformat(valid_until),
        )
        for coupon_id, which, valid_from, valid_until in found
    ]


def _terms_of(wanted: Sequence[tuple[CouponTemplateId, int]]) -> dict[tuple[CouponTemplateId, int], Terms]:
    """Return what versions say. They never change, so what was read once is kept."""
    with _lock:
        known = {which: _terms[which] for which in wanted if which in _terms}
    missing = [which for which in set(wanted) if which not in known]
    if missing:
        read = rows(
            "SELECT v.template_id, v.version, t.merchant_id, v.wish::text "
            "FROM unnest(%s::uuid[], %s::int[]) AS w (template_id, version) "
            "JOIN coupons_template_version v USING (template_id, version) "
            "JOIN coupons_template t ON t.id = v.template_id",
            [[template_id for template_id, _ in missing], [version for _, version in missing]],
        )
        fresh = {
            (CouponTemplateId(template_id), version): (merchant_id, read_wish(wish))
            for template_id, version, merchant_id, wish in read
        }
        with _lock:
            if len(_terms) > TERMS_KEPT:
                _terms.clear()
            _terms.update(fresh)
        known |= fresh
    return known
