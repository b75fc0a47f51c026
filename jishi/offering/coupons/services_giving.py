"""Giving coupons to buyers: claimed, exchanged for a code, or given for something that happened.

All go through one door: a coupon is counted at its template first, which lets one giver through after the other, and
written second. The same source gives the same buyer one coupon, so whatever is repeated changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, require_transaction, row, rows
from jishi.kernel.errors import Conflict, NotFound, ProgrammingError
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, OrderId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.coupons import queries, queries_device, rules
from jishi.offering.coupons.queries_device import UNKNOWN, Device
from jishi.offering.coupons.rules_lift import is_held_out
from jishi.offering.coupons.types import Way

YEARS_MAX = 200  # coupons of one template on birthdays: a life of them


class CouponsGone(Conflict):
    """No more coupons of a template are given: none is left, or its time has not come or is over."""

    code = "coupons_gone"
    message = Text(zh="优惠券已领完或不在领取时间内", en="No more of these coupons are given out")


class CouponLimitReached(Conflict):
    """The buyer has had as many coupons of a template as one person may."""

    code = "coupon_limit_reached"
    message = Text(zh="已达到每人领取上限", en="You have had as many of these coupons as one person may")


class DeviceLimitReached(Conflict):
    """As many coupons of a template as one person may have were taken with this device, by whatever accounts."""

    code = "coupon_device_limit_reached"
    message = Text(
        zh="这台设备上的账号已领满这张券",
        en="Accounts on this device have had as many of these coupons as one person may",
    )


class NotDrawn(Conflict):
    """The coupon goes to a part of those who ask, by lot, and not to this buyer."""

    code = "coupon_not_drawn"
    message = Text(
        zh="这张券随机发给部分买家,这次没有抽到您",
        en="This coupon goes to some buyers by lot, and this time not to you",
    )


class CodeUnknown(Conflict):
    """There is no such code, or somebody used it already: which of the two is nobody's to learn."""

    code = "coupon_code_unknown"
    message = Text(zh="兑换码无效或已被使用", en="This code is not valid or was used already")


def claim(
    *, buyer: UserId, template_id: CouponTemplateId, key: str, device: Device = UNKNOWN, now: datetime
) -> CouponId:
    """Give a buyer a coupon he asked for; the same key again is the same coupon.

    Raises: NotFound for a template that cannot be claimed, CouponsGone, CouponLimitReached, DeviceLimitReached,
    NotDrawn (409 each).
    """
    with atomic():
        made = _give_or_hold_out(template_id, buyer, f"claim:{key}", way=Way.CLAIM, device=device, now=now)
    if made is None:
        raise NotDrawn
    return made


def exchange(*, buyer: UserId, code: str, device: Device = UNKNOWN, now: datetime) -> CouponId:
    """Give a buyer the coupon of a code; the same code again is the same coupon. A code for once is its finder's,
    whatever was taken with the device before.

    Raises: CodeUnknown, CouponsGone, CouponLimitReached, DeviceLimitReached (409 each).
    """
    wanted = rules.as_code(code)
    with atomic():
        found = row(
            "SELECT template_id, is_once, given_count FROM coupons_code WHERE code = %s FOR NO KEY UPDATE",
            [wanted],
        )
        if found is None:
            raise CodeUnknown
        template_id, is_once, given_count = found
        source = f"code:{wanted}"
        known = _given(template_id, buyer, source)
        if known is not None:
            return known
        if is_once and given_count:
            raise CodeUnknown
        way = Way.CODE_ONCE if is_once else Way.CODE_SHARED
        made = _give(template_id, buyer, source, way=way, device=device, now=now)
        execute("UPDATE coupons_code SET given_count = given_count + 1 WHERE code = %s", [wanted])
    return made


def welcome(*, buyer: UserId, device: Device = UNKNOWN, now: datetime) -> list[CouponId]:
    """Give a new account every coupon that new accounts get, once, and once a device; what is gone is left out."""
    live = rows("SELECT id FROM coupons_template WHERE way = 'sign_up' AND status = 'live' ORDER BY id")
    return [
        given
        for (template_id,) in live
        if (given := _give_if_any(template_id, buyer, "sign_up", Way.SIGN_UP, now, device)) is not None
    ]


