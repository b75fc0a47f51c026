"""Coupons to claim, by the templates that somebody chose to show together."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import CouponTemplateId


def claimable(template_ids: Sequence[CouponTemplateId]) -> set[CouponTemplateId]:
    """Return those of the templates whose coupons buyers claim, whatever their status: all others are given."""
    found = rows(
        "SELECT id FROM coupons_template WHERE id = ANY(%s::uuid[]) AND way = 'claim'", [list(template_ids)]
    )
    return {CouponTemplateId(one) for (one,) in found}
