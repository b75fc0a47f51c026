"""Tables of shared products. Their offers are products: each is of one merchant, as are its SKUs and their stock."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.offering.catalog.models import Brand, Category
from jishi.offering.catalog.types_offers import MoveKind


class SharedProduct(models.Model):
    """What several merchants may sell; its own address is that of its best offer.

    One that was merged into another stays for ever, for its address leads on. `offers` are the standings of the live
    offers, the best first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=120, blank=True, help_text="the title without what says nothing")
    gtin = models.CharField(max_length=14, blank=True)
    model = models.CharField(max_length=60, blank=True)
    axes = models.JSONField(default=list, help_text="[{code, zh, en, values: [{code, zh, en}]}]")
    attributes = models.JSONField(default=dict, help_text="{attribute code: value}")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offers = models.JSONField(default=list, help_text="see types_offers.Standing")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_shared_product"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="catalog_shared_product_not_itself"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "id"], name="catalog_shared_product_in"),
            models.Index(
                fields=["category", "name_key"],
                condition=Q(merged_into=None),
                name="catalog_shared_product_name",
            ),
            models.Index(fields=["gtin"], condition=~Q(gtin=""), name="catalog_shared_product_gtin"),
        ]

    def __str__(self) -> str:
        return self.title_zh


class SharedMove(models.Model):
    """What an operator did with shared products, so that it can be undone: `product_ids` went from `source` to
    `target`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8)
    source = models.ForeignKey(SharedProduct, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(SharedProduct, on_delete=models.PROTECT, related_name="+")
    product_ids = models.JSONField(default=list)
    reason = models.CharField(max_length=500)
    moved_by_id = models.UUIDField(null=True)
    moved_at = models.DateTimeField()
    undone_by_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalog_shared_move"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MoveKind]), name="catalog_shared_move_kind"
            ),
        ]
