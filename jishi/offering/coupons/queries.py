"""Reads of coupon templates, for their owners."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponTemplateId, MerchantId
from jishi.kernel.pagination import Page, Sort, page
from jishi.offering.coupons.types import (
    CodeCard,
    CouponTemplateCard,
    CouponTemplateWish,
    TemplateStatus,
    Way,
)

CARDS_MAX = 50
CODES_AT_ONCE = 1_000
_BY_ID = Sort(("id",), UUID)
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
    way: Way | None = None,
    cursor: str | None = None,
    limit: int = CARDS_MAX,
) -> Page[CouponTemplateCard]:
    """Return an owner's templates, the newest first; None is the platform. Raises: Invalid for a malformed cursor."""
    _, before = _BY_ID.after(cursor)
    found = rows(
        f"{_CARD} WHERE t.merchant_id IS NOT DISTINCT FROM %(owner)s "
        "AND (%(status)s::text IS NULL OR t.status = %(status)s) "
        "AND (%(way)s::text IS NULL OR t.way = %(way)s) "
        "AND (%(before)s::uuid IS NULL OR t.id < %(before)s) ORDER BY t.id DESC LIMIT %(most)s",
        {
            "owner": merchant_id,
            "status": status,
            "way": way,
            "before": before[-1] if before else None,
            "most": limit + 1,
        },
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], one[0]))
    return Page(items=[_card(one) for one in shown.items], next_cursor=shown.next_cursor)


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
