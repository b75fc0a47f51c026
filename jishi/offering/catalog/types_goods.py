"""Products as promotions see them: what covers them, and what their SKUs cost."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.catalog.types_kinds import ProductKind
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
    kind: ProductKind


def marks_of(
    product_id: ProductId,
    brand_id: BrandId | None,
    category_path: Iterable[CategoryId],
    tags: Iterable[str],
) -> frozenset[Mark]:
    """Return what promotions cover a product by; merchant and SKU are added by the price function itself."""
    named = [
        ("product", product_id),
        *(("category", one) for one in category_path),
        *(("tag", one) for one in tags),
    ]
    return frozenset((kind, str(one)) for kind, one in [*named, *([("brand", brand_id)] if brand_id else [])])


def sku_marks(sku: SkuForSale) -> frozenset[Mark]:
    """Return what promotions cover a SKU's product by."""
    return marks_of(sku.product_id, sku.brand_id, sku.category_path, sku.tags)
