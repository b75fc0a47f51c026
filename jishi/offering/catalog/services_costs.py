"""Merchants say what their goods cost them."""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId
from jishi.offering.catalog import queries
from jishi.offering.catalog.models_costs import SkuCost
from jishi.offering.catalog.types_costs import CostWish


def set_costs(*, merchant_id: MerchantId, costs: Sequence[CostWish], now: datetime) -> None:
    """Write what a piece of each SKU costs, or take it back; all or none. Safe to call again.

    Raises: NotFound when one is not the merchant's, Invalid (`costs`) when one is named twice.
    """
    named = {one.sku_id for one in costs}
    if len(named) < len(costs):
        raise Invalid(field="costs")
    if queries.skus_of_merchant(merchant_id, sorted(named)) != named:
        raise NotFound
    said = sorted((one.sku_id, one.cost_minor) for one in costs if one.cost_minor is not None)
    with atomic():
        mine = SkuCost.objects.of_merchant(merchant_id)
        mine.filter(sku_id__in=[one.sku_id for one in costs if one.cost_minor is None]).delete()
        SkuCost.objects.bulk_create(
            [
                SkuCost(sku_id=sku_id, merchant_id=merchant_id, cost_minor=cost_minor, set_at=now)
                for sku_id, cost_minor in said
            ],
            update_conflicts=True,
            unique_fields=["sku"],
            update_fields=["cost_minor", "set_at"],
        )
