"""What promotions cover goods by."""

from jishi.offering.catalog.types import SkuForSale


def sku_marks(sku: SkuForSale) -> frozenset[tuple[str, str]]:
    """Return the marks of a SKU: its product, its brand, its category and all above (`pricing.types_promotions`)."""
    brand = {("brand", str(sku.brand_id))} if sku.brand_id else set()
    categories = {("category", str(category_id)) for category_id in sku.category_path}
    return frozenset({("product", str(sku.product_id))} | brand | categories)
