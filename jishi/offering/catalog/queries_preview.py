"""A product's page before it is on sale: what buyers would see of a draft or of a proposed version."""

from collections.abc import Sequence
from typing import Any

import msgspec

from jishi.identity.accounts import queries as accounts
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.offering.catalog import categories, rules_tiers, shown, writing
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.shown import CategoryShown
from jishi.offering.catalog.types import ProductDetail, ProductWish

READERS = frozenset({StaffRole.OWNER, StaffRole.OPERATOR, StaffRole.WAREHOUSE, StaffRole.SERVICE})
# Whoever sees versions in the back office.
REVIEWERS = frozenset(PlatformRole) - {PlatformRole.FINANCE}

# Without a number the one that is being written, or what is live.
_VERSION = """
SELECT v.wish, p.merchant_id, m.name_zh, m.name_en, m.logo, b.name_zh, b.name_en, p.sold_count,
       p.rating_hundredths, p.review_count, p.version
FROM catalog_product p
JOIN merchants_merchant m ON m.id = p.merchant_id
JOIN catalog_version v ON v.product_id = p.id
LEFT JOIN catalog_brand b ON b.id = (v.wish ->> 'brand_id')::uuid
WHERE p.id = %(product)s AND (%(number)s::int IS NULL OR v.number = %(number)s)
ORDER BY v.status IN ('draft', 'in_review', 'rejected') DESC, v.number = p.live_number DESC, v.number DESC
LIMIT 1
"""


def preview(product_id: ProductId, number: int | None, *, asker: UserId, language: str) -> ProductDetail:
    """Return a product as its page would show the version of that number, or the one that is being written.

    Only for staff of its merchant and for those who review listings. Raises: NotFound for anybody else.
    """
    found = row(_VERSION, {"product": product_id, "number": number})
    if found is None or not _may_see(asker, MerchantId(found[1])):
        raise NotFound
    wish = writing.read(msgspec.json.decode(found[0]))
    category = CategoryShown(categories.path(wish.category_id), language)
    plain = shown.detail(
        (*_as_row(wish, found), None, product_id, wish.kind, wish.voucher_days), category, language
    )
    return msgspec.convert(plain, ProductDetail)


def _may_see(asker: UserId, merchant_id: MerchantId) -> bool:
    works_there = any(
        one.merchant_id == merchant_id and one.role in READERS for one in merchants.memberships(asker)
    )
    return works_there or bool(accounts.platform_roles(asker) & REVIEWERS)


def _as_row(wish: ProductWish, found: Sequence[Any]) -> tuple[Any, ...]:
    """Return what the row of a product would hold, in the columns of `queries._DETAIL` up to its SKUs."""
    (
        _, merchant_id, seller_zh, seller_en, logo, brand_zh, brand_en, sold_count, average, reviews, version,
    ) = found  # fmt: skip
    would_be = Product()
    writing.apply(would_be, wish, writing.pictures_of(MerchantId(merchant_id), [wish]))
    stocked = _stocked(wish)
    return (
        would_be.title_zh, would_be.title_en, would_be.subtitle_zh, would_be.subtitle_en,
        would_be.description_zh, would_be.description_en, wish.category_id, brand_zh, brand_en,
        merchant_id, seller_zh, seller_en, logo, _json(would_be.media), _json(would_be.axes),
        _json(would_be.attributes), would_be.currency, would_be.price_from_minor, would_be.price_to_minor,
        bool(stocked), sold_count, average, reviews, version, _json(would_be.facts),
        _json([
            [
                sku.id, sku.code, sku.choice, sku.price_minor, sku.list_price_minor, sku.id in stocked, None,
                sku.gtin, sku.model, sku.weight_grams, rules_tiers.stored(sku.tiers),
            ]
            for sku in wish.skus
        ]),
    )  # fmt: skip


def _stocked(wish: ProductWish) -> set[Any]:
    found = rows(
        "SELECT id FROM catalog_sku WHERE id = ANY(%s::uuid[]) AND in_stock",
        [[sku.id for sku in wish.skus if sku.id]],
    )
    return {sku_id for (sku_id,) in found}


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
