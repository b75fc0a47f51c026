"""Lines of carts and quotes as the price function takes them."""

from collections.abc import Mapping
from uuid import UUID

from jishi.kernel.ids import SkuId, WarehouseId
from jishi.offering.catalog.types import SkuForSale
from jishi.offering.catalog.types_goods import sku_marks
from jishi.offering.pricing.types import PriceLine
from jishi.trade.checkout.types import CartLine

NOWHERE_YET = WarehouseId(UUID(int=0))  # a cart is priced before it is known where from


def cart_line(sku: SkuForSale, line: CartLine) -> PriceLine:
    """Return a line of a cart."""
    return PriceLine(
        sku_id=line.sku_id,
        merchant_id=sku.merchant_id,
        warehouse_id=NOWHERE_YET,
        quantity=line.quantity,
        unit_price=sku.price,
        tiers=sku.tiers,
        marks=sku_marks(sku),
    )


def any_lines(skus: Mapping[SkuId, SkuForSale]) -> list[PriceLine]:
    """Return a piece of each SKU, for what depends on the goods alone."""
    return [
        PriceLine(
            sku_id=sku_id,
            merchant_id=sku.merchant_id,
            warehouse_id=NOWHERE_YET,
            quantity=1,
            unit_price=sku.price,
            marks=sku_marks(sku),
        )
        for sku_id, sku in skus.items()
    ]
