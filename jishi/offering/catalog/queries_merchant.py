"""What merchants and reviewers see of the catalogue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.money import Money
from jishi.kernel.pagination import Page, Sort, page
from jishi.kernel.words import Text
from jishi.offering.catalog import attributes, categories, writing
from jishi.offering.catalog.types import (
    Cause,
    ListingSort,
    ListingStatus,
    ProductForMerchant,
    ProductRow,
    ProductWish,
    VersionStatus,
)
from jishi.offering.catalog.types_attributes import AttributeMisfit
from jishi.offering.media import queries as media

_ONE = """
SELECT p.status, p.version, p.updated_at, o.wish, o.status, o.reason, l.wish, o.causes
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_version l ON l.product_id = p.id AND l.number = p.live_number
WHERE p.merchant_id = %s AND p.id = %s
"""


def product_for_merchant(merchant_id: MerchantId, product_id: ProductId) -> ProductForMerchant:
    """Return a product as its merchant edits it. Raises: NotFound."""
    found = row(_ONE, [merchant_id, product_id])
    if found is None:
        raise NotFound
    status, version, updated_at, open_wish, open_status, reason, live_wish, causes = found
    wish = _wish(open_wish or live_wish)
    entries = media.entries(merchant_id, [*wish.media_ids, *([wish.video_id] if wish.video_id else [])])
    return ProductForMerchant(
        id=product_id,
        status=ListingStatus(status),
        wish=wish,
        images=[
            image for one in wish.media_ids if (image := media.image(entries.get(one), alt=wish.title.zh))
        ],
        video=media.video(entries[wish.video_id]) if wish.video_id in entries else None,
        version=version,
        updated_at=updated_at.isoformat(),
        proposal=VersionStatus(open_status) if open_status else None,
        reason=reason or "",
        live=_wish(live_wish) if live_wish else None,
        misfits=_misfits(wish) if live_wish else [],
        causes=[Cause(one) for one in msgspec.json.decode(causes)] if open_status == "in_review" else [],
    )


def _misfits(wish: ProductWish) -> list[AttributeMisfit]:
    steps = categories.path(wish.category_id)
    return attributes.misfits(wish.attributes, categories.effective(steps), categories.former(steps))


def _wish(stored: str) -> ProductWish:
    return writing.read(msgspec.json.decode(stored))


# Pieces come from the tables of stock next door: a list must show them, and one join is cheaper than a second
# query.
_ROWS = """
SELECT p.id, p.title_zh, p.title_en, p.media -> 0, p.status, p.price_from_minor, p.price_to_minor, p.currency,
       p.updated_at, skus.count, skus.available, o.status
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
CROSS JOIN LATERAL (
    SELECT count(DISTINCT s.id) AS count,
           coalesce(sum(i.on_hand - i.reserved - i.bucketed), 0)::bigint AS available
    FROM catalog_sku s LEFT JOIN inventory_stock i ON i.sku_id = s.id
    WHERE s.product_id = p.id AND s.is_active
) skus
WHERE p.merchant_id = %s AND {status} AND {words} AND {after}
{order} LIMIT %s
"""
_CHANGED, _PRICE = ("p.updated_at", "p.id"), ("p.price_from_minor", "p.id")
# Each order, and where what it goes by stands in a row of the answer.
_SORTS: Mapping[ListingSort, tuple[Sort, int]] = {
    ListingSort.NEWEST: (Sort(_CHANGED, datetime), 8),
    ListingSort.OLDEST: (Sort(_CHANGED, datetime, is_descending=False), 8),
    ListingSort.PRICE_UP: (Sort(_PRICE, int, is_descending=False), 5),
    ListingSort.PRICE_DOWN: (Sort(_PRICE, int), 5),
}


def merchant_products(
    *,
    merchant_id: MerchantId,
    status: ListingStatus | None,
    words: str,
    sort: ListingSort = ListingSort.NEWEST,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[ProductRow]:
    """Return a page of a merchant's products in one statement.

    `words` finds part of a title in either language or the start of a SKU's code. Raises: Invalid.
    """
    sorted_by, place = _SORTS[sort]
    after, after_values = sorted_by.after(cursor)
    by_status, by_words = _status(status), _words(words.strip())
    found = rows(
        _ROWS.format(status=by_status[0], words=by_words[0], after=after, order=sorted_by.order),
        [merchant_id, *by_status[1], *by_words[1], *after_values, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[place], one[0]))
    return Page(items=[_row(one, language) for one in shown.items], next_cursor=shown.next_cursor)


def listings_in(merchant_id: MerchantId, status: ListingStatus, *, at_most: int) -> int:
    """Return how many of a merchant's products are in a status, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM catalog_product WHERE merchant_id = %s AND status = %s "
        "LIMIT %s) listed",
        [merchant_id, status.value, at_most],
    )
    return int(found[0]) if found else 0


def _status(status: ListingStatus | None) -> tuple[str, list[object]]:
    return ("p.status = %s", [status.value]) if status else ("TRUE", [])


def _words(words: str) -> tuple[str, list[object]]:
    if not words:
        return "TRUE", []
    pattern = escaped(words)
    condition = (
        "(p.title_zh ILIKE %s OR p.title_en ILIKE %s OR EXISTS (SELECT FROM catalog_sku c "
        "WHERE c.product_id = p.id AND c.code ILIKE %s))"
    )
    return condition, [f"%{pattern}%", f"%{pattern}%", f"{pattern}%"]


def escaped(words: str) -> str:
    """Return words for LIKE, in which nothing stands for anything else."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(one: tuple[Any, ...], language: str) -> ProductRow:
    (
        product_id, title_zh, title_en, picture, status, price_from, price_to, currency, updated_at,
        sku_count, available, proposal,
    ) = one  # fmt: skip
    title = Text(title_zh, title_en).of(language)
    return ProductRow(
        id=product_id,
        title=title,
        image=media.image(msgspec.json.decode(picture), alt=title) if picture else None,
        status=ListingStatus(status),
        price_from=Money(price_from, currency),
        price_to=Money(price_to, currency),
        sku_count=sku_count,
        available=available,
        updated_at=updated_at.isoformat(),
        proposal=VersionStatus(proposal) if proposal else None,
    )
