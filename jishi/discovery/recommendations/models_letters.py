"""The table of who wants letters with recommendations."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class LetterRow(models.Model):
    """Somebody who asked for a letter a week; `product_ids` are what the last one showed. Who says no has no row."""

    buyer_id = models.UUIDField(primary_key=True)
    wanted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    product_ids = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "recommendations_letter"
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="recommendations_letter_sent")]
