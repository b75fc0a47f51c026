"""Promotions as buyers see them; texts are in the asked language."""

from dataclasses import dataclass
from datetime import datetime

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import BrandId, MerchantId, ProductId, PromotionId, SkuId
from jishi.kernel.money import Money
from jishi.offering.catalog.types import CategoryCrumb, ProductCard
from jishi.offering.pricing.types import Measure, TraceStep

LABELS_MAX = 2  # of one card


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPromotion:
    """A running promotion: what it does in a sentence and in a label, until when, and for whom (empty: everybody).

    `merchant_id` is whose it is; the platform's has none.
    """

    id: PromotionId
    name: str
    label: str
    sentence: str
    audience: str
    merchant_id: MerchantId | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingForNext:
    """What is missing for the next discount (minor units or pieces, as `measure` says), and what that brings."""

    promotion_id: PromotionId
    name: str
    measure: Measure
    missing: int
    gain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAfter:
    """What `quantity` pieces of a SKU alone come to with the promotions for everybody, how, and what is missing for
    the next discount. `each` is `payable` over the pieces, rounded up.
    """

    sku_id: SkuId
    before: Money
    payable: Money
    each: Money
    trace: list[TraceStep]
    nexts: list[MissingForNext]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPromotions:
    """The running promotions that cover a product, and what its SKUs come to in so many pieces."""

    product_id: ProductId
    quantity: int
    items: list[ShownPromotion]
    prices: list[PriceAfter]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLabels:
    """The labels of a product's card, two at most: its kind unless it is sent in a parcel, then what lowers its
    price, the strongest first.
    """

    product_id: ProductId
    labels: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionDetail:
    """A running promotion with what it covers: `products` that it names itself, and filters of search for the rest.

    Without products, categories and brands it covers everything of its merchant, or of all.
    """

    promotion: ShownPromotion
    merchant: MerchantCard | None
    products: list[ProductCard]
    categories: list[CategoryCrumb]
    brand_ids: list[BrandId]
