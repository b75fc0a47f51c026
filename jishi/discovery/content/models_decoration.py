"""Tables of how stores are decorated."""

from typing import ClassVar

from django.db import models

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped


class StoreDecoration(models.Model):
    """A merchant's draft, and which published version buyers see. `draft` is a list of blocks as they are written."""

    merchant = models.OneToOneField(
        "identity.Merchant", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    draft = models.JSONField(default=list)
    version = models.IntegerField(default=0)
    live_number = models.IntegerField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "content_store_decoration"


class DecorationVersion(models.Model):
    """A decoration that was published; the last few of each merchant are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.IntegerField()
    blocks = models.JSONField()
    published_at = models.DateTimeField()
    published_by_id = models.UUIDField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "content_decoration_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "number"], name="content_decoration_version_number"),
        ]
