"""A merchant's products as they are written, for whoever takes all of them away."""

from collections.abc import Sequence

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.pagination import Page, page
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_merchant, writing
from jishi.offering.catalog.types import ListingSort, ListingStatus
from jishi.offering.catalog.types_bulk import WrittenAxis, WrittenProduct

_OF_MERCHANT = """
FROM catalog_product p
LEFT JOIN catalog_version o ON o.product_id = p.id AND o.status IN ('draft', 'in_review', 'rejected')
LEFT JOIN catalog_version l ON l.product_id = p.id AND l.number = p.live_number
WHERE p.merchant_id = %s AND {status} AND {words} AND coalesce(o.wish, l.wish) IS NOT NULL
"""
# What a list is ordered by stands last in a row.
_KEYS = {
    ListingSort.NEWEST: "p.updated_at",
    ListingSort.OLDEST: "p.updated_at",
    ListingSort.PRICE_UP: "p.price_from_minor",
    ListingSort.PRICE_DOWN: "p.price_from_minor",
}


def written_products(
    *,
    merchant_id: MerchantId,
    status: ListingStatus | None,
    words: str,
    sort: ListingSort,
    cursor: str | None,
    limit: int,
) -> Page[WrittenProduct]:
    """Return a page of what `merchant_products` lists, as it is written now: the open version, else the live one.

    Raises: Invalid.
    """
    condition, parameters = _filtered(merchant_id, status, words)
    sorted_by, _ = queries_merchant.SORTS[sort]
    after, after_values = sorted_by.after(cursor)
    found = rows(
        f"SELECT p.id, coalesce(o.wish, l.wish)::text, {_KEYS[sort]} {condition} AND {after} "
        f"{sorted_by.order} LIMIT %s",
        [*parameters, *after_values, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[2], one[0]))
    return Page(
        items=[
            WrittenProduct(id=ProductId(product_id), wish=writing.read(msgspec.json.decode(wish)))
            for product_id, wish, _ in shown.items
        ],
        next_cursor=shown.next_cursor,
    )


def written_attributes(*, merchant_id: MerchantId, status: ListingStatus | None, words: str) -> Sequence[str]:
    """Return the codes of all attributes that `written_products` have, the most used first."""
    condition, parameters = _filtered(merchant_id, status, words)
    found = rows(
        "SELECT given.code, count(*) FROM (SELECT jsonb_object_keys(coalesce(o.wish, l.wish) -> 'attributes') "
        f"AS code {condition}) given GROUP BY 1 ORDER BY 2 DESC, 1",
        parameters,
    )
    return [code for code, _ in found]


def written_axes(
    *, merchant_id: MerchantId, status: ListingStatus | None, words: str
) -> Sequence[WrittenAxis]:
    """Return all that buyers choose between in `written_products`, the most used first."""
    condition, parameters = _filtered(merchant_id, status, words)
    found = rows(
        "SELECT axis ->> 'code', axis -> 'name' ->> 'zh', axis -> 'name' ->> 'en', count(*) "
        "FROM (SELECT jsonb_array_elements(coalesce(o.wish, l.wish) -> 'axes') AS axis "
        f"{condition}) given GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        parameters,
    )
    return [WrittenAxis(code=code, name=Text(zh, en)) for code, zh, en, _ in found]


def _filtered(merchant_id: MerchantId, status: ListingStatus | None, words: str) -> tuple[str, list[object]]:
    by_status, by_words = queries_merchant.by_status(status), queries_merchant.by_words(words.strip())
    return (
        _OF_MERCHANT.format(status=by_status[0], words=by_words[0]),
        [merchant_id, *by_status[1], *by_words[1]],
    )
