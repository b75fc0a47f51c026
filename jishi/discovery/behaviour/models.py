"""Tables of behaviour: events, what people said, and which visitor turned out to be which buyer.

Plain columns, no foreign keys: visitors are no accounts, and the events outlive no erasure.
"""

from typing import ClassVar

from django.db import models

from jishi.discovery.behaviour.types import BehaviourKind, Placement
from jishi.kernel.ids import new_id


class EventRow(models.Model):
    """One thing somebody did. Partitioned by month on `id`, a UUIDv7 of the instant when it happened.

    Not closed to change, unlike other tables that only grow: events move to the account at sign-in and are erased
    on request.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person_id = models.UUIDField()
    event_id = models.UUIDField()  # made by who reports; a person's events with the same one count once
    kind = models.TextField()
    product_id = models.UUIDField(null=True)
    placement = models.TextField(default="")  # empty: outside any list
    model = models.TextField(default="")
    arm = models.TextField(default="", db_default="")  # of an experiment; empty outside any
    position = models.IntegerField(null=True)
    words_hash = models.BinaryField(null=True)
    dwell_seconds = models.IntegerField(null=True)

    class Meta:
        db_table = "behaviour_event"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[one.value for one in BehaviourKind]), name="behaviour_event_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(placement__in=["", *(one.value for one in Placement)]),
                name="behaviour_event_placement",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person_id", "event_id"], name="behaviour_event_person")]


class ConsentRow(models.Model):
    """What somebody said to being asked; the latest counts, the earlier ones stay as proof."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField()
    allowed = models.BooleanField()
    text_version = models.TextField()
    said_at = models.DateTimeField()

    class Meta:
        db_table = "behaviour_consent"
        indexes: ClassVar = [models.Index(fields=["person_id", "-id"], name="behaviour_consent_latest")]


class VisitorRow(models.Model):
    """A visitor who turned out to be a buyer: what is erased for the one is erased for the other."""

    pk = models.CompositePrimaryKey("buyer_id", "visitor_id")
    buyer_id = models.UUIDField()
    visitor_id = models.UUIDField()

    class Meta:
        db_table = "behaviour_visitor"
