"""Tables of reviews."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped


class ReviewRow(models.Model):
    """What a buyer says of one order line. `pictures` is [{id, key, width, height}]."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order_line = models.OneToOneField("trade.OrderLine", on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField()
    product = models.ForeignKey(
        "offering.Product", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stars = models.SmallIntegerField()
    text = models.CharField(max_length=1000, blank=True)
    pictures = models.JSONField(default=list)
    is_anonymous = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    reply = models.CharField(max_length=1000, blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by_id = models.UUIDField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "reviews_review"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="reviews_review_stars"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="reviews_review_replied_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "-written_at", "-id"], name="reviews_review_of_product"),
            models.Index(fields=["product", "stars"], name="reviews_review_stars"),
            models.Index(fields=["merchant", "-written_at", "-id"], name="reviews_review_of_merchant"),
            models.Index(fields=["merchant", "stars", "id"], name="reviews_review_merchant_stars"),
            models.Index(
                fields=["merchant", "-written_at", "-id"],
                condition=Q(reply=""),
                name="reviews_review_to_answer",
            ),
            models.Index(fields=["buyer", "-written_at", "-id"], name="reviews_review_of_buyer"),
        ]
