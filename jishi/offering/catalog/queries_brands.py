"""Brands as a merchant meets them: to choose from, and those he may not sell."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import BrandId, MerchantId
from jishi.kernel.words import Text
from jishi.offering.catalog.queries_merchant import escaped
from jishi.offering.catalog.types import AuthorisationStatus, BrandRow

_CLOSED = """
SELECT b.id FROM catalog_brand b
WHERE b.needs_authorisation AND b.id = ANY(coalesce(%s::uuid[], ARRAY[b.id]))
  AND NOT EXISTS (SELECT FROM catalog_brand_authorisation a
                  WHERE a.brand_id = b.id AND a.merchant_id = %s AND a.status = 'granted')
"""


def closed_to(merchant_id: MerchantId, brand_ids: Sequence[BrandId] | None = None) -> frozenset[BrandId]:
    """Return the brands (those of `brand_ids`, all when None) that the merchant is not authorised to sell."""
    wanted = None if brand_ids is None else list(brand_ids)
    return frozenset(BrandId(brand_id) for (brand_id,) in rows(_CLOSED, [wanted, merchant_id]))


def brands(
    merchant_id: MerchantId, *, words: str, brand_id: BrandId | None = None, language: str
) -> list[BrandRow]:
    """Return up to 100 brands whose name in either language contains `words`, by name; only `brand_id` if given."""
    pattern = f"%{escaped(words.strip())}%"
    return [
        BrandRow(
            id=found_id,
            name=Text(name_zh, name_en).of(language),
            needs_authorisation=needs,
            authorisation=AuthorisationStatus(status) if status else None,
            reason=reason or "",
        )
        for found_id, name_zh, name_en, needs, status, reason in rows(
            "SELECT b.id, b.name_zh, b.name_en, b.needs_authorisation, a.status, a.reason FROM catalog_brand b "
            "LEFT JOIN catalog_brand_authorisation a ON a.brand_id = b.id AND a.merchant_id = %(merchant)s "
            "WHERE b.is_active AND (b.name_zh ILIKE %(words)s OR b.name_en ILIKE %(words)s) "
            "AND b.id = coalesce(%(brand)s::uuid, b.id) ORDER BY b.name_zh LIMIT 100",
            {"merchant": merchant_id, "words": pattern, "brand": brand_id},
        )
    ]
