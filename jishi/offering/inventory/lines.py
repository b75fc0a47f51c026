"""How lines of stock go into the statements, and what is told of their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import SkuId, WarehouseId
from jishi.kernel.outbox import publish
from jishi.offering.inventory.events import StockCameBack
from jishi.offering.inventory.types import Shortage, StockLine


def columns(lines: Sequence[StockLine]) -> dict[str, Any]:
    """Return lines as the statements take them. Raises: ProgrammingError for a line without pieces."""
    if any(line.quantity <= 0 for line in lines):
        raise ProgrammingError("stock lines have a positive quantity")
    return {
        "owners": [line.owner_id for line in lines],
        "skus": [line.sku_id for line in lines],
        "warehouses": [line.warehouse_id for line in lines],
        "quantities": [line.quantity for line in lines],
    }


def shortages(found: Sequence[tuple[Any, ...]]) -> list[Shortage]:
    """Return what fell short, from rows of (SKU, warehouse, wanted, available, fits)."""
    wanted: dict[SkuId, int] = {}
    available: dict[SkuId, int] = {}
    for sku_id, _, quantity, left, _ in found:
        wanted[sku_id] = wanted.get(sku_id, 0) + quantity
        available[sku_id] = available.get(sku_id, 0) + min(left, quantity)
    return [
        Shortage(sku_id=sku_id, wanted=wanted[sku_id], available=available[sku_id])
        for sku_id in wanted
        if available[sku_id] < wanted[sku_id]
    ]


def tell_came_back(found: Sequence[tuple[SkuId, WarehouseId, int, int]], now: datetime) -> None:
    """Publish which rows have something again, from rows of (SKU, warehouse, pieces that came, available before)."""
    publish(
        *(
            StockCameBack(sku_id=sku_id, warehouse_id=warehouse_id, occurred_at=now)
            for sku_id, warehouse_id, quantity, before in found
            if before == 0 and quantity > 0
        )
    )
