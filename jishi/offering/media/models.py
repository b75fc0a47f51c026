"""Tables of media."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped


class Asset(models.Model):
    """A picture of a merchant as it was re-encoded; the files' names follow from `key` and the widths."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # None: the platform's own, such as a banner.
    merchant = models.ForeignKey("identity.Merchant", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, default="image")
    key = models.CharField(max_length=80, help_text="folder of the variants, from the hash of the pixels")
    content_hash = models.BinaryField(max_length=32)
    perceptual_hash = models.BigIntegerField(help_text="64-bit difference hash, signed")
    width = models.IntegerField()
    height = models.IntegerField()
    byte_count = models.BigIntegerField(help_text="all variants together")
    file_type = models.CharField(
        max_length=32, blank=True, default="", db_default="", help_text="of an uploaded film, as video/webm"
    )
    has_poster = models.BooleanField(
        default=False,
        db_default=False,
        help_text="a film whose poster lies beside it, in the widths of a picture",
    )
    file_name = models.CharField(max_length=200, blank=True, help_text="as uploaded, for the merchant's eyes")
    uploaded_by_id = models.UUIDField(null=True)
    uploaded_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "media_asset"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "content_hash"],
                name="media_asset_once_per_merchant",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="media_asset_has_a_size"),
            models.CheckConstraint(condition=Q(kind__in=["image", "video"]), name="media_asset_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="media_asset_of_merchant"),
            models.Index(fields=["merchant", "file_name", "id"], name="media_asset_named"),
            models.Index(fields=["perceptual_hash"], name="media_asset_look_alike"),
            # The four quarters of the fingerprint, by which queries_alike finds those that differ in a few bits.
            *(
                models.Index(
                    F("perceptual_hash").bitrightshift(shift).bitand(0xFFFF),
                    condition=Q(kind="image"),
                    name=f"media_asset_quarter_{shift}",
                )
                for shift in (0, 16, 32, 48)
            ),
        ]
