"""What inventory tells upwards. One event per row of stock; whoever hears it asks for the SKU's whole
availability.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from jishi.kernel.events import Event
from jishi.kernel.ids import SkuId, WarehouseId


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRanOut(Event):
    """The last available piece of a SKU in one warehouse was claimed."""

    name: ClassVar[str] = "inventory.stock_ran_out"

    sku_id: SkuId
    warehouse_id: WarehouseId

    @property
    def aggregate_id(self) -> UUID:
        return self.sku_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCameBack(Event):
    """A SKU that had nothing available in one warehouse has something again."""

    name: ClassVar[str] = "inventory.stock_came_back"

    sku_id: SkuId
    warehouse_id: WarehouseId

    @property
    def aggregate_id(self) -> UUID:
        return self.sku_id
