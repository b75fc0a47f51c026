"""Tables of sale events."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.events.types import EntryStatus, EventStatus


class SaleEvent(models.Model):
    """An event of the platform. `terms` is what its promotion said when enrolment opened, and what it will run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=10, default=EventStatus.DRAFT.value)
    promotion = models.OneToOneField("offering.PromotionRow", on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField(null=True)
    enrol_from = models.DateTimeField()
    enrol_until = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    category_ids = models.JSONField(default=list)
    products_max = models.IntegerField()
    page = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "events_event"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in EventStatus]), name="events_event_status"
            ),
            models.CheckConstraint(
                condition=Q(enrol_until__gt=F("enrol_from")), name="events_event_enrolment"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="events_event_time"),
            models.CheckConstraint(
                condition=Q(status__in=[EventStatus.DRAFT.value, EventStatus.OVER.value])
                | Q(terms__isnull=False),
                name="events_event_terms",
            ),
        ]


class EventEntry(models.Model):
    """What a merchant enrols in an event; one entry for each of both."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(SaleEvent, on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey("identity.Merchant", on_delete=models.PROTECT, related_name="+")
    product_ids = models.JSONField()
    status = models.CharField(max_length=10, default=EntryStatus.APPLIED.value)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "events_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "merchant"], name="events_entry_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in EntryStatus]), name="events_entry_status"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-id"], name="events_entry_queue")]
