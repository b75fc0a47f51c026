"""Reads of stock, in one statement each."""

from collections.abc import Sequence

from jishi.kernel.db import ANY_ID, rows
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.inventory import rules
from jishi.offering.inventory.types import Allocated, Stock


def availability(sku_ids: Sequence[SkuId]) -> dict[SkuId, int]:
    """Return the pieces that can be promised of each SKU, over all warehouses in use; a SKU without stock is
    0.
    """
    found = dict(
        rows(
            "SELECT s.sku_id, sum(s.on_hand - s.reserved - s.bucketed)::bigint FROM inventory_stock s "
            "JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active "
            "WHERE s.sku_id = ANY(%s::uuid[]) GROUP BY s.sku_id",
            [list(sku_ids)],
        )
    )
    return {sku_id: found.get(sku_id, 0) for sku_id in sku_ids}


def areas_of(sku_ids: Sequence[SkuId]) -> dict[SkuId, list[str]]:
    """Return the areas (six-digit codes) that each SKU can be sent from now; a SKU without stock is missing."""
    return dict(
        rows(
            "SELECT s.sku_id, array_agg(DISTINCT w.area_code ORDER BY w.area_code) FROM inventory_stock s "
            "JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active "
            "WHERE s.sku_id = ANY(%s::uuid[]) AND s.on_hand - s.reserved - s.bucketed > 0 GROUP BY s.sku_id",
            [list(sku_ids)],
        )
    )


def allocate(wants: Sequence[tuple[SkuId, int]], *, area_code: str | None) -> Allocated:
    """Choose the warehouses that would send the wanted pieces to an area (None: not known yet); see
    rules.allocate.
    """
    shelves = [
        rules.Shelf(
            merchant_id=MerchantId(merchant_id),
            sku_id=SkuId(sku_id),
            warehouse_id=WarehouseId(warehouse_id),
            area_code=area,
            available=available,
        )
        for merchant_id, sku_id, warehouse_id, area, available in rows(
            "SELECT s.merchant_id, s.sku_id, s.warehouse_id, w.area_code, "
            "s.on_hand - s.reserved - s.bucketed FROM inventory_stock s "
            "JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active "
            f"WHERE s.sku_id = {ANY_ID}",
            [[sku_id for sku_id, _ in wants]],
        )
    ]
    return rules.allocate(wants, shelves, area_code=area_code)


def shelves(sku_ids: Sequence[SkuId]) -> dict[SkuId, list[tuple[WarehouseId, int]]]:
    """Return what each warehouse in use can promise of each SKU, the fullest first; one without stock is empty."""
    found: dict[SkuId, list[tuple[WarehouseId, int]]] = {sku_id: [] for sku_id in sku_ids}
    for sku_id, warehouse_id, available in rows(
        "SELECT s.sku_id, s.warehouse_id, s.on_hand - s.reserved - s.bucketed FROM inventory_stock s "
        "JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active "
        f"WHERE s.sku_id = {ANY_ID} ORDER BY 3 DESC, 2",
        [list(sku_ids)],
    ):
        found[SkuId(sku_id)].append((WarehouseId(warehouse_id), available))
    return found


def stock(sku_ids: Sequence[SkuId]) -> list[Stock]:
    """Return the rows of stock of the SKUs, in key order."""
    return [
        Stock(
            sku_id=sku_id, warehouse_id=warehouse_id, on_hand=on_hand, reserved=reserved, available=available
        )
        for sku_id, warehouse_id, on_hand, reserved, available in rows(
            "SELECT sku_id, warehouse_id, on_hand, reserved, on_hand - reserved - bucketed "
            "FROM inventory_stock WHERE sku_id = ANY(%s::uuid[]) ORDER BY sku_id, warehouse_id",
            [list(sku_ids)],
        )
    ]


def violations() -> list[str]:
    """Return every broken promise of stock, in words; an empty list is what the market lives on.

    Stock conservation: on_hand = Σ movements, reserved = Σ reservations, bucketed = Σ buckets, nothing
    negative, and no movement, reservation or bucket without its row of stock.
    """
    return [
        f"stock of SKU {sku_id} in {warehouse_id}: on hand {on_hand} but movements say {moved}, "
        f"reserved {reserved} but reservations say {claimed}, set aside {bucketed} but buckets say {left}"
        for sku_id, warehouse_id, on_hand, moved, reserved, claimed, bucketed, left in rows(_VIOLATIONS)
    ]


_VIOLATIONS = """
SELECT key.sku_id, key.warehouse_id, coalesce(s.on_hand, 0), coalesce(m.quantity, 0), coalesce(s.reserved, 0),
       coalesce(r.quantity, 0), coalesce(s.bucketed, 0), coalesce(b.quantity, 0)
FROM (SELECT sku_id, warehouse_id FROM inventory_stock
      UNION SELECT sku_id, warehouse_id FROM inventory_movement
      UNION SELECT sku_id, warehouse_id FROM inventory_reservation
      UNION SELECT sku_id, warehouse_id FROM inventory_bucket) key
LEFT JOIN inventory_stock s USING (sku_id, warehouse_id)
LEFT JOIN (SELECT sku_id, warehouse_id, sum(quantity) AS quantity FROM inventory_movement GROUP BY 1, 2) m
    USING (sku_id, warehouse_id)
LEFT JOIN (SELECT sku_id, warehouse_id, sum(quantity) AS quantity FROM inventory_reservation GROUP BY 1, 2) r
    USING (sku_id, warehouse_id)
LEFT JOIN (SELECT sku_id, warehouse_id, sum("left") AS quantity FROM inventory_bucket GROUP BY 1, 2) b
    USING (sku_id, warehouse_id)
WHERE coalesce(s.on_hand, 0) <> coalesce(m.quantity, 0) OR coalesce(s.reserved, 0) <> coalesce(r.quantity, 0)
   OR coalesce(s.bucketed, 0) <> coalesce(b.quantity, 0)
   OR coalesce(s.reserved, 0) + coalesce(s.bucketed, 0) > coalesce(s.on_hand, 0)
ORDER BY 1, 2
"""
