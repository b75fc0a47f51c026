"""The table of when products go on the shelf and off it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.models import Product


class ShelfPlanRow(models.Model):
    """When a product is to be on sale: from `on_at`, until just before `off_at`. `next_at` is the step that is still
    to be taken; what was taken once is never taken again.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="+")
    merchant_id = models.UUIDField()
    on_at = models.DateTimeField(null=True)
    off_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    set_by_id = models.UUIDField(null=True)
    set_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_shelf_plan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(on_at__isnull=False) | Q(off_at__isnull=False),
                name="catalog_shelf_plan_something",
            ),
            models.CheckConstraint(
                condition=Q(on_at__isnull=True) | Q(off_at__isnull=True) | Q(off_at__gt=F("on_at")),
                name="catalog_shelf_plan_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="catalog_shelf_plan_due"
            )
        ]
