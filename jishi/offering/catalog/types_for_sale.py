"""A SKU with all that flows need to sell it."""

from dataclasses import dataclass, field

from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.pricing.types import PriceTier


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuForSale:
    """A SKU as the cart and the quote need it, texts in both languages; read in one statement for many SKUs."""

    sku_id: SkuId
    product_id: ProductId
    merchant_id: MerchantId
    category_id: CategoryId
    title: Text
    choice_name: Text  # e.g. 黑色 / 128 GB
    image: str | None  # URL of a small picture
    price: Money
    weight_grams: int
    volume_cm3: int
    freight_template_id: str | None
    per_buyer_limit: int | None
    is_for_sale: bool  # live product of an active merchant
    brand_id: BrandId | None
    category_path: frozenset[CategoryId]  # its category and all above
    merchant_name: Text
    merchant_logo: str
    tags: frozenset[str] = frozenset()
    tiers: list[PriceTier] = field(default_factory=list)
    kind: ProductKind = ProductKind.PHYSICAL
    voucher_days: int | None = None
