"""Reading store categories: a merchant's own tree, as he orders it and as buyers see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from jishi.kernel import hot
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, StoreCategoryId
from jishi.kernel.pagination import Page
from jishi.kernel.words import Text
from jishi.offering.catalog.queries import LISTS_TAG
from jishi.offering.catalog.types_store_categories import StoreCategoryNode, StoreCategoryRow

SHOWN_SECONDS = 30

_OWN = """
SELECT c.id, c.parent_id, c.name_zh, c.name_en, coalesce(held.count, 0), coalesce(held.live, 0)
FROM catalog_store_category c
LEFT JOIN (
    SELECT h.store_category_id, count(*) AS count, count(*) FILTER (WHERE p.status = 'live') AS live
    FROM catalog_store_category_product h JOIN catalog_product p ON p.id = h.product_id
    WHERE h.store_category_id IN (SELECT id FROM catalog_store_category WHERE merchant_id = %(merchant)s)
    GROUP BY h.store_category_id
) held ON held.store_category_id = c.id
WHERE c.merchant_id = %(merchant)s ORDER BY c.sort, c.id
"""
_SHOWN = """
SELECT c.id, c.parent_id, c.name_zh, c.name_en, EXISTS (
    SELECT FROM catalog_store_category_product h
    JOIN catalog_product p ON p.id = h.product_id AND p.status = 'live'
    WHERE h.store_category_id = c.id)
FROM catalog_store_category c WHERE c.merchant_id = %s ORDER BY c.sort, c.id
"""


def own(merchant_id: MerchantId) -> list[StoreCategoryRow]:
    """Return a merchant's store categories, siblings in their order; one statement."""
    return [
        StoreCategoryRow(
            id=category_id,
            name=Text(name_zh, name_en),
            parent_id=parent_id,
            product_count=count,
            live_count=live,
        )
        for category_id, parent_id, name_zh, name_en, count, live in rows(_OWN, {"merchant": merchant_id})
    ]


def one(merchant_id: MerchantId, store_category_id: StoreCategoryId) -> StoreCategoryRow:
    """Return one of a merchant's store categories. Raises: NotFound."""
    found = next((row for row in own(merchant_id) if row.id == store_category_id), None)
    if found is None:
        raise NotFound
    return found


def shown(merchant_id: MerchantId, *, language: str) -> list[StoreCategoryNode]:
    """Return the tree of a store that is open, without what has nothing on sale; two statements.

    Raises: NotFound.
    """
    if row("SELECT FROM merchants_merchant WHERE id = %s AND status = 'active'", [merchant_id]) is None:
        raise NotFound
    children: dict[StoreCategoryId | None, list[tuple[Any, ...]]] = {}
    for one in rows(_SHOWN, [merchant_id]):
        children.setdefault(one[1], []).append(one)
    nodes = ((_node(one, children, language), one[4]) for one in children.get(None, ()))
    return [node for node, has_own in nodes if has_own or node.children]


def _node(
    one: tuple[Any, ...], children: Mapping[StoreCategoryId | None, Sequence[tuple[Any, ...]]], language: str
) -> StoreCategoryNode:
    category_id, _, name_zh, name_en, _ = one
    return StoreCategoryNode(
        id=category_id,
        name=Text(name_zh, name_en).of(language),
        children=[_node(child, children, language) for child in children.get(category_id, ()) if child[4]],
    )


def shown_answer(merchant_id: MerchantId, *, language: str, now: datetime) -> hot.Answer:
    """Return `shown` as a page in JSON, kept until a listing goes on or off the shelf. Raises: NotFound."""
    return hot.answer(
        LISTS_TAG,
        f"store_categories|{merchant_id}|{language}",
        now=now,
        seconds=SHOWN_SECONDS,
        make=lambda: msgspec.json.encode(Page(items=shown(merchant_id, language=language))),
    )


def best_sellers_in(
    merchant_id: MerchantId, store_category_id: StoreCategoryId, *, limit: int
) -> list[ProductId]:
    """Return what sells best of a store category and those in it, of what is on sale; nothing of one that is gone."""
    found = rows(
        "SELECT p.id FROM catalog_product p WHERE p.status = 'live' AND p.merchant_id = %s AND p.id IN ("
        "SELECT h.product_id FROM catalog_store_category_product h "
        "JOIN catalog_store_category c ON c.id = h.store_category_id "
        "WHERE c.id = %s OR c.parent_id = %s) ORDER BY p.sold_count DESC, p.id DESC LIMIT %s",
        [merchant_id, store_category_id, store_category_id, limit],
    )
    return [ProductId(product_id) for (product_id,) in found]


def names(merchant_id: MerchantId) -> dict[StoreCategoryId, Text]:
    """Return what a merchant's store categories are called, in their order: top ones with theirs behind them."""
    found = rows(
        "SELECT c.id, c.name_zh, c.name_en FROM catalog_store_category c "
        "LEFT JOIN catalog_store_category p ON p.id = c.parent_id WHERE c.merchant_id = %s "
        "ORDER BY coalesce(p.sort, c.sort), coalesce(p.id, c.id), c.parent_id NULLS FIRST, c.sort, c.id",
        [merchant_id],
    )
    return {StoreCategoryId(category_id): Text(zh, en) for category_id, zh, en in found}
