"""Indexes for the filters of the back office's lists, so that a rare kind is found without reading the others."""

from typing import Any

from django.db import migrations, models


class AddKeptIndex(migrations.AddIndex):
    """Add an index to a table of the ledger, as the role that it belongs to (see 0002_guards)."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
            cursor.execute(
                "SELECT relowner::regrole::text FROM pg_class WHERE oid = %s::regclass "
                "AND NOT pg_has_role(relowner, 'USAGE')",
                [table],
            )
            keeper = cursor.fetchone()
            if keeper:
                cursor.execute(f"GRANT {keeper[0]} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
                cursor.execute(f"SET LOCAL ROLE {keeper[0]}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            if keeper:
                cursor.execute("RESET ROLE")
                cursor.execute(f"REVOKE {keeper[0]} FROM CURRENT_USER")


class Migration(migrations.Migration):

    dependencies = [
        ('money', '0003_sorted_statements'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['outcome', 'id'], name='payments_callback_outcome'),
        ),
        migrations.AddIndex(
            model_name='callback',
            index=models.Index(fields=['channel', 'id'], name='payments_callback_channel'),
        ),
        AddKeptIndex(
            model_name='journal',
            index=models.Index(fields=['kind', 'id'], name='ledger_journal_by_kind'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['status', 'id'], name='payments_payment_status'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['channel', 'id'], name='payments_payment_channel'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['reason', 'id'], name='payments_refund_reason'),
        ),
    ]
