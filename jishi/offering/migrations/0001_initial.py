import django.db.models.deletion
import django.db.models.expressions
import jishi.kernel.ids
from django.db import migrations, models

from jishi.kernel.tables import CreatePartitionedModel, append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '__first__'),
        ('kernel', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=60, unique=True)),
                ('name_en', models.CharField(blank=True, max_length=60)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'catalog_brand',
            },
        ),
        migrations.CreateModel(
            name='Bucket',
            fields=[
                ('pk', models.CompositePrimaryKey('sku_id', 'warehouse_id', 'activity_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('sku_id', models.UUIDField()),
                ('warehouse_id', models.UUIDField()),
                ('activity_id', models.UUIDField()),
                ('left', models.BigIntegerField()),
            ],
            options={
                'db_table': 'inventory_bucket',
                'constraints': [models.CheckConstraint(condition=models.Q(('left__gte', 0)), name='inventory_bucket_left')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=60)),
                ('name_en', models.CharField(max_length=60)),
                ('icon', models.CharField(blank=True, max_length=60)),
                ('sort', models.IntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.category')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'db_table': 'catalog_category',
            },
        ),
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40)),
                ('name_zh', models.CharField(max_length=60)),
                ('name_en', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=16)),
                ('unit', models.CharField(blank=True, max_length=16)),
                ('choices', models.JSONField(blank=True, default=list)),
                ('is_required', models.BooleanField(default=False)),
                ('is_filterable', models.BooleanField(default=False)),
                ('is_sale_axis', models.BooleanField(default=False)),
                ('sort', models.IntegerField(default=0)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offering.category')),
            ],
            options={
                'db_table': 'catalog_attribute',
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('transaction', models.BigIntegerField()),
                ('product_id', models.UUIDField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'catalog_change',
                'indexes': [models.Index(fields=['transaction', 'id'], name='catalog_change_order')],
            },
        ),
        CreatePartitionedModel(
            name='MovementRow',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField()),
                ('sku_id', models.UUIDField()),
                ('warehouse_id', models.UUIDField()),
                ('kind', models.CharField(max_length=16)),
                ('quantity', models.BigIntegerField()),
                ('reference', models.CharField(blank=True, max_length=100)),
                ('staff_id', models.UUIDField(null=True)),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'inventory_movement',
                'indexes': [models.Index(fields=['merchant_id', '-id'], name='inventory_movement_merchant'), models.Index(fields=['sku_id', 'warehouse_id', 'id'], name='inventory_movement_stock')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity', 0), _negated=True), name='inventory_movement_moves'), models.CheckConstraint(condition=models.Q(('kind__in', ['received', 'shipped', 'returned', 'scrapped', 'counted', 'moved', 'sold_at_till'])), name='inventory_movement_kind')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(default='draft', max_length=16)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(blank=True, max_length=200)),
                ('subtitle_zh', models.CharField(blank=True, max_length=300)),
                ('subtitle_en', models.CharField(blank=True, max_length=300)),
                ('description_zh', models.TextField(blank=True)),
                ('description_en', models.TextField(blank=True)),
                ('media', models.JSONField(default=list, help_text='[{id, key, width, height}]')),
                ('axes', models.JSONField(default=list, help_text='[{code, zh, en, values: [{code, zh, en, media}]}]')),
                ('attributes', models.JSONField(default=dict, help_text='{attribute code: value}')),
                ('currency', models.CharField(default='CNY', max_length=3)),
                ('price_from_minor', models.BigIntegerField(default=0)),
                ('price_to_minor', models.BigIntegerField(default=0)),
                ('list_price_minor', models.BigIntegerField(null=True)),
                ('in_stock', models.BooleanField(default=False)),
                ('sold_count', models.BigIntegerField(default=0)),
                ('freight_template_id', models.CharField(blank=True, max_length=40, null=True)),
                ('per_buyer_limit', models.IntegerField(blank=True, null=True)),
                ('version', models.IntegerField(default=1)),
                ('live_number', models.IntegerField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('brand', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.brand')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.category')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merchant')),
            ],
            options={
                'db_table': 'catalog_product',
            },
        ),
        migrations.CreateModel(
            name='ProductVersion',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('merchant_id', models.UUIDField()),
                ('number', models.IntegerField()),
                ('status', models.CharField(default='draft', max_length=16)),
                ('wish', models.JSONField()),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('written_by_id', models.UUIDField(null=True)),
                ('written_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('decided_by_id', models.UUIDField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offering.product')),
            ],
            options={
                'db_table': 'catalog_version',
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('pk', models.CompositePrimaryKey('owner_id', 'sku_id', 'warehouse_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.UUIDField()),
                ('sku_id', models.UUIDField()),
                ('warehouse_id', models.UUIDField()),
                ('quantity', models.BigIntegerField()),
                ('reserved_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'inventory_reservation',
                'indexes': [models.Index(fields=['sku_id', 'warehouse_id'], name='inventory_reservation_stock')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='inventory_reservation_quantity')],
            },
        ),
        migrations.CreateModel(
            name='SkuRow',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=60)),
                ('choice', models.JSONField(default=dict)),
                ('choice_name_zh', models.CharField(blank=True, max_length=200)),
                ('choice_name_en', models.CharField(blank=True, max_length=200)),
                ('currency', models.CharField(default='CNY', max_length=3)),
                ('price_minor', models.BigIntegerField()),
                ('list_price_minor', models.BigIntegerField(null=True)),
                ('weight_grams', models.IntegerField(default=0)),
                ('volume_cm3', models.IntegerField(default=0)),
                ('image_key', models.CharField(blank=True, max_length=80)),
                ('position', models.IntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('in_stock', models.BooleanField(default=False)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merchant')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.product')),
            ],
            options={
                'db_table': 'catalog_sku',
            },
        ),
        migrations.CreateModel(
            name='WarehouseRow',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name_zh', models.CharField(max_length=100)),
                ('name_en', models.CharField(blank=True, max_length=100)),
                ('area_code', models.CharField(max_length=6)),
                ('is_active', models.BooleanField(default=True)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merchant')),
            ],
            options={
                'db_table': 'inventory_warehouse',
            },
        ),
        migrations.CreateModel(
            name='StockLevel',
            fields=[
                ('pk', models.CompositePrimaryKey('sku_id', 'warehouse_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('on_hand', models.BigIntegerField(default=0)),
                ('reserved', models.BigIntegerField(default=0)),
                ('bucketed', models.BigIntegerField(default=0)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merchant')),
                ('sku', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.skurow')),
                ('warehouse', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offering.warehouserow')),
            ],
            options={
                'db_table': 'inventory_stock',
            },
        ),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(default='image', max_length=16)),
                ('key', models.CharField(help_text='folder of the variants, from the hash of the pixels', max_length=80)),
                ('content_hash', models.BinaryField(max_length=32)),
                ('perceptual_hash', models.BigIntegerField(help_text='64-bit difference hash, signed')),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('byte_count', models.BigIntegerField(help_text='all variants together')),
                ('file_name', models.CharField(blank=True, help_text="as uploaded, for the merchant's eyes", max_length=200)),
                ('uploaded_by_id', models.UUIDField(null=True)),
                ('uploaded_at', models.DateTimeField()),
                ('merchant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.merchant')),
            ],
            options={
                'db_table': 'media_asset',
                'indexes': [models.Index(fields=['merchant', '-id'], name='media_asset_of_merchant'), models.Index(fields=['perceptual_hash'], name='media_asset_look_alike')],
                'constraints': [models.UniqueConstraint(fields=('merchant', 'content_hash'), name='media_asset_once_per_merchant', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('height__gt', 0), ('width__gt', 0)), name='media_asset_has_a_size'), models.CheckConstraint(condition=models.Q(('kind__in', ['image', 'video'])), name='media_asset_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='category',
            index=models.Index(fields=['parent', 'sort', 'id'], name='catalog_category_children'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('parent', 'name_zh'), name='catalog_category_name_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='catalog_category_not_its_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.UniqueConstraint(fields=('category', 'code'), name='catalog_attribute_code_once'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['choice', 'text', 'number', 'flag'])), name='catalog_attribute_kind'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(('is_sale_axis', False), ('kind', 'choice'), _connector='OR'), name='catalog_attribute_axis_is_choice'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['category', '-published_at', '-id'], name='catalog_product_category_new'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['category', '-sold_count', '-id'], name='catalog_product_category_sold'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['category', 'price_from_minor', 'id'], name='catalog_product_category_price'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['merchant', '-published_at', '-id'], name='catalog_product_store_new'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['merchant', '-sold_count', '-id'], name='catalog_product_store_sold'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['merchant', 'price_from_minor', 'id'], name='catalog_product_store_price'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['-published_at', '-id'], name='catalog_product_new'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['-sold_count', '-id'], name='catalog_product_sold'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('status', 'live')), fields=['price_from_minor', 'id'], name='catalog_product_price'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['merchant', '-updated_at', '-id'], name='catalog_product_of_merchant'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'live', 'off_shelf', 'rejected', 'banned'])), name='catalog_product_status'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('price_from_minor__gte', 0), ('price_to_minor__gte', models.F('price_from_minor'))), name='catalog_product_prices'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('sold_count__gte', 0)), name='catalog_product_sold_count'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'live'), _negated=True), models.Q(('live_number__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='catalog_product_live_is_published'),
        ),
        migrations.AddIndex(
            model_name='productversion',
            index=models.Index(condition=models.Q(('status', 'in_review')), fields=['submitted_at', 'id'], name='catalog_version_to_review'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.UniqueConstraint(fields=('product', 'number'), name='catalog_version_number'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'rejected'])), fields=('product',), name='catalog_version_one_open'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'rejected', 'live', 'superseded', 'withdrawn'])), name='catalog_version_status'),
        ),
        migrations.AddIndex(
            model_name='skurow',
            index=models.Index(fields=['product', 'position', 'id'], name='catalog_sku_of_product'),
        ),
        migrations.AddConstraint(
            model_name='skurow',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('merchant', 'code'), name='catalog_sku_code_once'),
        ),
        migrations.AddConstraint(
            model_name='skurow',
            constraint=models.CheckConstraint(condition=models.Q(('price_minor__gt', 0)), name='catalog_sku_price'),
        ),
        migrations.AddConstraint(
            model_name='skurow',
            constraint=models.CheckConstraint(condition=models.Q(('list_price_minor__isnull', True), ('list_price_minor__gte', models.F('price_minor')), _connector='OR'), name='catalog_sku_list_price'),
        ),
        migrations.AddConstraint(
            model_name='skurow',
            constraint=models.CheckConstraint(condition=models.Q(('volume_cm3__gte', 0), ('weight_grams__gte', 0)), name='catalog_sku_measures'),
        ),
        migrations.AddIndex(
            model_name='warehouserow',
            index=models.Index(fields=['merchant', 'id'], name='inventory_warehouse_merchant'),
        ),
        migrations.AddConstraint(
            model_name='warehouserow',
            constraint=models.UniqueConstraint(fields=('merchant', 'name_zh'), name='inventory_warehouse_name_once'),
        ),
        migrations.AddIndex(
            model_name='stocklevel',
            index=models.Index(fields=['merchant', 'sku', 'warehouse'], name='inventory_stock_of_merchant'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('on_hand__gte', 0)), name='inventory_stock_on_hand'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('reserved__gte', 0)), name='inventory_stock_reserved'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('bucketed__gte', 0)), name='inventory_stock_bucketed'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('on_hand__gte', django.db.models.expressions.CombinedExpression(models.F('reserved'), '+', models.F('bucketed')))), name='inventory_stock_no_oversell'),
        ),
        append_only("inventory_movement"),
        # Room on each page for the next version of a row: hot stock is updated in place, without touching an index.
        migrations.RunSQL(
            "ALTER TABLE inventory_stock SET (fillfactor = 50); ALTER TABLE catalog_sku SET (fillfactor = 90)",
            migrations.RunSQL.noop,
        ),
    ]
