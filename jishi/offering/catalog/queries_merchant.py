"""What merchants and reviewers see of the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, StoreCategoryId
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
from jishi.offering.catalog.types_shelf import ShelfPlan
from jishi.offering.media import queries as media

_ONE = """
SELECT p.status, p.version, p.updated_at, o.wish, o.status, o.reason, l.wish, o.causes,
       plan.on_at, plan.off_at
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_version l ON l.product_id = p.id AND l.number = p.live_number
LEFT JOIN catalog_shelf_plan plan ON plan.product_id = p.id
WHERE p.merchant_id = %s AND p.id = %s
"""


def product_for_merchant(merchant_id: MerchantId, product_id: ProductId) -> ProductForMerchant:
    """Return a product as its merchant edits it. Raises: NotFound."""
    found = row(_ONE, [merchant_id, product_id])
    if found is None:
        raise NotFound
    status, version, updated_at, open_wish, open_status, reason, live_wish, causes, on_at, off_at = found
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
        plan=_plan(on_at, off_at),
    )


def _plan(on_at: datetime | None, off_at: datetime | None) -> ShelfPlan | None:
    if on_at is None and off_at is None:
        return None
    return ShelfPlan(
        on_at=on_at.isoformat() if on_at else None, off_at=off_at.isoformat() if off_at else None
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
       p.updated_at, skus.count, skus.available, o.status, plan.on_at, plan.off_at
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_shelf_plan plan ON plan.product_id = p.id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT s.id) AS count,
           coalesce(sum(i.on_hand - i.reserved - i.bucketed), 0)::bigint AS available
    FROM catalog_sku s LEFT JOIN inventory_stock i ON i.sku_id = s.id
    WHERE s.product_id = p.id AND s.is_active
) skus
WHERE p.merchant_id = %s AND {status} AND {words} AND {place} AND {after}
{order} LIMIT %s
"""
_CHANGED, _PRICE = ("p.updated_at", "p.id"), ("p.price_from_minor", "p.id")
# Each order, and where what it goes by stands in a row of the answer.
SORTS: Mapping[ListingSort, tuple[Sort, int]] = {
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
    store_category_id: StoreCategoryId | None = None,
    sort: ListingSort = ListingSort.NEWEST,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[ProductRow]:
    """Return a page of a merchant's products in one statement.

    `words` finds part of a title in either language or the start of a SKU's code; `store_category_id` keeps what
    stands in that one itself. Raises: Invalid.
    """
    sorted_by, place = SORTS[sort]
    after, after_values = sorted_by.after(cursor)
    in_status, with_words = by_status(status), by_words(words.strip())
    in_place = _place(store_category_id)
    found = rows(
        _ROWS.format(
            status=in_status[0], words=with_words[0], place=in_place[0], after=after, order=sorted_by.order
        ),
        [merchant_id, *in_status[1], *with_words[1], *in_place[1], *after_values, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[place], one[0]))
    return Page(items=[_row(one, language) for one in shown.items], next_cursor=shown.next_cursor)


def own_products(merchant_id: MerchantId, product_ids: Sequence[ProductId]) -> dict[ProductId, Text]:
    """Return those of the products that belong to the merchant, on sale or not, with their titles."""
    return {
        ProductId(product_id): Text(title_zh, title_en)
        for product_id, title_zh, title_en in rows(
            "SELECT id, title_zh, title_en FROM catalog_product WHERE merchant_id = %s AND id = ANY(%s::uuid[])",
            [merchant_id, list(product_ids)],
        )
    }


def listings_in(merchant_id: MerchantId, status: ListingStatus, *, at_most: int) -> int:
    """Return how many of a merchant's products are in a status, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM catalog_product WHERE merchant_id = %s AND status = %s "
        "LIMIT %s) listed",
        [merchant_id, status.value, at_most],
    )
    return int(found[0]) if found else 0


def by_status(status: ListingStatus | None) -> tuple[str, list[object]]:
    """Return (condition, params) of products `p` in a status; None: in any."""
    return ("p.status = %s", [status.value]) if status else ("TRUE", [])


def by_words(words: str) -> tuple[str, list[object]]:
    """Return (condition, params) of products `p` with words in a title, or at the start of a SKU's code."""
    if not words:
        return "TRUE", []
    pattern = escaped(words)
    condition = (
        "(p.title_zh ILIKE %s OR p.title_en ILIKE %s OR EXISTS (SELECT FROM catalog_sku c "
        "WHERE c.product_id = p.id AND c.code ILIKE %s))"
    )
    return condition, [f"%{pattern}%", f"%{pattern}%", f"{pattern}%"]


def _place(store_category_id: StoreCategoryId | None) -> tuple[str, list[object]]:
    if store_category_id is None:
        return "TRUE", []
    held = "SELECT product_id FROM catalog_store_category_product WHERE store_category_id = %s"
    return f"p.id IN ({held})", [store_category_id]


def escaped(words: str) -> str:
    """Return words for LIKE, in which nothing stands for anything else."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(one: tuple[Any, ...], language: str) -> ProductRow:
    (
        product_id, title_zh, title_en, picture, status, price_from, price_to, currency, updated_at,
        sku_count, available, proposal, on_at, off_at,
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
        plan=_plan(on_at, off_at),
    )
