"""The tables of money: ledger, payments, settlement. The guards of the ledger are in 0002."""

import django.db.models.deletion
import django.db.models.expressions
import jishi.kernel.ids
from django.db import migrations, models

from jishi.kernel.tables import CreatePartitionedModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [("kernel", "0001_kernel")]

    operations = [
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=16)),
                ('client', models.CharField(max_length=16)),
                ('out_trade_no', models.CharField(max_length=32, unique=True)),
                ('merchant_account', models.CharField(max_length=64)),
                ('status', models.CharField(max_length=20)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('redirect_url', models.TextField(null=True)),
                ('qr_code', models.TextField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'payments_attempt',
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.TextField(unique=True)),
                ('kind', models.CharField(max_length=16)),
            ],
            options={
                'db_table': 'ledger_account',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'income', 'expense', 'equity'])), name='ledger_account_kind')],
            },
        ),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=16)),
                ('day_date', models.DateField()),
                ('payment_count', models.IntegerField()),
                ('refund_count', models.IntegerField()),
                ('captured_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('read_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('bank_reference', models.CharField(max_length=64, null=True)),
            ],
            options={
                'db_table': 'payments_bill',
                'constraints': [models.UniqueConstraint(fields=('channel', 'day_date'), name='payments_bill_day'), models.CheckConstraint(condition=models.Q(('channel__in', ['alipay', 'wechat'])), name='payments_bill_channel')],
            },
        ),
        CreatePartitionedModel(
            name='Callback',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('received_at', models.DateTimeField()),
                ('channel', models.CharField(max_length=16)),
                ('outcome', models.CharField(max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('out_trade_no', models.CharField(max_length=64, null=True)),
                ('channel_transaction_id', models.CharField(max_length=64, null=True)),
                ('event_id', models.CharField(max_length=128, null=True)),
                ('amount_minor', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=16, null=True)),
                ('body_digest', models.BinaryField(max_length=32)),
            ],
            options={
                'db_table': 'payments_callback',
                'indexes': [models.Index(fields=['out_trade_no'], name='payments_callback_number')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['applied', 'repeated', 'late_revived', 'late_returned', 'second_returned', 'refund_noted', 'noted', 'refused', 'forged'])), name='payments_callback_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Journal',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.TextField(unique=True)),
                ('kind', models.CharField(max_length=32)),
                ('reference_id', models.UUIDField(db_index=True)),
                ('booked_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'ledger_journal',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['payment_captured', 'order_completed', 'refunded', 'late_payment', 'second_capture', 'suspense_refunded', 'channel_settled', 'payout_started', 'payout_paid', 'payout_failed', 'payout_returned', 'subsidy_funded', 'adjustment'])), name='ledger_journal_kind')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('trade_id', models.UUIDField(unique=True)),
                ('buyer_id', models.UUIDField()),
                ('status', models.CharField(max_length=20)),
                ('amount_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField(db_default=0)),
                ('currency', models.CharField(max_length=3)),
                ('channel', models.CharField(max_length=16, null=True)),
                ('created_at', models.DateTimeField()),
                ('pay_before_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'payments_payment',
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['created_at'], name='payments_payment_pending'), models.Index(fields=['buyer_id', 'id'], name='payments_payment_buyer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['created', 'pending', 'paid', 'failed', 'closed', 'late_paid', 'partially_refunded', 'refunded'])), name='payments_payment_status'), models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='payments_payment_amount'), models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('amount_minor'))), name='payments_payment_refunded'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['paid', 'partially_refunded']), _negated=True), ('paid_at__isnull', False), _connector='OR'), name='payments_payment_paid_at')],
            },
        ),
        migrations.CreateModel(
            name='Capture',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=16)),
                ('channel_transaction_id', models.CharField(max_length=64)),
                ('disposition', models.CharField(max_length=16)),
                ('source', models.CharField(max_length=16)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('paid_at', models.DateTimeField()),
                ('learnt_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.attempt')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.payment')),
            ],
            options={
                'db_table': 'payments_capture',
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.payment'),
        ),
        migrations.CreateModel(
            name='PaymentPart',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('trade_id', models.UUIDField(db_index=True)),
                ('order_id', models.UUIDField(unique=True)),
                ('merchant_id', models.UUIDField()),
                ('buyer_id', models.UUIDField()),
                ('position', models.PositiveSmallIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField(db_default=0)),
                ('escrow_minor', models.BigIntegerField(db_default=0)),
                ('currency', models.CharField(max_length=3)),
                ('released_at', models.DateTimeField(null=True)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.payment')),
            ],
            options={
                'db_table': 'payments_part',
            },
        ),
        migrations.CreateModel(
            name='CapturePart',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel_transaction_id', models.CharField(db_index=True, max_length=64)),
                ('transaction_amount_minor', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('capture', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.capture')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.paymentpart')),
            ],
            options={
                'db_table': 'payments_capture_part',
            },
        ),
        CreatePartitionedModel(
            name='Posting',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('journal_id', models.UUIDField()),
                ('account_id', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
            ],
            options={
                'db_table': 'ledger_posting',
                'indexes': [models.Index(fields=['journal_id'], name='ledger_posting_journal'), models.Index(fields=['account_id', 'id'], include=('amount_minor', 'currency'), name='ledger_posting_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='ledger_posting_not_zero')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField(db_index=True, null=True)),
                ('merchant_id', models.UUIDField()),
                ('buyer_id', models.UUIDField()),
                ('status', models.CharField(max_length=16)),
                ('reason', models.CharField(max_length=20)),
                ('is_suspense', models.BooleanField()),
                ('note', models.TextField(blank=True)),
                ('amount_minor', models.BigIntegerField()),
                ('freight_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('out_refund_no', models.CharField(max_length=32, unique=True)),
                ('round_number', models.PositiveSmallIntegerField(db_default=0)),
                ('tries', models.PositiveIntegerField(db_default=0)),
                ('failure', models.TextField(null=True)),
                ('channel_refund_id', models.CharField(max_length=64, null=True)),
                ('requested_by', models.UUIDField(null=True)),
                ('requested_at', models.DateTimeField()),
                ('tried_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('capture_part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.capturepart')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.paymentpart')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.payment')),
            ],
            options={
                'db_table': 'payments_refund',
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField(db_index=True)),
                ('order_line_id', models.UUIDField()),
                ('quantity', models.PositiveIntegerField()),
                ('payable_minor', models.BigIntegerField()),
                ('platform_discount_minor', models.BigIntegerField()),
                ('points_discount_minor', models.BigIntegerField()),
                ('commission_minor', models.BigIntegerField()),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.refund')),
            ],
            options={
                'db_table': 'payments_refund_line',
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField()),
                ('from_date', models.DateField()),
                ('to_date', models.DateField()),
                ('status', models.CharField(max_length=16)),
                ('currency', models.CharField(max_length=3)),
                ('opening_minor', models.BigIntegerField()),
                ('sales_minor', models.BigIntegerField()),
                ('refunds_minor', models.BigIntegerField()),
                ('commission_minor', models.BigIntegerField()),
                ('adjustments_minor', models.BigIntegerField()),
                ('due_minor', models.BigIntegerField()),
                ('order_count', models.IntegerField()),
                ('issued_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.UUIDField(null=True)),
                ('disputed_reason', models.TextField(blank=True, db_default='')),
                ('carried_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.statement')),
            ],
            options={
                'db_table': 'settlement_statement',
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(max_length=16)),
                ('attempt', models.PositiveSmallIntegerField(db_default=0)),
                ('prepared_by', models.UUIDField()),
                ('approved_by', models.UUIDField(null=True)),
                ('bank_reference', models.CharField(max_length=64, null=True)),
                ('failure', models.TextField(null=True)),
                ('created_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.statement')),
            ],
            options={
                'db_table': 'settlement_payout',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField()),
                ('kind', models.CharField(max_length=16)),
                ('order_id', models.UUIDField(db_index=True, null=True)),
                ('order_number', models.CharField(max_length=32, null=True)),
                ('order_line_id', models.UUIDField(null=True)),
                ('refund_id', models.UUIDField(null=True)),
                ('goods_minor', models.BigIntegerField()),
                ('freight_minor', models.BigIntegerField()),
                ('subsidy_minor', models.BigIntegerField()),
                ('commission_minor', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('happened_at', models.DateTimeField()),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.statement')),
            ],
            options={
                'db_table': 'settlement_entry',
            },
        ),
        migrations.CreateModel(
            name='Break',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=16)),
                ('subject', models.CharField(max_length=16)),
                ('reference', models.CharField(max_length=64)),
                ('out_trade_no', models.CharField(max_length=64)),
                ('our_amount_minor', models.BigIntegerField(null=True)),
                ('their_amount_minor', models.BigIntegerField(null=True)),
                ('found_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.UUIDField(null=True)),
                ('note', models.TextField(blank=True)),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='money.bill')),
            ],
            options={
                'db_table': 'payments_break',
                'indexes': [models.Index(condition=models.Q(('closed_at', None)), fields=['found_at'], name='payments_break_open')],
                'constraints': [models.UniqueConstraint(fields=('bill', 'subject', 'reference'), name='payments_break_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['missing_here', 'missing_there', 'amount', 'currency'])), name='payments_break_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='capture',
            index=models.Index(fields=['channel', 'paid_at'], name='payments_capture_day'),
        ),
        migrations.AddConstraint(
            model_name='capture',
            constraint=models.UniqueConstraint(fields=('channel', 'channel_transaction_id'), name='payments_capture_once'),
        ),
        migrations.AddConstraint(
            model_name='capture',
            constraint=models.UniqueConstraint(condition=models.Q(('disposition', 'applied')), fields=('payment',), name='payments_capture_one_applied'),
        ),
        migrations.AddConstraint(
            model_name='capture',
            constraint=models.CheckConstraint(condition=models.Q(('disposition__in', ['applied', 'late', 'second'])), name='payments_capture_kind'),
        ),
        migrations.AddConstraint(
            model_name='capture',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payments_capture_amount'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('status__in', ['created', 'pending', 'failed'])), fields=['payment'], name='payments_attempt_open'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['alipay', 'wechat'])), name='payments_attempt_channel'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['created', 'pending', 'failed', 'paid', 'closed'])), name='payments_attempt_status'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payments_attempt_amount'),
        ),
        migrations.AddIndex(
            model_name='paymentpart',
            index=models.Index(fields=['merchant_id', 'id'], name='payments_part_merchant'),
        ),
        migrations.AddIndex(
            model_name='paymentpart',
            index=models.Index(condition=models.Q(('escrow_minor__gt', 0)), fields=['merchant_id'], include=('escrow_minor',), name='payments_part_in_escrow'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.UniqueConstraint(fields=('payment', 'position'), name='payments_part_position'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 99)), name='payments_part_position_range'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0), ('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('amount_minor'))), name='payments_part_refunded'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.CheckConstraint(condition=models.Q(('escrow_minor__gte', 0), models.Q(('released_at', None), ('escrow_minor', 0), _connector='OR')), name='payments_part_escrow'),
        ),
        migrations.AddConstraint(
            model_name='capturepart',
            constraint=models.UniqueConstraint(fields=('capture', 'part'), name='payments_capture_part_once'),
        ),
        migrations.AddConstraint(
            model_name='capturepart',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('amount_minor__lte', models.F('transaction_amount_minor'))), name='payments_capture_part_amount'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['merchant_id', 'id'], name='payments_refund_merchant'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('status', 'done'), _negated=True), fields=['requested_at'], name='payments_refund_open'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('status', 'done')), fields=['done_at'], name='payments_refund_done'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'processing', 'done', 'failed'])), name='payments_refund_status'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['cancelled', 'partial', 'goodwill', 'late_payment', 'second_capture'])), name='payments_refund_reason'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('freight_minor__gte', 0), ('freight_minor__lte', models.F('amount_minor'))), name='payments_refund_amount'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), ('capture_part__isnull', False), _connector='OR'), name='payments_refund_source'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_suspense', True), ('order_id__isnull', True)), models.Q(('is_suspense', False), ('order_id__isnull', False)), _connector='OR'), name='payments_refund_whose'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('status', 'done')), models.Q(models.Q(('status', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='payments_refund_done_at'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.UniqueConstraint(fields=('refund', 'order_line_id'), name='payments_refund_line_once'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('payable_minor__gte', 0), ('platform_discount_minor__gte', 0), ('points_discount_minor__gte', 0), ('commission_minor__gte', 0)), name='payments_refund_line_amounts'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['merchant_id', 'id'], name='settlement_statement_list'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('merchant_id', 'to_date'), name='settlement_statement_period'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'issued', 'disputed', 'confirmed', 'paid'])), name='settlement_statement_status'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('from_date__lt', models.F('to_date'))), name='settlement_statement_dates'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('due_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening_minor'), '+', models.F('sales_minor')), '+', models.F('refunds_minor')), '-', models.F('commission_minor')), '+', models.F('adjustments_minor')))), name='settlement_statement_adds_up'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['merchant_id', 'id'], name='settlement_payout_merchant'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'processing', 'paid', 'failed', 'returned'])), name='settlement_payout_status'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='settlement_payout_amount'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('prepared_by')), _negated=True), _connector='OR'), name='settlement_payout_four_eyes'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'pending'), ('approved_by__isnull', False), _connector='OR'), name='settlement_payout_approved'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'paid'), _negated=True), models.Q(('bank_reference__isnull', False), ('paid_at__isnull', False)), _connector='OR'), name='settlement_payout_paid'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('statement', None)), fields=['merchant_id', 'happened_at'], name='settlement_entry_waiting'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['statement', 'id'], name='settlement_entry_statement'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'sale')), fields=('order_line_id',), name='settlement_entry_sale_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'freight')), fields=('order_id',), name='settlement_entry_freight_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'refund')), fields=('refund_id', 'order_line_id'), name='settlement_entry_refund_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['sale', 'refund', 'freight', 'commission', 'adjustment'])), name='settlement_entry_kind'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods_minor'), '+', models.F('freight_minor')), '+', models.F('subsidy_minor')), '-', models.F('commission_minor')))), name='settlement_entry_adds_up'),
        ),
    ]
