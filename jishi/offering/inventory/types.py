"""Pieces of goods, where they lie and who has a claim on them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jishi.identity.accounts.types import FILLED_LINE, LINE, AreaCode
from jishi.kernel.exact import Exact
from jishi.kernel.ids import SkuId, WarehouseId

LINES_MAX = 600  # as many as a product can have variants
PIECES_MAX = 10_000_000

Received = Annotated[int, Field(ge=1, le=PIECES_MAX), Exact]
Counted = Annotated[int, Field(ge=0, le=PIECES_MAX), Exact]
Booked = Annotated[int, Field(ge=0, le=2**53 - 1), Exact]  # what the books may hold after many receipts
Reference = Annotated[str, Field(max_length=100, pattern=LINE)]


class MovementKind(StrEnum):
    RECEIVED = "received"
    SHIPPED = "shipped"
    RETURNED = "returned"
    SCRAPPED = "scrapped"
    COUNTED = "counted"
    MOVED = "moved"
    SOLD_AT_TILL = "sold_at_till"


class StockSort(StrEnum):
    """How a merchant's stock is ordered: by the age of its SKUs, or by pieces left or lying there."""

    NEWEST = "newest"
    OLDEST = "oldest"
    AVAILABLE_UP = "available_up"
    AVAILABLE_DOWN = "available_down"
    ON_HAND_UP = "on_hand_up"
    ON_HAND_DOWN = "on_hand_down"


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

    id: UUID
    sku_id: SkuId
    sku_code: str
    title: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Pieces of a SKU that one warehouse would send; `available` is what it could send at most."""

    sku_id: SkuId
    warehouse_id: WarehouseId
    quantity: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """Where wanted pieces would come from, and the SKUs that are short."""

    allocations: list[Allocation]
    shortages: list[Shortage]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """`quantity` pieces (> 0) of a SKU that arrived."""

    sku_id: SkuId
    quantity: Received


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWish:
    """Goods that arrived in a warehouse; `reference` is the merchant's own (a delivery note)."""

    warehouse_id: WarehouseId
    lines: Annotated[list[ReceiptLine], Field(min_length=1, max_length=LINES_MAX)]
    reference: Reference = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """How many pieces were found on the shelf; `expected` (what the counter saw on screen) guards against a
    race.
    """

    sku_id: SkuId
    on_hand: Counted
    expected: Booked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWish:
    """A stock-take of some SKUs in one warehouse."""

    warehouse_id: WarehouseId
    lines: Annotated[list[CountLine], Field(min_length=1, max_length=LINES_MAX)]
    reference: Reference = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseWish:
    """A warehouse as its merchant names it; `area_code` is the six-digit district code."""

    name: Annotated[str, Field(max_length=100, pattern=FILLED_LINE)]
    area_code: AreaCode
    name_en: Annotated[str, Field(max_length=100, pattern=LINE)] = ""


class StockStep(StrEnum):
    """How the stock of a product changes: to so many pieces, or by so many."""

    SET = "set"
    ADD = "add"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductStockWish:
    """So many pieces of each variant of a product in one warehouse: found there, or arrived there."""

    warehouse_id: WarehouseId
    step: StockStep
    pieces: Counted
    reference: Reference = ""
