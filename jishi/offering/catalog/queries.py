"""Reads of the catalogue. Values come straight from SQL; no row of the ORM is made on a hot path."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types import SkuForSale
from jishi.offering.media import queries as media

_SKUS_FOR_SALE = """
SELECT s.id, s.product_id, p.merchant_id, p.category_id, p.title_zh, p.title_en, s.choice_name_zh, s.choice_name_en,
       coalesce(nullif(s.image_key, ''), p.media -> 0 ->> 'key'), s.price_minor, s.currency, s.weight_grams,
       s.volume_cm3, p.freight_template_id, p.per_buyer_limit,
       p.status = 'live' AND s.is_active AND m.status = 'active'
FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id JOIN merchants_merchant m ON m.id = p.merchant_id
WHERE s.id = ANY(%s::uuid[])
"""


def skus_for_sale(sku_ids: Sequence[SkuId]) -> dict[SkuId, SkuForSale]:
    """Return the SKUs as cart and quote need them, in one statement; an unknown id is left out."""
    return {
        SkuId(sku_id): SkuForSale(
            sku_id=SkuId(sku_id),
            product_id=product_id,
            merchant_id=merchant_id,
            category_id=category_id,
            title=Text(title_zh, title_en),
            choice_name=Text(choice_zh, choice_en),
            image=media.small_url(image_key) if image_key else None,
            price=Money(price_minor, currency),
            weight_grams=weight_grams,
            volume_cm3=volume_cm3,
            freight_template_id=freight_template_id,
            per_buyer_limit=per_buyer_limit,
            is_for_sale=is_for_sale,
        )
        for (
            sku_id, product_id, merchant_id, category_id, title_zh, title_en, choice_zh, choice_en, image_key,
            price_minor, currency, weight_grams, volume_cm3, freight_template_id, per_buyer_limit, is_for_sale,
        ) in rows(_SKUS_FOR_SALE, [list(sku_ids)])
    }  # fmt: skip


def skus_of_merchant(merchant_id: MerchantId, sku_ids: Sequence[SkuId]) -> set[SkuId]:
    """Return those of the SKUs that belong to the merchant, on sale or not."""
    found = rows(
        "SELECT id FROM catalog_sku WHERE merchant_id = %s AND id = ANY(%s::uuid[])", [merchant_id, list(sku_ids)]
    )
    return {SkuId(sku_id) for (sku_id,) in found}
