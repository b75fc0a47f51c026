"""Tables of promotions. What a price needs of them is read whole, once for each edition, and kept in the process."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.promotions.types import PromotionStatus


class PromotionRow(models.Model):
    """A promotion as it stands; `wish` is what its present version says. Without a merchant it is the platform's.

    `edition` is the one its last change made.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.IntegerField(default=1)
    status = models.CharField(max_length=8, default=PromotionStatus.DRAFT.value)
    wish = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    budget_minor = models.BigIntegerField(null=True)
    spent_minor = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()
    edition = models.BigIntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "promotions_promotion"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in PromotionStatus]),
                name="promotions_promotion_status",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="promotions_promotion_time"),
            models.CheckConstraint(
                condition=Q(spent_minor__gte=0)
                & (Q(budget_minor__isnull=True) | Q(spent_minor__lte=F("budget_minor"))),
                name="promotions_promotion_within_budget",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="promotions_of_merchant"),
            models.Index(fields=["edition"], name="promotions_promotion_edition"),
        ]


class PromotionVersion(models.Model):
    """What a promotion said at a version; written once, so that an old price can be worked out again."""

    pk = models.CompositePrimaryKey("promotion_id", "version")
    promotion = models.ForeignKey(PromotionRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    wish = models.JSONField()
    written_at = models.DateTimeField()
    written_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "promotions_promotion_version"


class PromotionUse(models.Model):
    """What a promotion took off an order. `is_counted` says whether the promotion's `spent_minor` holds it: at once
    where there is a budget, later by a job where there is none, so that its row is no bottleneck. Given back when
    the order is cancelled before anything was sent, never by a refund.
    """

    pk = models.CompositePrimaryKey("order_id", "promotion_id")
    order_id = models.UUIDField()
    promotion = models.ForeignKey(PromotionRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    trade_id = models.UUIDField()
    buyer_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    is_counted = models.BooleanField()
    used_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "promotions_use"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="promotions_use_amount"),
            models.CheckConstraint(
                condition=Q(given_back_at__isnull=True) | Q(is_counted=False),
                name="promotions_use_given_back",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["promotion", "buyer_id"],
                condition=Q(given_back_at__isnull=True),
                name="promotions_use_of_buyer",
            ),
            models.Index(
                fields=["promotion"],
                condition=Q(is_counted=False, given_back_at__isnull=True),
                name="promotions_use_uncounted",
            ),
        ]


class Edition(models.Model):
    """One row: a number that grows with every change of what is live, so that processes know theirs is old."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField()

    class Meta:
        db_table = "promotions_edition"
