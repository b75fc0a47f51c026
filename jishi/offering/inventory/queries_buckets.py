"""Reads of buckets: what is left for an activity, and where it lies."""

from collections.abc import Sequence
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.inventory import rules
from jishi.offering.inventory.types import Allocated


def left_of(activity_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the pieces left for each activity over all warehouses; an activity without a bucket is missing."""
    return dict(
        rows(
            'SELECT activity_id, sum("left")::bigint FROM inventory_bucket WHERE activity_id = ANY(%s::uuid[]) '
            "GROUP BY activity_id",
            [list(activity_ids)],
        )
    )


def allocate_from(
    activity_id: UUID, wants: Sequence[tuple[SkuId, int]], *, area_code: str | None
) -> Allocated:
    """Choose where in an activity's buckets the wanted pieces come from; see rules.allocate."""
    shelves = [
        rules.Shelf(
            merchant_id=MerchantId(merchant_id),
            sku_id=SkuId(sku_id),
            warehouse_id=WarehouseId(warehouse_id),
            area_code=area,
            available=left,
        )
        for merchant_id, sku_id, warehouse_id, area, left in rows(
            'SELECT w.merchant_id, b.sku_id, b.warehouse_id, w.area_code, b."left" FROM inventory_bucket b '
            "JOIN inventory_warehouse w ON w.id = b.warehouse_id WHERE b.activity_id = %s",
            [activity_id],
        )
    ]
    return rules.allocate(wants, shelves, area_code=area_code)
