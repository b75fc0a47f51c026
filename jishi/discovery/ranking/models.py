"""Table of ranking: the quality of each product, as last computed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class ProductQuality(models.Model):
    """How good an offer a product is: `factor`, and its parts as scores from -1 to 1."""

    product_id = models.UUIDField(primary_key=True)
    factor = models.FloatField()
    velocity = models.FloatField()
    conversion = models.FloatField()
    rating = models.FloatField()
    returns = models.FloatField()
    completeness = models.FloatField()
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "ranking_quality"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(factor__gte=0.49, factor__lte=2.01), name="ranking_quality_factor"
            )
        ]
