"""What goods cost their merchants: read for their own merchant or the platform, never for buyers."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId


def costs_of(merchant_id: MerchantId | None, sku_ids: Sequence[SkuId]) -> dict[SkuId, int]:
    """Return what a piece of each SKU costs in minor units, where its merchant said it; None: of all merchants."""
    found = rows(
        "SELECT sku_id, cost_minor FROM catalog_sku_cost "
        "WHERE sku_id = ANY(%(ids)s::uuid[]) AND (%(merchant)s::uuid IS NULL OR merchant_id = %(merchant)s)",
        {"ids": list(sku_ids), "merchant": merchant_id},
    )
    return {SkuId(sku_id): cost_minor for sku_id, cost_minor in found}
