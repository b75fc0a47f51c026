"""Telling buyers of their coupons: of one that staff gave, and once of those that end soon."""

from datetime import datetime

from django.conf import settings

from jishi.identity.accounts import queries as accounts
from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.services import NotSent
from jishi.identity.notifications.types import News
from jishi.kernel.db import atomic, execute, row, rows
from jishi.kernel.ids import CouponId, UserId
from jishi.offering.coupons.queries import read_wish
from jishi.offering.coupons.types import REMIND_DAYS_MAX

BUYERS_AT_ONCE = 1_000
# A coupon is told of once, the days before its end that its terms say, and not on the day it was given: who has just
# had it knows of it.
_ENDING = f"""
FROM coupons_coupon c JOIN coupons_template_version v ON v.template_id = c.template_id AND v.version = c.version
WHERE c.status = 'held' AND c.reminded_at IS NULL
  AND c.valid_until > %(now)s AND c.valid_until <= %(now)s + interval '{REMIND_DAYS_MAX} days'
  AND c.valid_from <= %(now)s AND c.given_at <= %(now)s - interval '1 day'
  AND c.valid_until <= %(now)s + make_interval(days => CASE WHEN v.wish ? 'remind_days'
      THEN (v.wish ->> 'remind_days')::int ELSE 3 END)
"""


def buyers_to_remind(*, now: datetime, after: UserId | None = None) -> list[UserId]:
    """Return who holds coupons that end soon and were not told of, by id and behind `after`, a thousand at most."""
    found = rows(
        f"SELECT DISTINCT c.buyer_id {_ENDING} AND (%(after)s::uuid IS NULL OR c.buyer_id > %(after)s) "
        f"ORDER BY c.buyer_id LIMIT {BUYERS_AT_ONCE}",
        {"now": now, "after": after},
    )
    return [UserId(buyer) for (buyer,) in found]


def remind(*, buyer: UserId, now: datetime) -> int:
    """Tell a buyer of his coupons that end soon, all in one message; return how many it told of.

    They are marked before the message goes, so that no second run tells again, and unmarked when it was refused. Who
    wants no such news gets none. Raises: NotSent (503), for the job runner to try again.
    """
    with atomic():
        found = rows(
            "UPDATE coupons_coupon c SET reminded_at = %(now)s WHERE c.id IN ("
            f"SELECT c.id {_ENDING} AND c.buyer_id = %(buyer)s ORDER BY c.id FOR UPDATE OF c"
            ") RETURNING c.id, c.valid_until, c.template_id, c.version",
            {"now": now, "buyer": buyer},
        )
    if not found or not accounts.wants_coupon_news(buyer):
        return 0
    _, _, template_id, version = min(found, key=lambda one: (one[1], one[0]))
    try:
        _tell(buyer, News.COUPON_ENDING, template_id, version, count=len(found), now=now)
    except NotSent:
        execute(
            "UPDATE coupons_coupon SET reminded_at = NULL WHERE id = ANY(%s)", [[one[0] for one in found]]
        )
        raise
    return len(found)


def tell_of(*, coupon_id: CouponId, now: datetime) -> None:
    """Tell a buyer of a coupon that he was given. Raises: NotSent (503), for the job runner to try again."""
    found = row("SELECT buyer_id, template_id, version FROM coupons_coupon WHERE id = %s", [coupon_id])
    if found is not None:
        buyer, template_id, version = found
        _tell(UserId(buyer), News.COUPON_GIVEN, template_id, version, count=1, now=now)


def _tell(buyer: UserId, news: News, template_id: object, version: int, *, count: int, now: datetime) -> None:
    found = row(
        "SELECT wish::text FROM coupons_template_version WHERE template_id = %s AND version = %s",
        [template_id, version],
    )
    _, _, language = accounts.contact(buyer)
    notifications.tell(
        user_id=buyer,
        news=news,
        params={
            "name": read_wish(found[0]).name.of(language) if found else "",
            "count": str(count),
            "url": f"{settings.ENV.public_url}/me/coupons",
        },
        now=now,
    )
