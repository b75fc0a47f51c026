"""Lines of carts and quotes as the price function and freight take them."""

from collections.abc import Mapping
from uuid import UUID

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.catalog.types_goods import sku_marks
from jishi.offering.inventory.types import Allocation
from jishi.offering.pricing.types import FreightCharge, PricedLine, PriceLine
from jishi.trade.checkout.types import CartLine
from jishi.trade.shipping.types import Freight, Goods

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


def sold_line(sku: SkuForSale, part: Allocation) -> PriceLine:
    """Return what one warehouse sends of a SKU."""
    return PriceLine(
        sku_id=part.sku_id,
        merchant_id=sku.merchant_id,
        warehouse_id=part.warehouse_id,
        quantity=part.quantity,
        unit_price=sku.price,
        marks=sku_marks(sku),
        tiers=sku.tiers,
    )


def goods(sku: SkuForSale, line: PricedLine) -> Goods:
    """Return a line as freight measures it: what the discounts left of it."""
    return Goods(
        sku_id=sku.sku_id,
        merchant_id=sku.merchant_id,
        template_id=sku.freight_template_id,
        quantity=line.quantity,
        amount=line.payable,
        weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3,
    )


def charge(merchant_id: MerchantId, freight: Freight) -> FreightCharge:
    """Return what carries a merchant's goods."""
    return FreightCharge(
        merchant_id=merchant_id,
        method=freight.method,
        rule_id=freight.rule_id,
        rule_version=freight.rule_version,
        amount=freight.amount,
    )
