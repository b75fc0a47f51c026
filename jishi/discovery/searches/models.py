"""Table of saved searches. One's own history and the hot words live in Valkey."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from jishi.kernel.ids import new_id


class SavedSearchRow(models.Model):
    """A search somebody keeps. What came on sale since `looked_at` is new to him; `told_at`: the last alert."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=600)
    has_alerts = models.BooleanField(default=True)
    saved_at = models.DateTimeField()
    looked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "searches_saved"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "address"], name="searches_saved_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-saved_at", "-id"], name="searches_saved_latest"),
            models.Index(fields=["user"], condition=models.Q(has_alerts=True), name="searches_saved_alerts"),
        ]

    def __str__(self) -> str:
        return self.name
