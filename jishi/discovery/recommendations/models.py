"""Tables of recommendations: versions of the models, the lists they made, and what people do not want to see.

Lists name products and categories by plain ids: they are made anew each night and outlive nobody.
"""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jishi.discovery.recommendations.types import ListKind
from jishi.kernel.ids import new_id

EVERYTHING = UUID(int=0)  # the subject of lists that are about no product or category


class VersionRow(models.Model):
    """One training: when, from how much, how good. One version serves; the one before is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40, unique=True)
    trained_at = models.DateTimeField()
    is_serving = models.BooleanField()
    counts = models.JSONField(default=dict, help_text="people, products, deeds, lists")
    figures = models.JSONField(
        default=dict, help_text="nDCG@10 by model, empty when there was too little to measure"
    )

    class Meta:
        db_table = "recommendations_version"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_serving"], condition=Q(is_serving=True), name="recommendations_version_one_serves"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListRow(models.Model):
    """The best products of a kind for a product, a category or everything (`EVERYTHING`)."""

    pk = models.CompositePrimaryKey("version_id", "kind", "subject_id")
    version = models.ForeignKey(VersionRow, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    product_ids = ArrayField(models.UUIDField())
    scores = ArrayField(models.FloatField())
    trust = models.FloatField(default=1.0, db_default=1.0)  # how much of it is known from people

    class Meta:
        db_table = "recommendations_list"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in ListKind]), name="recommendations_list_kind"
            )
        ]


class RefusalRow(models.Model):
    """A product that a buyer, or a visitor, does not want to be shown."""

    pk = models.CompositePrimaryKey("owner_id", "product_id")
    owner_id = models.UUIDField()
    product_id = models.UUIDField()
    refused_at = models.DateTimeField()

    class Meta:
        db_table = "recommendations_refusal"
        indexes: ClassVar = [models.Index(fields=["refused_at"], name="recommendations_refusal_age")]
