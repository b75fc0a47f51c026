"""A little of many products: for who has to choose among them, and shows few."""

from collections.abc import Iterable

from jishi.kernel.db import ANY_ID, rows
from jishi.kernel.ids import CategoryId, MerchantId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog.types_standing import Standing

_STANDING = (
    "SELECT p.id, p.title_zh, p.title_en, p.merchant_id, p.category_id, p.in_stock "
    "FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id AND m.status = 'active' "
    f"WHERE p.status = 'live' AND p.id = {ANY_ID}"
)


def standings(product_ids: Iterable[ProductId], *, language: str) -> dict[ProductId, Standing]:
    """Return how those of the products stand that are on sale: one statement."""
    found = rows(_STANDING, [list(product_ids)])
    return {
        ProductId(product_id): Standing(
            title=Text(title_zh, title_en).of(language),
            merchant_id=MerchantId(merchant_id),
            category_id=CategoryId(category_id),
            in_stock=in_stock,
        )
        for product_id, title_zh, title_en, merchant_id, category_id, in_stock in found
    }
