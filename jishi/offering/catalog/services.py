"""What changes the catalogue."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.ids import ProductId, SkuId


def touch(product_ids: Sequence[ProductId], *, now: datetime) -> None:
    """Append the products to the change sequence, in the caller's transaction: caches and indexes will follow."""
    require_transaction("a change of the catalogue")
    if product_ids:
        execute(
            "INSERT INTO catalog_change (transaction, product_id, changed_at) "
            "SELECT pg_current_xact_id()::text::bigint, id, %s FROM unnest(%s::uuid[]) AS id",
            [now, list(product_ids)],
        )


def lock_skus(sku_ids: Sequence[SkuId]) -> None:
    """Lock the SKUs' rows until the transaction ends, in key order."""
    rows("SELECT id FROM catalog_sku WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE", [list(sku_ids)])


def mark_in_stock(flags: Mapping[SkuId, bool], *, now: datetime) -> None:
    """Note whether SKUs can be had at all; products whose answer changes are touched."""
    changed = rows(
        "WITH flag AS (SELECT * FROM unnest(%(ids)s::uuid[], %(flags)s::bool[]) AS flag (id, in_stock)), "
        "marked AS (UPDATE catalog_sku s SET in_stock = flag.in_stock FROM flag "
        "WHERE s.id = flag.id AND s.in_stock <> flag.in_stock RETURNING s.id, s.product_id, s.in_stock), "
        "summed AS (SELECT s.product_id, bool_or(coalesce(marked.in_stock, s.in_stock)) AS in_stock "
        "FROM catalog_sku s LEFT JOIN marked ON marked.id = s.id "
        "WHERE s.is_active AND s.product_id IN (SELECT product_id FROM marked) GROUP BY s.product_id) "
        "UPDATE catalog_product p SET in_stock = summed.in_stock FROM summed WHERE p.id = summed.product_id "
        "RETURNING p.id",
        {"ids": list(flags), "flags": list(flags.values())},
    )
    touch([ProductId(product_id) for (product_id,) in changed], now=now)