def reward(
    *, buyer: UserId, order_id: OrderId, merchant_id: MerchantId, spent_minor: int, now: datetime
) -> list[CouponId]:
    """Give a buyer what an order of so much earns him, from its merchant and from the platform, once an order."""
    live = rows(
        "SELECT id FROM coupons_template WHERE way = 'spend' AND status = 'live' AND spend_minor <= %s "
        "AND (merchant_id IS NULL OR merchant_id = %s) ORDER BY id",
        [spent_minor, merchant_id],
    )
    return [
        given
        for (template_id,) in live
        if (given := _give_if_any(template_id, buyer, f"order:{order_id}", Way.SPEND, now)) is not None
    ]


def give(
    *,
    merchant_id: MerchantId | None,
    template_id: CouponTemplateId,
    buyer: UserId,
    source: str,
    way: Way,
    staff_id: UserId | None,
    now: datetime,
    reason: str = "",
) -> tuple[CouponId, bool]:
    """Give a buyer a coupon of an owner's template for `source` (an order, an event), once for each; tell whether it
    is new; in the caller's transaction. `reason` is kept in the audit log.

    Raises: NotFound for another owner's template or one that gives otherwise, CouponsGone, CouponLimitReached (409).
    """
    queries.template(merchant_id, template_id)
    known = _given(template_id, buyer, source)
    if known is not None:
        return known, False
    made = _give(template_id, buyer, source, way=way, now=now)
    audit.record(
        actor=staff_id,
        actor_kind="merchant" if merchant_id else "platform",
        action="coupon.given",
        subject_kind="coupon",
        subject_id=made,
        merchant_id=merchant_id,
        data={"template_id": template_id, "source": source} | ({"reason": reason} if reason else {}),
        now=now,
    )
    return made, True


def birthday_templates() -> list[CouponTemplateId]:
    """Return the templates that give on birthdays."""
    live = rows("SELECT id FROM coupons_template WHERE way = 'birthday' AND status = 'live' ORDER BY id")
    return [CouponTemplateId(template_id) for (template_id,) in live]


def congratulate(
    *, buyer: UserId, templates: Sequence[CouponTemplateId], year: int, now: datetime
) -> list[CouponId]:
    """Give a buyer the coupons of his birthday in a year, once a year, however often he changes the day."""
    given = [
        _give_if_any(template_id, buyer, f"birthday:{year}", Way.BIRTHDAY, now) for template_id in templates
    ]
    return [one for one in given if one is not None]


def _give_if_any(
    template_id: CouponTemplateId,
    buyer: UserId,
    source: str,
    way: Way,
    now: datetime,
    device: Device = UNKNOWN,
) -> CouponId | None:
    try:
        with atomic():
            return _give_or_hold_out(template_id, buyer, source, way=way, device=device, now=now)
    except (CouponsGone, CouponLimitReached, DeviceLimitReached):
        return None


# The row of the template is held from here to the commit, so that what is counted below is the truth.
_COUNT = """
UPDATE coupons_template SET given_count = given_count + 1
WHERE id = %(template)s AND status = 'live' AND way = %(way)s AND (stock IS NULL OR given_count < stock)
  AND (claim_from IS NULL OR claim_from <= %(now)s) AND (claim_until IS NULL OR claim_until > %(now)s)
  AND (valid_until IS NULL OR valid_until > %(now)s)
RETURNING version, per_person_max, wish::text
"""
_DEVICE_IS_FREE = """(%(device)s::bytea IS NULL OR (
      SELECT count(*) FROM coupons_coupon WHERE template_id = %(template)s AND device = ANY(%(devices)s::bytea[])
  ) < %(most_by_device)s)"""
