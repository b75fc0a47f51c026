"""Tables of store categories: a merchant's own tree, and which of his products stand where."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.models import Product


class StoreCategory(models.Model):
    """A node of a merchant's own tree, which is two levels deep; siblings are ordered by `sort`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name_zh = models.CharField(max_length=30)
    name_en = models.CharField(max_length=60, blank=True)
    sort = models.IntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_store_category"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "parent", "name_zh"],
                name="catalog_store_category_name_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="catalog_store_category_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class StoreCategoryProduct(models.Model):
    """A product that stands in a store category, both of the same merchant. Written by SQL only."""

    pk = models.CompositePrimaryKey("store_category_id", "product_id")
    store_category = models.ForeignKey(
        StoreCategory, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    merchant_id = models.UUIDField()

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_store_category_product"
