"""Tables of interests. The browsing history is no table: it lives in Valkey (history.py)."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from jishi.kernel.ids import new_id


class FavouriteRow(models.Model):
    """A product somebody likes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey("offering.Product", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "interests_favourite"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "product"], name="interests_favourite_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-added_at", "-id"], name="interests_favourite_latest")
        ]


class FollowRow(models.Model):
    """A store somebody follows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    merchant = models.ForeignKey("identity.Merchant", on_delete=models.CASCADE, related_name="+")
    followed_at = models.DateTimeField()

    class Meta:
        db_table = "interests_follow"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "merchant"], name="interests_follow_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-followed_at", "-id"], name="interests_follow_latest")
        ]
