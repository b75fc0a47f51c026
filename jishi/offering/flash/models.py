"""Tables of flash sales. An item's pieces are in inventory's bucket of the same id."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.flash.types import FlashStatus

OPEN_STATUSES = (FlashStatus.APPLIED.value, FlashStatus.ACCEPTED.value)


class FlashSessionRow(models.Model):
    """One session of a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    starts_at = models.DateTimeField(unique=True)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "flash_session"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="flash_session_time")
        ]


class FlashItemRow(models.Model):
    """What a merchant offers in a session. `cut` pieces were set aside at `opened_at`; `unsold` went back at
    `closed_at`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    session = models.ForeignKey(
        FlashSessionRow, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("offering.SkuRow", on_delete=models.PROTECT, related_name="+")
    product_id = models.UUIDField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    quota = models.IntegerField()
    per_buyer_max = models.IntegerField(default=1)
    status = models.CharField(max_length=9, default=FlashStatus.APPLIED.value)
    reason = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cut = models.IntegerField(default=0)
    unsold = models.IntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "flash_item"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "sku"], condition=Q(status__in=OPEN_STATUSES), name="flash_item_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in FlashStatus]), name="flash_item_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    price_minor__gt=0,
                    quota__gt=0,
                    per_buyer_max__gt=0,
                    cut__gte=0,
                    cut__lte=F("quota"),
                    unsold__gte=0,
                    unsold__lte=F("cut"),
                ),
                name="flash_item_figures",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="flash_item_of_merchant"),
            models.Index(fields=["session", "status"], name="flash_item_of_session"),
            models.Index(fields=["product_id"], name="flash_item_of_product"),
        ]


class FlashClaim(models.Model):
    """An order that was placed for an item; it counts towards the buyer's share until the order is closed."""

    order_id = models.UUIDField(primary_key=True)
    item_id = models.UUIDField()
    buyer_id = models.UUIDField()
    quantity = models.IntegerField()
    claimed_at = models.DateTimeField()

    class Meta:
        db_table = "flash_claim"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="flash_claim_quantity")
        ]
        indexes: ClassVar = [models.Index(fields=["item_id", "buyer_id"], name="flash_claim_of_buyer")]


class FlashSlot(models.Model):
    """An hour of the day (China time) at which a session starts; without any, the usual ones hold."""

    hour = models.SmallIntegerField(primary_key=True)

    class Meta:
        db_table = "flash_slot"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hour__gte=0, hour__lte=23), name="flash_slot_hour")
        ]


class FlashReminder(models.Model):
    """A buyer who wants to hear of an item shortly before its session; `told_at` is when he did."""

    pk = models.CompositePrimaryKey("buyer_id", "item_id")
    buyer_id = models.UUIDField()
    item = models.ForeignKey(FlashItemRow, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "flash_reminder"


class FlashAdmission(models.Model):
    """Who was let in while Valkey was away; forgotten with the session."""

    pk = models.CompositePrimaryKey("item_id", "buyer_id")
    item_id = models.UUIDField()
    buyer_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "flash_admission"
