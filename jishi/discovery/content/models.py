"""Tables of content."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.discovery.content.types import ShelfKind
from jishi.kernel.ids import new_id


class BannerRow(models.Model):
    """A picture at the top of the home page that leads somewhere. `picture` is {key, width, height}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60, blank=True)
    subtitle_zh = models.CharField(max_length=120, blank=True)
    subtitle_en = models.CharField(max_length=120, blank=True)
    picture = models.JSONField(null=True, blank=True)
    link = models.CharField(max_length=300)
    sort = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "content_banner"
        verbose_name = "banner"
        constraints: ClassVar = [
            # Our own pages only: a banner must not become an open door to elsewhere, or to a script.
            models.CheckConstraint(
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"), name="content_banner_link"
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class ShelfRow(models.Model):
    """A row of products on the home page: the newest, the best-selling, or those of one category."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=16)
    category = models.ForeignKey(
        "offering.Category", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    sort = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "content_shelf"
        verbose_name = "shelf"
        verbose_name_plural = "shelves"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ShelfKind]), name="content_shelf_kind"
            ),
            models.CheckConstraint(
                condition=~Q(kind="category") | Q(category__isnull=False),
                name="content_shelf_has_its_category",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh
