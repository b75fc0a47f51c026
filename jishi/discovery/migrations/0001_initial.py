import django.db.models.deletion
import jishi.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('offering', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BannerRow',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title_zh', models.CharField(max_length=60)),
                ('title_en', models.CharField(blank=True, max_length=60)),
                ('subtitle_zh', models.CharField(blank=True, max_length=120)),
                ('subtitle_en', models.CharField(blank=True, max_length=120)),
                ('picture', models.JSONField(blank=True, null=True)),
                ('link', models.CharField(max_length=300)),
                ('sort', models.IntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'banner',
                'db_table': 'content_banner',
                'constraints': [models.CheckConstraint(condition=models.Q(('link__startswith', '/'), models.Q(('link__startswith', '//'), _negated=True)), name='content_banner_link')],
            },
        ),
        migrations.CreateModel(
            name='ShelfRow',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('title_zh', models.CharField(max_length=60)),
                ('title_en', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(max_length=16)),
                ('sort', models.IntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offering.category')),
            ],
            options={
                'verbose_name': 'shelf',
                'verbose_name_plural': 'shelves',
                'db_table': 'content_shelf',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['newest', 'best_sellers', 'category'])), name='content_shelf_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'category'), _negated=True), ('category__isnull', False), _connector='OR'), name='content_shelf_has_its_category')],
            },
        ),
    ]
