"""The table of what merchants paid for their goods: theirs alone, never shown to anybody else."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.models import SkuRow


class SkuCost(models.Model):
    """What a piece of a SKU costs its merchant; without a row he has not said it."""

    sku = models.OneToOneField(SkuRow, on_delete=models.CASCADE, primary_key=True, related_name="+")
    merchant_id = models.UUIDField()
    cost_minor = models.BigIntegerField()
    set_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_sku_cost"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="catalog_sku_cost_not_negative"),
        ]
