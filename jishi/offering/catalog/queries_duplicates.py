"""Shared products that may be one and the same: candidates for an operator, who decides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.ids import MediaId, MerchantId, SharedProductId
from jishi.offering.catalog.types_offers import Duplicate
from jishi.offering.media import queries_alike as media

FOUND_MAX = 20
ALIKE_BITS_MAX = 6  # of 64 in which pictures of the same thing may differ
GTIN, MODEL, TITLE, PICTURE = "gtin", "model", "title", "picture"

# What `other` shares with `s`, as SQL; both are roots of the same category.
SAME_GTIN = "s.gtin <> '' AND other.gtin = s.gtin"
SAME_MODEL = "s.model <> '' AND other.model = s.model AND other.brand_id IS NOT DISTINCT FROM s.brand_id"
SAME_TITLE = (
    "s.name_key <> '' AND other.name_key = s.name_key AND other.brand_id IS NOT DISTINCT FROM s.brand_id"
)
_ALIKE = f"""
SELECT other.id, array_remove(ARRAY[CASE WHEN {SAME_GTIN} THEN 'gtin' END, CASE WHEN {SAME_MODEL} THEN 'model' END,
                                    CASE WHEN {SAME_TITLE} THEN 'title' END], NULL)
FROM catalog_shared_product s JOIN catalog_shared_product other
    ON other.category_id = s.category_id AND other.id <> s.id AND other.merged_into_id IS NULL
WHERE s.id = %s AND (({SAME_GTIN}) OR ({SAME_MODEL}) OR ({SAME_TITLE})) ORDER BY other.id LIMIT %s
"""


def duplicates(shared_id: SharedProductId) -> list[Duplicate]:
    """Return what may be the same as a shared product, what most speaks for first: five statements at most."""
    reasons: dict[UUID, list[str]] = {other: list(why) for other, why in rows(_ALIKE, [shared_id, FOUND_MAX])}
    for other in _of_pictures(shared_id):
        reasons.setdefault(other, []).append(PICTURE)
    found = sorted(reasons.items(), key=lambda one: (-len(one[1]), one[0]))[:FOUND_MAX]
    return [Duplicate(first=shared_id, second=SharedProductId(other), reasons=why) for other, why in found]


def _of_pictures(shared_id: SharedProductId) -> Sequence[UUID]:
    """Return the other shared products of the category whose first picture looks like that of the oldest offer."""
    own = row(
        "SELECT merchant_id, category_id, media -> 0 ->> 'id' FROM catalog_product "
        "WHERE shared_product_id = %s AND media <> '[]' ORDER BY id LIMIT 1",
        [shared_id],
    )
    if own is None:
        return []
    merchant_id, category_id, media_id = own
    alike = media.look_alikes(MerchantId(merchant_id), [MediaId(UUID(media_id))], bits_max=ALIKE_BITS_MAX)
    if not alike:
        return []
    found: list[tuple[Any, ...]] = rows(
        "SELECT DISTINCT shared_product_id FROM catalog_product WHERE merchant_id = ANY(%s::uuid[]) "
        "AND category_id = %s AND media -> 0 ->> 'key' = ANY(%s) "
        "AND shared_product_id <> %s ORDER BY 1",
        [[one.merchant_id for one in alike], category_id, [one.alike for one in alike], shared_id],
    )
    return [one for (one,) in found]
