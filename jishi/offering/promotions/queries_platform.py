"""Reads of promotions for the platform's staff: its own of a month, and since when orders can rest on one."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import PromotionId
from jishi.offering.pricing.types_promotions import Effect
from jishi.offering.promotions.queries import read_wish
from jishi.offering.promotions.queries_desk import CALENDAR_MAX, CHINA
from jishi.offering.promotions.types import PromotionCard, PromotionStatus

# The platform's own stand together in the index of owners.
_MONTH = """
SELECT id, version, status, wish::text, spent_minor, merchant_id, changed_at FROM promotions_promotion
WHERE merchant_id IS NULL AND starts_at < %(until)s AND ends_at > %(since)s
  AND (%(status)s::text IS NULL OR status = %(status)s)
ORDER BY starts_at, id LIMIT %(most)s
"""


def in_month(month: date, *, status: PromotionStatus | None = None) -> list[PromotionCard]:
    """Return the platform's promotions some of whose time lies in the month of `month` in China, the first to start
    first, up to `CALENDAR_MAX`. One statement.
    """
    first = month.replace(day=1)
    found = rows(
        _MONTH,
        {
            "since": datetime.combine(first, time.min, tzinfo=CHINA),
            "until": datetime.combine(month_after(first), time.min, tzinfo=CHINA),
            "status": status,
            "most": CALENDAR_MAX,
        },
    )
    return [_card(one) for one in found]


def month_after(first: date) -> date:
    """Return the first day of the month after one."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def first_written(promotion_id: PromotionId | UUID) -> tuple[Effect, datetime]:
    """Return what anybody's promotion does, and when it was drafted: no order before that rests on it. Raises:
    NotFound.
    """
    found = row(
        "SELECT p.wish::text, v.written_at FROM promotions_promotion p "
        "JOIN promotions_promotion_version v ON v.promotion_id = p.id AND v.version = 1 WHERE p.id = %s",
        [promotion_id],
    )
    if found is None:
        raise NotFound
    return read_wish(found[0]).effect, found[1]


def _card(found: tuple[Any, ...]) -> PromotionCard:
    promotion_id, version, status, wish, spent_minor, merchant_id, changed_at = found
    return PromotionCard(
        id=promotion_id,
        version=version,
        status=PromotionStatus(status),
        wish=read_wish(wish),
        spent_minor=spent_minor,
        merchant_id=merchant_id,
        changed_at=changed_at,
    )
