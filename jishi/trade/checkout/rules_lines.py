"""Lines of carts and quotes as the price function takes them."""

from collections.abc import Mapping
from uuid import UUID

from jishi.kernel.ids import SkuId, WarehouseId
from jishi.offering.catalog.types import SkuForSale
from jishi.offering.pricing.types import PriceLine
from jishi.offering.pricing.types_promotions import Mark
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
        marks=marks(sku),
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
            marks=marks(sku),
        )
        for sku_id, sku in skus.items()
    ]


def marks(sku: SkuForSale) -> frozenset[Mark]:
    """Return what promotions cover a SKU by."""
    brand = {("brand", str(sku.brand_id))} if sku.brand_id else set()
    categories = {("category", str(category_id)) for category_id in sku.category_path}
    return frozenset({("product", str(sku.product_id))} | brand | categories)
