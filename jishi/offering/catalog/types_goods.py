"""Products as promotions see them: what covers them, and what their SKUs cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.offering.pricing.types import PriceTier
from jishi.offering.pricing.types_promotions import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsPrice:
    """What one piece of a SKU costs before any promotion, and its wholesale steps."""

    sku_id: SkuId
    price: Money
    tiers: list[PriceTier] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product on sale: the marks it is covered by, and its SKUs in their order."""

    product_id: ProductId
    merchant_id: MerchantId
    marks: frozenset[Mark]
    skus: list[GoodsPrice]


def marks_of(
    product_id: ProductId, brand_id: BrandId | None, category_path: Iterable[CategoryId]
) -> frozenset[Mark]:
    """Return what promotions cover a product by; merchant and SKU are added by the price function itself."""
    brand = {("brand", str(brand_id))} if brand_id else set()
    categories = {("category", str(category_id)) for category_id in category_path}
    return frozenset({("product", str(product_id))} | brand | categories)
