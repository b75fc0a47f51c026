"""Which merchants may sell a brand that needs an authorisation."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.models import Brand
from jishi.offering.catalog.types import AuthorisationStatus


class BrandAuthorisation(models.Model):
    """A merchant's request to sell a brand, and what became of it; `proof` lists the ids of his pictures."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=16)
    proof = models.JSONField(default=list)
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_brand_authorisation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "brand"], name="catalog_brand_authorisation_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in AuthorisationStatus]),
                name="catalog_brand_authorisation_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="catalog_brand_authorisation_q"),
        ]
