"""Pieces of goods, where they lie and who has a claim on them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from jishi.kernel.ids import SkuId, WarehouseId


class MovementKind(StrEnum):
    RECEIVED = "received"
    SHIPPED = "shipped"
    RETURNED = "returned"
    SCRAPPED = "scrapped"
    COUNTED = "counted"
    MOVED = "moved"
    SOLD_AT_TILL = "sold_at_till"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """`quantity` pieces (> 0) of one SKU in one warehouse, claimed by `owner_id` (an order)."""

    owner_id: UUID
    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Pieces of one SKU in one warehouse; available = on_hand − reserved − Σ buckets."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    on_hand: int
    reserved: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    id: WarehouseId
    name: str
    area_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """A line of the merchant's stock list."""

    sku_id: SkuId
    sku_code: str
    title: str
    choice_name: str
    warehouse_id: WarehouseId
    warehouse_name: str
    on_hand: int
    reserved: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One change of what lies in a warehouse; `quantity` is signed."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    kind: MovementKind
    quantity: int
    reference: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """A line that could not be reserved: wanted against what is left."""

    sku_id: SkuId
    wanted: int
    available: int
