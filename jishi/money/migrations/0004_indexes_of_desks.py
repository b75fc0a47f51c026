"""Indexes for the filters of the back office's lists, so that a rare kind is found without reading the others."""

from django.db import migrations, models

from jishi.kernel.tables import AddIndexAsOwner


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
        AddIndexAsOwner(
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
