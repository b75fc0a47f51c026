"""Tables of coupons: templates with their versions, codes, and the coupons buyers hold."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.coupons.types import TemplateStatus, Way


class CouponTemplateRow(models.Model):
    """A template as it stands; `wish` is what its present version says. Without a merchant it is the platform's.

    Whoever gives a coupon counts it in `given_count` first, so that all who give one come one after the other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.IntegerField(default=1)
    status = models.CharField(max_length=8, default=TemplateStatus.DRAFT.value)
    way = models.CharField(max_length=12)
    wish = models.JSONField()
    claim_from = models.DateTimeField(null=True)
    claim_until = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    stock = models.IntegerField(null=True)
    given_count = models.IntegerField(default=0)
    per_person_max = models.IntegerField()
    spend_minor = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "coupons_template"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in TemplateStatus]),
                name="coupons_template_status",
            ),
            models.CheckConstraint(
                condition=Q(way__in=[way.value for way in Way]), name="coupons_template_way"
            ),
            models.CheckConstraint(
                condition=Q(given_count__gte=0) & (Q(stock__isnull=True) | Q(given_count__lte=F("stock"))),
                name="coupons_template_within_stock",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="coupons_template_of_merchant"),
            models.Index(
                fields=["way", "merchant", "-id"], condition=Q(status="live"), name="coupons_template_live"
            ),
        ]


class CouponTemplateVersion(models.Model):
    """What a template said at a version; written once: a coupon keeps the terms it was given with."""

    pk = models.CompositePrimaryKey("template_id", "version")
    template = models.ForeignKey(
        CouponTemplateRow, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.IntegerField()
    wish = models.JSONField()
    written_at = models.DateTimeField()
    written_by_id = models.UUIDField(null=True)

    class Meta:
        db_table = "coupons_template_version"


class CouponCode(models.Model):
    """A code that gives a coupon; `given_count` says how often it did, `once` stands for one that does it once."""

    code = models.CharField(primary_key=True, max_length=32)
    template = models.ForeignKey(
        CouponTemplateRow, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_once = models.BooleanField()
    given_count = models.IntegerField(default=0)

    class Meta:
        db_table = "coupons_code"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_once=False) | Q(given_count__lte=1), name="coupons_code_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["template", "code"], name="coupons_code_of_template")]


class CouponRow(models.Model):
    """A buyer's coupon, with the terms of the version it was given at. `source` says what gave it: the same source
    gives a buyer one coupon of a template, however often it is told. `device` is a keyed hash of the device it was
    taken with, forgotten some time after its template has ended.

    While locked or used it belongs to `trade_id`; `amount_minor` is what it took off there, `revenue_minor` what was
    paid for the goods it covered, `sku_ids`. One that came back keeps them: a late payment may take it again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.ForeignKey(
        CouponTemplateRow, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.IntegerField()
    buyer_id = models.UUIDField()
    source = models.CharField(max_length=180)
    device = models.BinaryField(null=True)
    status = models.CharField(max_length=6, default="held")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    given_at = models.DateTimeField()
    trade_id = models.UUIDField(null=True)
    sku_ids = ArrayField(models.UUIDField(), default=list)
    amount_minor = models.BigIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "coupons_coupon"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="held")
                | Q(status__in=["locked", "used"], trade_id__isnull=False, amount_minor__gt=0),
                name="coupons_coupon_status",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="coupons_coupon_time"),
            models.UniqueConstraint(fields=["template", "buyer_id", "source"], name="coupons_coupon_source"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["buyer_id", "-id"], name="coupons_coupon_of_buyer"),
            models.Index(
                fields=["template", "device"],
                condition=Q(device__isnull=False),
                name="coupons_coupon_of_device",
            ),
            models.Index(
                fields=["trade_id"], condition=Q(trade_id__isnull=False), name="coupons_coupon_of_trade"
            ),
            models.Index(
                fields=["valid_until"],
                condition=Q(status="held", reminded_at__isnull=True),
                name="coupons_coupon_to_remind",
            ),
        ]


class CouponHoldout(models.Model):
    """Somebody who would have got a coupon and was held out, with the terms of the version it would have had, and
    until when it would have been good.
    """

    pk = models.CompositePrimaryKey("template_id", "buyer_id")
    template = models.ForeignKey(
        CouponTemplateRow, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    buyer_id = models.UUIDField()
    version = models.IntegerField()
    held_at = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        db_table = "coupons_holdout"
