"""Stock that arrived the way stock arrives: as a receipt, with its movement."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from jishi.kernel.db import atomic, row
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.inventory import services, services_merchant
from jishi.offering.inventory.types import ReceiptLine, ReceiptWish, StockLine, WarehouseWish

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_numbers = count(1)


def make_warehouse(
    merchant_id: MerchantId, *, name: str | None = None, area_code: str = "330106"
) -> WarehouseId:
    """Make a warehouse of a merchant."""
    wish = WarehouseWish(name=name or f"仓库{next(_numbers)}", area_code=area_code)
    return services_merchant.open_warehouse(merchant_id=merchant_id, wish=wish).id


def make_stock(
    sku_id: SkuId, quantity: int = 10, *, warehouse_id: WarehouseId | None = None, now: datetime = NOW
) -> WarehouseId:
    """Receive pieces of a SKU, in its merchant's first warehouse (made when there is none) unless one is
    named.

    The catalogue's stock flags are set at once; the event is published too.
    """
    merchant_id = _merchant_of(sku_id)
    warehouse_id = warehouse_id or _first_warehouse(merchant_id) or make_warehouse(merchant_id)
    wish = ReceiptWish(warehouse_id=warehouse_id, lines=[ReceiptLine(sku_id=sku_id, quantity=quantity)])
    with atomic():
        services_merchant.book_receipt(merchant_id=merchant_id, wish=wish, staff_id=None, now=now)
        services.refresh_in_stock([sku_id], now=now)
    return warehouse_id


def line(owner_id: UUID, sku_id: SkuId, warehouse_id: WarehouseId, quantity: int = 1) -> StockLine:
    """Return a stock line."""
    return StockLine(owner_id=owner_id, sku_id=sku_id, warehouse_id=warehouse_id, quantity=quantity)


def _merchant_of(sku_id: SkuId) -> MerchantId:
    found = row("SELECT merchant_id FROM catalog_sku WHERE id = %s", [sku_id])
    if found is None:
        raise ProgrammingError("make_stock needs a SKU")
    return MerchantId(found[0])


def _first_warehouse(merchant_id: MerchantId) -> WarehouseId | None:
    found = row(
        "SELECT id FROM inventory_warehouse WHERE merchant_id = %s ORDER BY id LIMIT 1", [merchant_id]
    )
    return WarehouseId(found[0]) if found else None
