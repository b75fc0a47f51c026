"""The kernel's tables."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from jishi.kernel.ids import new_id


class OutboxEntry(models.Model):
    """One published event, waiting for the dispatcher or already handed to jobs. Partitioned by month."""

    id = models.UUIDField(primary_key=True, editable=False)
    sequence = models.BigIntegerField(editable=False)  # default: nextval, set by the migration
    name = models.TextField()
    aggregate_id = models.UUIDField()
    body = models.JSONField()
    dispatched_at = models.DateTimeField(null=True)
    trace = models.TextField(null=True)  # noqa: DJ001 - what published it, as W3C's `traceparent`

    class Meta:
        db_table = "kernel_outbox"
        indexes: ClassVar = [
            models.Index(
                fields=["sequence"], condition=models.Q(dispatched_at=None), name="kernel_outbox_waiting"
            )
        ]


class Handled(models.Model):
    """Proof that a handler's effect of one event is in the database."""

    pk = models.CompositePrimaryKey("handler", "event_id")
    handler = models.TextField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "kernel_handled"


class Seen(models.Model):
    """The newest event of an aggregate that a `latest_only` handler has taken."""

    pk = models.CompositePrimaryKey("handler", "aggregate_id")
    handler = models.TextField()
    aggregate_id = models.UUIDField()
    sequence = models.BigIntegerField()

    class Meta:
        db_table = "kernel_seen"


class ScheduledJob(models.Model):
    """A job that waits for its hour; moved to the queue when due, so that the queue itself stays short."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    due_at = models.DateTimeField(db_index=True)
    name = models.TextField()
    lock = models.TextField(null=True)  # noqa: DJ001 - no lock, not the empty one
    arguments = models.JSONField()
    priority = models.IntegerField(default=0)

    class Meta:
        db_table = "kernel_scheduled_job"


class DeadLetter(models.Model):
    """A job or handler that failed for the last time, kept for a person to look at, retry or dismiss."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job_id = models.BigIntegerField(unique=True)
    name = models.TextField()
    lock = models.TextField(null=True)  # noqa: DJ001 - no lock, not the empty one
    arguments = models.JSONField()
    priority = models.IntegerField(default=0)
    attempts = models.IntegerField()
    error = models.TextField()
    died_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="waiting")  # waiting | retried | dismissed

    class Meta:
        db_table = "kernel_dead_letter"
        indexes: ClassVar = [
            models.Index(fields=["outcome", "id"], name="kernel_dead_letter_outcome"),
            models.Index(
                fields=["died_at"], condition=models.Q(closed_at=None), name="kernel_dead_letter_open"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["waiting", "retried", "dismissed"]),
                name="kernel_dead_letter_outcome",
            )
        ]


class IdempotencyKey(models.Model):
    """A request that was seen: whose, which key, a hash of its body, and what came of it."""

    pk = models.CompositePrimaryKey("owner_id", "key")
    owner_id = models.UUIDField()
    key = models.TextField()
    request_hash = models.BinaryField()
    result_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        db_table = "kernel_idempotency_key"


class AuditEntry(models.Model):
    """Who did what to which thing. Append-only, partitioned by month; holds ids, never personal data."""

    id = models.UUIDField(primary_key=True, editable=False)
    recorded_at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_kind = models.TextField()
    action = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.UUIDField()
    merchant_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "kernel_audit_entry"
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "id"], name="kernel_audit_subject"),
            models.Index(fields=["actor_id", "id"], name="kernel_audit_actor"),
            models.Index(fields=["merchant_id", "id"], name="kernel_audit_merchant"),
            models.Index(fields=["actor_kind", "id"], name="kernel_audit_kind"),
        ]