_WRITE = f"""
INSERT INTO coupons_coupon (id, template_id, version, buyer_id, source, status, valid_from, valid_until, given_at,
                            sku_ids, amount_minor, revenue_minor, device)
SELECT %(id)s, %(template)s, %(version)s, %(buyer)s, %(source)s, 'held', %(valid_from)s, %(valid_until)s, %(now)s,
       '{{}}', 0, 0, %(device)s
WHERE (SELECT count(*) FROM coupons_coupon WHERE template_id = %(template)s AND buyer_id = %(buyer)s) < %(most)s
  AND {_DEVICE_IS_FREE}
"""
# Who has had one already is no example of one without; who is refused anyway is no member of either group.
_HOLD_OUT = f"""
INSERT INTO coupons_holdout (template_id, buyer_id, version, held_at, valid_until)
SELECT %(template)s, %(buyer)s, %(version)s, %(now)s, %(valid_until)s
WHERE NOT EXISTS (SELECT FROM coupons_coupon WHERE template_id = %(template)s AND buyer_id = %(buyer)s)
  AND {_DEVICE_IS_FREE}
ON CONFLICT (template_id, buyer_id) DO UPDATE SET held_at = coupons_holdout.held_at
"""


def _give(
    template_id: CouponTemplateId,
    buyer: UserId,
    source: str,
    *,
    way: Way,
    device: Device = UNKNOWN,
    now: datetime,
) -> CouponId:
    made = _give_or_hold_out(template_id, buyer, source, way=way, device=device, now=now)
    if made is None:
        raise ProgrammingError("a way without a hold-out held somebody out")
    return made


def _give_or_hold_out(
    template_id: CouponTemplateId,
    buyer: UserId,
    source: str,
    *,
    way: Way,
    device: Device = UNKNOWN,
    now: datetime,
) -> CouponId | None:
    """Give a coupon, or note that its buyer was held out (None): in the caller's transaction, which must stay."""
    require_transaction("giving a coupon")
    known = _given(template_id, buyer, source)
    if known is not None:
        return known
    counted = row(_COUNT, {"template": template_id, "way": way, "now": now})
    if counted is None:
        _refuse(template_id, way)
    again = _given(template_id, buyer, source)  # the same request, while this one waited
    if again is not None:
        _uncount(template_id)
        return again
    version, per_person_max, stored = counted
    made, wish = CouponId(new_id()), queries.read_wish(stored)
    valid_from, valid_until = rules.validity(wish, now)
    most = YEARS_MAX if way is Way.BIRTHDAY else per_person_max
    counted_by = device if way in queries_device.LIMITED else UNKNOWN
    said = {
        "id": made,
        "template": template_id,
        "version": version,
        "buyer": buyer,
        "source": source,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "now": now,
        "most": most,
        "device": counted_by[0] if counted_by else None,
        "devices": list(counted_by),
        "most_by_device": 1 if way is Way.SIGN_UP else most,
    }
    if is_held_out(template_id, buyer, wish.holdout_percent) and execute(_HOLD_OUT, said):
        _uncount(template_id)
        return None
    if not execute(_WRITE, said):
        raise CouponLimitReached if _has_had(template_id, buyer) >= most else DeviceLimitReached
    return made


def _uncount(template_id: CouponTemplateId) -> None:
    execute("UPDATE coupons_template SET given_count = given_count - 1 WHERE id = %s", [template_id])


def _has_had(template_id: CouponTemplateId, buyer: UserId) -> int:
    found = row(
        "SELECT count(*) FROM coupons_coupon WHERE template_id = %s AND buyer_id = %s", [template_id, buyer]
    )
    return int(found[0]) if found else 0


def _given(template_id: CouponTemplateId, buyer: UserId, source: str) -> CouponId | None:
    found = row(
        "SELECT id FROM coupons_coupon WHERE template_id = %s AND buyer_id = %s AND source = %s",
        [template_id, buyer, source],
    )
    return CouponId(found[0]) if found else None


def _refuse(template_id: CouponTemplateId, way: Way) -> NoReturn:
    is_known = row(
        "SELECT 1 FROM coupons_template WHERE id = %s AND way = %s AND status <> 'draft'", [template_id, way]
    )
    if is_known is None:
        raise NotFound
    raise CouponsGone
