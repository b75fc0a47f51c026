"""What an event follows from, and since when a job waits."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("kernel", "0002_indexes_of_desks"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxentry",
            name="trace",
            field=models.TextField(null=True),
        ),
        # The queue's table is procrastinate's: our column fills itself and is named by nobody who writes.
        migrations.RunSQL(
            sql="ALTER TABLE procrastinate_jobs ADD COLUMN enqueued_at timestamptz DEFAULT now()",
            reverse_sql="ALTER TABLE procrastinate_jobs DROP COLUMN enqueued_at",
        ),
    ]
