"""A little of many products: for who has to choose among them, and shows few."""

from collections.abc import Iterable

from jishi.kernel.db import ANY_ID, rows
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog.types_standing import Standing

_STANDING = f"""
SELECT p.id, shown.id, shown.title_zh, shown.title_en, shown.merchant_id, shown.category_id, shown.in_stock,
    coalesce(p.shared_product_id, p.id) IN (
        SELECT coalesce(away.shared_product_id, away.id) FROM catalog_product away WHERE away.id = {ANY_ID})
FROM catalog_product p
LEFT JOIN catalog_product front
    ON front.shared_product_id = p.shared_product_id AND front.is_front AND front.status = 'live'
JOIN catalog_product shown ON shown.id = coalesce(front.id, p.id)
JOIN merchants_merchant m ON m.id = shown.merchant_id AND m.status = 'active'
WHERE p.status = 'live' AND p.id = {ANY_ID}
"""


def standings(
    product_ids: Iterable[ProductId], *, without: Iterable[ProductId], language: str
) -> dict[ProductId, Standing]:
    """Return how those of the products stand that are on sale, `without` being what is not wanted: one statement."""
    return {
        ProductId(product_id): Standing(
            product_id=ProductId(shown_id),
            title=Text(title_zh, title_en).of(language),
            merchant_id=MerchantId(merchant_id),
            category_id=CategoryId(category_id),
            in_stock=in_stock,
            is_away=is_away,
        )
        for product_id, shown_id, title_zh, title_en, merchant_id, category_id, in_stock, is_away in rows(
            _STANDING, [list(without), list(product_ids)]
        )
    }
