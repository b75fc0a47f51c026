"""Products on sale as promotions see them."""

from collections.abc import Sequence

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.ids import CategoryId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.words import chosen
from jishi.offering.catalog import rules_tiers
from jishi.offering.catalog.types import CategoryCrumb
from jishi.offering.catalog.types_goods import Goods, GoodsPrice, marks_of
from jishi.offering.catalog.types_kinds import ProductKind

_GOODS = """
SELECT p.id, p.merchant_id, p.brand_id, p.currency,
       ARRAY(WITH RECURSIVE up AS (
           SELECT id, parent_id FROM catalog_category WHERE id = p.category_id
           UNION ALL SELECT c.id, c.parent_id FROM catalog_category c JOIN up ON c.id = up.parent_id
       ) SELECT id FROM up), ARRAY(SELECT jsonb_array_elements_text(p.facts -> 'tags')),
       (SELECT coalesce(
            json_agg(json_build_array(s.id, s.price_minor, s.tiers) ORDER BY s.position, s.id), '[]'
        )::text FROM catalog_sku s WHERE s.product_id = p.id AND s.is_active),
       p.kind
FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active'
WHERE p.status = 'live' AND p.id = ANY(%s::uuid[])
"""
_Sku = tuple[SkuId, int, list[tuple[int, int]]]


def on_sale(product_ids: Sequence[ProductId]) -> dict[ProductId, Goods]:
    """Return those of the products that are on sale, in one statement."""
    return {
        ProductId(product_id): Goods(
            product_id=ProductId(product_id),
            merchant_id=merchant_id,
            marks=marks_of(product_id, brand_id, category_path, tags),
            skus=[
                GoodsPrice(
                    sku_id=sku_id, price=Money(minor, currency), tiers=rules_tiers.priced(tiers, currency)
                )
                for sku_id, minor, tiers in msgspec.json.decode(skus, type=list[_Sku])
            ],
            kind=ProductKind(kind),
        )
        for product_id, merchant_id, brand_id, currency, category_path, tags, skus, kind in rows(
            _GOODS, [list(product_ids)]
        )
    }


def products_of(sku_ids: Sequence[SkuId]) -> list[ProductId]:
    """Return the products that the SKUs belong to, in one statement, in the order of their ids."""
    found = rows(
        "SELECT DISTINCT product_id FROM catalog_sku WHERE id = ANY(%s::uuid[]) ORDER BY product_id",
        [list(sku_ids)],
    )
    return [ProductId(product_id) for (product_id,) in found]


def crumbs(category_ids: Sequence[CategoryId], *, language: str) -> list[CategoryCrumb]:
    """Return categories with their names, the eldest first: one statement, none for no categories."""
    if not category_ids:
        return []
    found = rows(
        "SELECT id, name_zh, name_en FROM catalog_category WHERE id = ANY(%s::uuid[]) ORDER BY id",
        [list(category_ids)],
    )
    return [CategoryCrumb(id=one, name=chosen(zh, en, language)) for one, zh, en in found]
