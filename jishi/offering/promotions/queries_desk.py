"""Reads of a merchant's promotions for his desk: by where they stand, by month, and what each said before."""

from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from jishi.identity.accounts import queries as accounts
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, PromotionId, SkuId, UserId
from jishi.kernel.money import Money
from jishi.kernel.pagination import Page, Sort, page
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog import queries_merchant as own_catalog
from jishi.offering.promotions.queries import read_wish
from jishi.offering.promotions.rules import named_skus
from jishi.offering.promotions.types import PromotionStatus, PromotionWish
from jishi.offering.promotions.types_desk import PromotionForMerchant, PromotionVersionRow, Stage

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR_MAX = 200
_NEWEST = Sort(("id",), PromotionId)
_BY_VERSION = Sort(("v.version", "v.promotion_id"), int)
_STAGE = """
CASE WHEN status IN ('draft', 'ended') THEN CASE status WHEN 'draft' THEN 'draft' ELSE 'over' END
     WHEN ends_at <= %(now)s THEN 'over'
     WHEN status = 'paused' THEN 'paused'
     WHEN starts_at > %(now)s THEN 'coming'
     ELSE 'running' END
"""
_ROWS = f"""
SELECT id, version, status, {_STAGE} AS stage, wish::text, spent_minor, changed_at
FROM promotions_promotion WHERE merchant_id = %(merchant)s
"""


def own(
    merchant_id: MerchantId, *, stage: Stage | None, cursor: str | None, limit: int, now: datetime
) -> Page[PromotionForMerchant]:
    """Return a merchant's promotions that stand at `stage`, the newest first. One statement. Raises: Invalid."""
    after, key = _NEWEST.after(cursor)
    known = {"merchant": merchant_id, "now": now, "stage": stage, "limit": limit + 1}
    known |= {"after": key[0]} if key else {}
    found = rows(
        f"SELECT * FROM ({_ROWS}) shown WHERE (%(stage)s::text IS NULL OR stage = %(stage)s) "
        f"AND {after.replace('%s', '%(after)s')} {_NEWEST.order} LIMIT %(limit)s",
        known,
    )
    return page([_shown(one) for one in found], limit=limit, key=lambda one: (one.id, one.id))


def one(merchant_id: MerchantId, promotion_id: PromotionId, *, now: datetime) -> PromotionForMerchant:
    """Return a merchant's promotion with the names of what it names. Three statements. Raises: NotFound."""
    found = row(f"{_ROWS} AND id = %(id)s", {"merchant": merchant_id, "now": now, "id": promotion_id})
    if found is None:
        raise NotFound
    return _shown(found, names=_names(merchant_id, read_wish(found[4])))


def in_month(merchant_id: MerchantId, month: date, *, now: datetime) -> list[PromotionForMerchant]:
    """Return a merchant's promotions some of whose time lies in the month of `month` in China, the first to start
    first, up to `CALENDAR_MAX`; those that were ended or only drafted too.
    """
    first = month.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    found = rows(
        f"{_ROWS} AND starts_at < %(until)s AND ends_at > %(since)s ORDER BY starts_at, id LIMIT %(most)s",
        {
            "merchant": merchant_id,
            "now": now,
            "since": datetime.combine(first, time.min, tzinfo=CHINA),
            "until": datetime.combine(after, time.min, tzinfo=CHINA),
            "most": CALENDAR_MAX,
        },
    )
    return [_shown(one) for one in found]


def first_written_at(merchant_id: MerchantId, promotion_id: PromotionId) -> datetime:
    """Return when a merchant's promotion was drafted: no order before it rests on it. Raises: NotFound."""
    found = row(
        "SELECT v.written_at FROM promotions_promotion_version v "
        "JOIN promotions_promotion p ON p.id = v.promotion_id "
        "WHERE p.id = %s AND p.merchant_id = %s AND v.version = 1",
        [promotion_id, merchant_id],
    )
    if found is None:
        raise NotFound
    written_at: datetime = found[0]
    return written_at


_VERSIONS = """
SELECT v.version, v.written_at, v.wish::text, before.wish::text,
       CASE WHEN EXISTS (SELECT FROM merchants_staff s WHERE s.merchant_id = p.merchant_id
                         AND s.user_id = v.written_by_id) THEN v.written_by_id END
FROM promotions_promotion p
JOIN promotions_promotion_version v ON v.promotion_id = p.id
LEFT JOIN promotions_promotion_version before ON before.promotion_id = p.id AND before.version = v.version - 1
WHERE p.merchant_id = %s AND p.id = %s AND {after} {order} LIMIT %s
"""


def versions(
    merchant_id: MerchantId, promotion_id: PromotionId, *, cursor: str | None, limit: int
) -> Page[PromotionVersionRow]:
    """Return what a merchant's promotion said, the latest version first. Raises: NotFound, Invalid."""
    after, values = _BY_VERSION.after(cursor)
    found = rows(
        _VERSIONS.format(after=after, order=_BY_VERSION.order),
        [merchant_id, promotion_id, *values, limit + 1],
    )
    if not found and not values:  # there is a version from the first draft on
        raise NotFound
    shown = page(found, limit=limit, key=lambda one: (one[0], promotion_id))
    people = accounts.nicknames({UserId(one[4]) for one in shown.items if one[4]})
    return Page(items=[_version(one, people) for one in shown.items], next_cursor=shown.next_cursor)


def _version(found: tuple[Any, ...], people: dict[UserId, str]) -> PromotionVersionRow:
    version, written_at, wish, before, writer = found
    said = read_wish(wish)
    return PromotionVersionRow(
        version=version,
        written_at=written_at,
        written_by=people.get(writer),
        wish=said,
        changed=_changed(read_wish(before), said) if before else [],
    )


def _changed(before: PromotionWish, after: PromotionWish) -> list[str]:
    names = [one.name for one in fields(PromotionWish)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _names(merchant_id: MerchantId, wish: PromotionWish) -> dict[str, Text]:
    products = sorted(wish.goods.product_ids | wish.goods.excluded_product_ids)
    skus = sorted(named_skus(wish.effect))
    titles = own_catalog.own_products(merchant_id, [ProductId(one) for one in products]) if products else {}
    sold = catalog.skus_for_sale([SkuId(one) for one in skus]) if skus else {}
    return {str(one): title for one, title in titles.items()} | {
        str(one): Text(
            f"{sku.title.zh} {sku.choice_name.zh}".strip(), f"{sku.title.en} {sku.choice_name.en}".strip()
        )
        for one, sku in sold.items()
    }


def _shown(found: tuple[Any, ...], names: dict[str, Text] | None = None) -> PromotionForMerchant:
    promotion_id, version, status, stage, wish, spent_minor, changed_at = found
    return PromotionForMerchant(
        id=promotion_id,
        version=version,
        status=PromotionStatus(status),
        stage=Stage(stage),
        wish=read_wish(wish),
        spent=Money(spent_minor, CURRENCY),
        changed_at=changed_at,
        names=names or {},
    )
