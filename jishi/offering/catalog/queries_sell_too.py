"""What a merchant may sell too: shared products that somebody sells, and what they begin his own product with."""

from collections.abc import Mapping
from typing import Any

import msgspec

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import BrandId, CategoryId, MerchantId, ProductId, SharedProductId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.queries_merchant import escaped
from jishi.offering.catalog.types import AxisValueWish, ProductWish, SaleAxisWish
from jishi.offering.catalog.types_offers import SharedRow
from jishi.offering.media import queries as media

FOUND_MAX = 20
_NOTHING = Text("", "")
_FOUND = """
SELECT s.id, s.title_zh, s.title_en, b.name_zh, b.name_en, s.category_id, best.key, best.price_from_minor,
       best.currency, best.merchant_count, (
           SELECT o.id FROM catalog_product o WHERE o.shared_product_id = s.id AND o.merchant_id = %(merchant)s
           AND o.status <> 'banned' ORDER BY o.id LIMIT 1)
FROM catalog_shared_product s LEFT JOIN catalog_brand b ON b.id = s.brand_id
CROSS JOIN LATERAL (
    SELECT p.media -> 0 ->> 'key' AS key, p.price_from_minor, p.currency, p.merchant_count FROM catalog_product p
    WHERE p.shared_product_id = s.id AND p.status = 'live' ORDER BY p.is_front DESC, p.id LIMIT 1
) best
WHERE s.merged_into_id IS NULL AND (%(category)s::uuid IS NULL OR s.category_id = %(category)s)
  AND (s.title_zh ILIKE %(part)s OR s.title_en ILIKE %(part)s OR s.model ILIKE %(begun)s OR s.gtin = %(words)s)
ORDER BY s.id DESC LIMIT %(most)s
"""


def to_sell_too(
    merchant_id: MerchantId, *, words: str, category_id: CategoryId | None, language: str
) -> list[SharedRow]:
    """Return up to `FOUND_MAX` shared products on sale by part of the title, the start of the model or the whole
    GTIN, the latest first; one statement.
    """
    wanted = words.strip()
    pattern = escaped(wanted)
    found = rows(
        _FOUND,
        {
            "merchant": merchant_id,
            "category": category_id,
            "part": f"%{pattern}%",
            "begun": f"{pattern}%",
            "words": wanted,
            "most": FOUND_MAX,
        },
    )
    return [_row(one, language) for one in found]


def _row(one: tuple[Any, ...], language: str) -> SharedRow:
    shared_id, zh, en, brand_zh, brand_en, category_id, key, price_minor, currency, merchants, own_id = one
    return SharedRow(
        id=SharedProductId(shared_id),
        title=Text(zh, en).of(language),
        brand=Text(brand_zh, brand_en or "").of(language) if brand_zh else None,
        category_id=CategoryId(category_id),
        image=media.small_url(key) if key else None,
        merchants=merchants,
        price_from=Money(price_minor, currency),
        own_product_id=ProductId(own_id) if own_id else None,
    )


def beginning(shared_id: SharedProductId) -> ProductWish:
    """Return what a merchant's own offer begins with: the facts and axes of a shared product. SKUs, longer texts and
    pictures are the merchant's to write. One statement. Raises: NotFound.
    """
    found = row(
        "SELECT title_zh, title_en, category_id, brand_id, axes, attributes FROM catalog_shared_product "
        "WHERE id = %s AND merged_into_id IS NULL",
        [shared_id],
    )
    if found is None:
        raise NotFound
    zh, en, category_id, brand_id, axes, attributes = found
    return ProductWish(
        title=Text(zh, en),
        subtitle=_NOTHING,
        description=_NOTHING,
        category_id=CategoryId(category_id),
        brand_id=BrandId(brand_id) if brand_id else None,
        media_ids=[],
        axes=[_axis(axis) for axis in msgspec.json.decode(axes)],
        skus=[],
        attributes=msgspec.json.decode(attributes),
    )


def _axis(axis: Mapping[str, Any]) -> SaleAxisWish:
    return SaleAxisWish(
        code=axis["code"],
        name=Text(axis["zh"], axis["en"]),
        values=[AxisValueWish(code=one["code"], name=Text(one["zh"], one["en"])) for one in axis["values"]],
    )
