"""Which SKUs a set of marks covers: for looking at a promotion before it goes live."""

from collections import defaultdict
from collections.abc import Iterable

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId

COUNTED_MAX = 10_000
_COVERED = """
WITH RECURSIVE below AS (
    SELECT id FROM catalog_category WHERE id = ANY(%(categories)s::uuid[])
    UNION SELECT c.id FROM catalog_category c JOIN below ON c.parent_id = below.id
), covered AS (
    SELECT s.id, p.sold_count FROM catalog_sku s JOIN catalog_product p ON p.id = s.product_id
    WHERE s.is_active AND p.live_number IS NOT NULL
      AND (%(merchant)s::uuid IS NULL OR p.merchant_id = %(merchant)s)
      AND (%(everything)s OR p.id = ANY(%(products)s::uuid[]) OR p.brand_id = ANY(%(brands)s::uuid[])
           OR s.id = ANY(%(skus)s::uuid[]) OR p.category_id IN (SELECT id FROM below)
           OR p.facts -> 'tags' ?| %(tags)s::text[])
      AND p.id <> ALL(%(excluded)s::uuid[])
    LIMIT %(counted)s
)
SELECT id, count(*) OVER () FROM covered ORDER BY sold_count DESC, id LIMIT %(at_most)s
"""


def covered_skus(
    merchant_id: MerchantId | None,
    marks: Iterable[tuple[str, str]],
    excluded: Iterable[tuple[str, str]] = (),
    *,
    at_most: int,
) -> tuple[list[SkuId], int]:
    """Return SKUs that were ever on sale and bear one of the marks, what sells best first, and how many there are,
    counted up to `COUNTED_MAX`. Those of one merchant, or of the whole market.
    """
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in marks:
        kinds[kind].append(value)
    found = rows(
        _COVERED,
        {
            "merchant": merchant_id,
            "everything": "all" in kinds,
            "products": kinds["product"],
            "categories": kinds["category"],
            "brands": kinds["brand"],
            "skus": kinds["sku"],
            "tags": kinds["tag"],
            "excluded": [value for kind, value in excluded if kind == "product"],
            "counted": COUNTED_MAX,
            "at_most": at_most,
        },
    )
    return [SkuId(sku_id) for sku_id, _ in found], found[0][1] if found else 0
