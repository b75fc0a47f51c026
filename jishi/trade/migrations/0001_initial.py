import django.db.models.deletion
import django.db.models.expressions
import jishi.kernel.crypto.fields
import jishi.kernel.ids
from django.conf import settings
from django.db import migrations, models

from jishi.kernel.tables import CreatePartitionedModel, append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0001_kernel'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cart',
            fields=[
                ('owner_id', models.UUIDField(primary_key=True, serialize=False)),
                ('changed_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'checkout_cart',
            },
        ),
        migrations.CreateModel(
            name='ForgedScan',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('carrier', models.CharField(max_length=32)),
                ('reason', models.CharField(max_length=32)),
                ('client_ip', models.GenericIPAddressField(null=True)),
                ('body', models.TextField()),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'shipping_forged_scan',
            },
        ),
        migrations.CreateModel(
            name='FreightTemplate',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField(db_index=True)),
                ('name', models.CharField(max_length=60)),
                ('method', models.CharField(max_length=16)),
                ('unit', models.CharField(max_length=8)),
                ('rates', models.JSONField()),
                ('currency', models.CharField(max_length=3)),
                ('is_default', models.BooleanField(default=False)),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'db_table': 'shipping_freight_template',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('merchant_id', 'method'), name='shipping_freight_template_one_default'), models.CheckConstraint(condition=models.Q(('method__in', ['standard', 'express', 'same_city', 'pick_up', 'virtual'])), name='shipping_freight_template_method'), models.CheckConstraint(condition=models.Q(('unit__in', ['piece', 'weight', 'volume'])), name='shipping_freight_template_unit')],
            },
        ),
        CreatePartitionedModel(
            name='OrderEvent',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('kind', models.CharField(max_length=32)),
                ('actor', models.CharField(max_length=16)),
                ('actor_id', models.UUIDField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'orders_event',
                'indexes': [models.Index(fields=['order_id', 'id'], name='orders_event_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('actor__in', ['buyer', 'merchant', 'platform', 'carrier', 'channel', 'clock'])), name='orders_event_actor')],
            },
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField(db_index=True)),
                ('buyer_id', models.UUIDField()),
                ('merchant_id', models.UUIDField()),
                ('carrier', models.CharField(max_length=32)),
                ('tracking_number', models.CharField(max_length=40)),
                ('status', models.CharField(max_length=20)),
                ('shipped_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'shipping_parcel',
                'indexes': [models.Index(fields=['carrier', 'tracking_number'], name='shipping_parcel_tracking')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['label_created', 'collected', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'lost', 'returned'])), name='shipping_parcel_status'), models.UniqueConstraint(fields=('order_id', 'carrier', 'tracking_number'), name='shipping_parcel_once_per_order')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.UUIDField()),
                ('wish', models.JSONField()),
                ('result', models.JSONField()),
                ('total_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('quoted_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'checkout_quote',
                'constraints': [models.CheckConstraint(condition=models.Q(('total_minor__gte', 0)), name='checkout_quote_total')],
            },
        ),
        CreatePartitionedModel(
            name='Scan',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('parcel_id', models.UUIDField()),
                ('status', models.CharField(max_length=20)),
                ('description', models.TextField(blank=True)),
                ('location', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('learnt_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'shipping_scan',
                'indexes': [models.Index(fields=['parcel_id', 'at'], name='shipping_scan_parcel')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['label_created', 'collected', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'lost', 'returned'])), name='shipping_scan_status')],
            },
        ),
        migrations.CreateModel(
            name='Trade',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('quote_id', models.UUIDField(unique=True)),
                ('currency', models.CharField(max_length=3)),
                ('total_minor', models.BigIntegerField()),
                ('placed_at', models.DateTimeField()),
                ('pay_before_at', models.DateTimeField()),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'orders_trade',
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=15, unique=True)),
                ('buyer_id', models.UUIDField()),
                ('merchant_id', models.UUIDField()),
                ('status', models.CharField(max_length=20)),
                ('payment_status', models.CharField(max_length=20)),
                ('fulfilment_status', models.CharField(max_length=20)),
                ('close_reason', models.CharField(max_length=24, null=True)),
                ('currency', models.CharField(max_length=3)),
                ('goods_minor', models.BigIntegerField()),
                ('merchant_discount_minor', models.BigIntegerField()),
                ('platform_discount_minor', models.BigIntegerField()),
                ('points_discount_minor', models.BigIntegerField()),
                ('freight_minor', models.BigIntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('discounts', models.JSONField(default=list)),
                ('piece_count', models.IntegerField()),
                ('unsent_count', models.IntegerField()),
                ('shipping_method', models.CharField(max_length=16)),
                ('recipient', jishi.kernel.crypto.fields.EncryptedTextField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('placed_at', models.DateTimeField()),
                ('pay_before_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('shipped_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('trade', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='trade.trade')),
            ],
            options={
                'db_table': 'orders_order',
            },
        ),
        migrations.CreateModel(
            name='CartLine',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sku_id', models.UUIDField()),
                ('quantity', models.IntegerField()),
                ('is_selected', models.BooleanField(default=True)),
                ('cart', models.ForeignKey(db_column='owner_id', db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='trade.cart')),
            ],
            options={
                'db_table': 'checkout_cart_line',
                'constraints': [models.UniqueConstraint(fields=('cart', 'sku_id'), name='checkout_cart_line_sku'), models.CheckConstraint(condition=models.Q(('quantity__range', (1, 9999))), name='checkout_cart_line_quantity')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.SmallIntegerField()),
                ('buyer_id', models.UUIDField()),
                ('merchant_id', models.UUIDField()),
                ('product_id', models.UUIDField()),
                ('sku_id', models.UUIDField()),
                ('warehouse_id', models.UUIDField()),
                ('title_zh', models.TextField()),
                ('title_en', models.TextField()),
                ('choice_name_zh', models.TextField()),
                ('choice_name_en', models.TextField()),
                ('image', models.TextField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('unit_price_minor', models.BigIntegerField()),
                ('quantity', models.IntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('merchant_discount_minor', models.BigIntegerField()),
                ('platform_discount_minor', models.BigIntegerField()),
                ('points_discount_minor', models.BigIntegerField()),
                ('payable_minor', models.BigIntegerField()),
                ('tax_basis_points', models.IntegerField(default=0)),
                ('commission_basis_points', models.IntegerField()),
                ('shipped_quantity', models.IntegerField(default=0)),
                ('cancelled_quantity', models.IntegerField(default=0)),
                ('refunding_quantity', models.IntegerField(default=0)),
                ('refunded_quantity', models.IntegerField(default=0)),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='trade.order')),
            ],
            options={
                'db_table': 'orders_order_line',
                'indexes': [models.Index(fields=['buyer_id', 'product_id'], name='orders_order_line_bought')],
                'constraints': [models.UniqueConstraint(fields=('order', 'position'), name='orders_order_line_position'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='orders_order_line_quantity'), models.CheckConstraint(condition=models.Q(('amount_minor', django.db.models.expressions.CombinedExpression(models.F('unit_price_minor'), '*', models.F('quantity')))), name='orders_order_line_amount'), models.CheckConstraint(condition=models.Q(('payable_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount_minor'), '-', models.F('merchant_discount_minor')), '-', models.F('platform_discount_minor')), '-', models.F('points_discount_minor')))), name='orders_order_line_adds_up'), models.CheckConstraint(condition=models.Q(('merchant_discount_minor__gte', 0), ('payable_minor__gte', 0), ('platform_discount_minor__gte', 0), ('points_discount_minor__gte', 0), ('unit_price_minor__gte', 0)), name='orders_order_line_not_negative'), models.CheckConstraint(condition=models.Q(('commission_basis_points__range', (0, 10000)), ('tax_basis_points__range', (0, 10000))), name='orders_order_line_rates'), models.CheckConstraint(condition=models.Q(('cancelled_quantity__gte', 0), ('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('shipped_quantity'), '+', models.F('cancelled_quantity'))), ('shipped_quantity__gte', 0)), name='orders_order_line_shipped_within_ordered'), models.CheckConstraint(condition=models.Q(('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('refunding_quantity'), '+', models.F('refunded_quantity'))), ('refunded_quantity__gte', 0), ('refunding_quantity__gte', 0)), name='orders_order_line_refunded_within_ordered'), models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('payable_minor'))), name='orders_order_line_refunded_within_payable')],
            },
        ),
        migrations.CreateModel(
            name='ParcelLine',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_line_id', models.UUIDField(db_index=True)),
                ('sku_id', models.UUIDField()),
                ('warehouse_id', models.UUIDField()),
                ('quantity', models.IntegerField()),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='trade.parcel')),
            ],
            options={
                'db_table': 'shipping_parcel_line',
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shipping_parcel_line_quantity'), models.UniqueConstraint(fields=('parcel', 'order_line_id'), name='shipping_parcel_line_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='trade',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor__gte', 0)), name='orders_trade_total'),
        ),
        migrations.AddConstraint(
            model_name='trade',
            constraint=models.CheckConstraint(condition=models.Q(('pay_before_at__gte', models.F('placed_at'))), name='orders_trade_payable_after_placing'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['buyer_id', '-placed_at', '-id'], name='orders_order_buyer'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['merchant_id', '-placed_at', '-id'], name='orders_order_merchant'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['merchant_id', 'status', '-placed_at', '-id'], name='orders_order_queue'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'delivered')), fields=['delivered_at'], name='orders_order_to_receive'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'received')), fields=['received_at'], name='orders_order_to_complete'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['awaiting_payment', 'awaiting_shipment', 'partially_shipped', 'shipped', 'delivered', 'received', 'completed', 'closed'])), name='orders_order_status'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('payment_status__in', ['unpaid', 'paid', 'partially_refunded', 'refunded'])), name='orders_order_payment_status'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('fulfilment_status__in', ['unshipped', 'partially_shipped', 'shipped', 'delivered', 'received'])), name='orders_order_fulfilment_status'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('close_reason__in', ['unpaid', 'cancelled_by_buyer', 'cancelled_by_merchant', 'refunded'])), name='orders_order_close_reason'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('shipping_method__in', ['standard', 'express', 'same_city', 'pick_up', 'virtual'])), name='orders_order_shipping_method'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('close_reason__isnull', False), ('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('close_reason__isnull', True), ('closed_at__isnull', True)), _connector='OR'), name='orders_order_closed_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('status', 'completed')), models.Q(models.Q(('status', 'completed'), _negated=True), ('completed_at__isnull', True)), _connector='OR'), name='orders_order_completed_at'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_at__isnull', True), ('payment_status', 'unpaid')), models.Q(models.Q(('payment_status', 'unpaid'), _negated=True), ('paid_at__isnull', False)), _connector='OR'), name='orders_order_paid_at'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods_minor'), '-', models.F('merchant_discount_minor')), '-', models.F('platform_discount_minor')), '-', models.F('points_discount_minor')), '+', models.F('freight_minor')))), name='orders_order_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('freight_minor__gte', 0), ('goods_minor__gte', 0), ('merchant_discount_minor__gte', 0), ('platform_discount_minor__gte', 0), ('points_discount_minor__gte', 0), ('total_minor__gte', 0)), name='orders_order_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('total_minor'))), name='orders_order_refunded_within_total'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('piece_count__gt', 0), ('unsent_count__gte', 0), ('unsent_count__lte', models.F('piece_count'))), name='orders_order_pieces'),
        ),
        append_only("orders_event"),
        append_only("shipping_scan"),
        # Order numbers are scattered from it (kernel/ids.py), a hundred million a day.
        migrations.RunSQL("CREATE SEQUENCE orders_number", "DROP SEQUENCE orders_number"),
    ]
