import jishi.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('discovery', '0002_interests'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexNode',
            fields=[
                ('id', models.UUIDField(default=jishi.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, unique=True)),
                ('version', models.CharField(max_length=64)),
                ('product_count', models.IntegerField()),
                ('built_at', models.DateTimeField()),
                ('followed_at', models.DateTimeField()),
                ('rebuild_asked_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'search_node',
            },
        ),
    ]
