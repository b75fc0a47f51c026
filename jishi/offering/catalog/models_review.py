"""Lists that operators keep for listing review."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.kernel.ids import new_id
from jishi.offering.catalog.types_review import Severity


class SensitiveWord(models.Model):
    """A word that merchants may not write (`block`), or that a person should see (`look`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text = models.CharField(max_length=40, unique=True)
    severity = models.CharField(max_length=8, default=Severity.LOOK.value)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_word"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__in=[Severity.LOOK.value, Severity.BLOCK.value]),
                name="catalog_word_severity",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class RejectionTemplate(models.Model):
    """A reason for rejecting that operators use often, as merchants read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text_zh = models.CharField(max_length=200, unique=True)
    text_en = models.CharField(max_length=200, blank=True)
    sort = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_rejection_template"

    def __str__(self) -> str:
        return self.text_zh
