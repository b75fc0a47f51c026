"""The kernel's tables: outbox, proofs of handling, scheduled jobs, dead letters, idempotency keys, audit log."""

import django.db.models.functions.datetime
from django.db import migrations, models

import jishi.kernel.ids
from jishi.kernel.tables import CreatePartitionedModel, append_only

SILENCED = (
    "procrastinate_jobs_notify_queue_job_inserted_v1",
    "procrastinate_trigger_status_events_insert_v1",
    "procrastinate_trigger_status_events_update_v1",
    "procrastinate_trigger_scheduled_events_v1",
)
REFUSE_CHANGE = """
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            sql=REFUSE_CHANGE,
            reverse_sql="DROP FUNCTION kernel_refuse_change()",
        ),
        migrations.CreateModel(
            name="Handled",
            fields=[
                ("pk", models.CompositePrimaryKey("handler", "event_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("handler", models.TextField()),
                ("event_id", models.UUIDField()),
            ],
            options={
                "db_table": "kernel_handled",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("pk", models.CompositePrimaryKey("owner_id", "key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField()),
                ("key", models.TextField()),
                ("request_hash", models.BinaryField()),
                ("result_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
            ],
            options={
                "db_table": "kernel_idempotency_key",
            },
        ),
        migrations.CreateModel(
            name="ScheduledJob",
            fields=[
                ("id", models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("name", models.TextField()),
                ("lock", models.TextField(null=True)),
                ("arguments", models.JSONField()),
                ("priority", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "kernel_scheduled_job",
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("pk", models.CompositePrimaryKey("handler", "aggregate_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("handler", models.TextField()),
                ("aggregate_id", models.UUIDField()),
                ("sequence", models.BigIntegerField()),
            ],
            options={
                "db_table": "kernel_seen",
            },
        ),
        CreatePartitionedModel(
            name="AuditEntry",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_kind", models.TextField()),
                ("action", models.TextField()),
                ("subject_kind", models.TextField()),
                ("subject_id", models.UUIDField()),
                ("merchant_id", models.UUIDField(null=True)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "kernel_audit_entry",
                "indexes": [models.Index(fields=["subject_id", "id"], name="kernel_audit_subject"), models.Index(fields=["actor_id", "id"], name="kernel_audit_actor"), models.Index(fields=["merchant_id", "id"], name="kernel_audit_merchant")],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("job_id", models.BigIntegerField(unique=True)),
                ("name", models.TextField()),
                ("lock", models.TextField(null=True)),
                ("arguments", models.JSONField()),
                ("priority", models.IntegerField(default=0)),
                ("attempts", models.IntegerField()),
                ("error", models.TextField()),
                ("died_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField(default="waiting")),
            ],
            options={
                "db_table": "kernel_dead_letter",
                "indexes": [models.Index(condition=models.Q(("closed_at", None)), fields=["died_at"], name="kernel_dead_letter_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(("outcome__in", ["waiting", "retried", "dismissed"])), name="kernel_dead_letter_outcome")],
            },
        ),
        CreatePartitionedModel(
            name="OutboxEntry",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(editable=False)),
                ("name", models.TextField()),
                ("aggregate_id", models.UUIDField()),
                ("body", models.JSONField()),
                ("dispatched_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "kernel_outbox",
                "indexes": [models.Index(condition=models.Q(("dispatched_at", None)), fields=["sequence"], name="kernel_outbox_waiting")],
            },
        ),
        append_only("kernel_audit_entry"),
        migrations.RunSQL(
            sql=[
                "CREATE SEQUENCE kernel_outbox_sequence AS bigint OWNED BY kernel_outbox.sequence",
                "ALTER TABLE kernel_outbox ALTER COLUMN sequence SET DEFAULT nextval('kernel_outbox_sequence')",
            ],
            reverse_sql=[
                "ALTER TABLE kernel_outbox ALTER COLUMN sequence DROP DEFAULT",
                "DROP SEQUENCE kernel_outbox_sequence",
            ],
        ),
        # Procrastinate looks for earlier jobs of the same lock before it starts one; without this it reads them all.
        migrations.RunSQL(
            sql=(
                "CREATE INDEX kernel_jobs_of_a_lock ON procrastinate_jobs (lock, priority DESC, id) "
                "WHERE status IN ('todo', 'doing') AND lock IS NOT NULL"
            ),
            reverse_sql="DROP INDEX kernel_jobs_of_a_lock",
        ),
        # A notification for each job makes all commits wait for each other, and the history of jobs is read by nobody:
        # kernel.jobs.queue wakes the workers once per commit, metrics and dead letters keep what matters.
        migrations.RunSQL(
            sql=[f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {name}" for name in SILENCED],
            reverse_sql=[f"ALTER TABLE procrastinate_jobs ENABLE TRIGGER {name}" for name in SILENCED],
        ),
    ]
