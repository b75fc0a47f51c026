from django.db import migrations, models

from jishi.kernel.tables import append_only

# The index of the key answers what the lowest price was without a look at the table.
_COVERING_KEY = (
    "ALTER TABLE catalog_price DROP CONSTRAINT catalog_price_pkey, "
    "ADD CONSTRAINT catalog_price_pkey PRIMARY KEY (sku_id, offered_from) "
    "INCLUDE (price_minor, lowest_before_minor, currency)"
)
# What is on sale has been offered at its price since its version came on the shelf; what it cost before is not known.
_PRESENT_PRICES = """
INSERT INTO catalog_price (sku_id, offered_from, price_minor, currency)
SELECT s.id, coalesce(v.decided_at, p.published_at), s.price_minor, s.currency
FROM catalog_product p
JOIN catalog_sku s ON s.product_id = p.id AND s.is_active
LEFT JOIN catalog_version v ON v.product_id = p.id AND v.number = p.live_number
WHERE p.status = 'live'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("offering", "0004_indexes_of_desks"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sku_id",
                        "offered_from",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sku_id", models.UUIDField()),
                ("offered_from", models.DateTimeField()),
                ("price_minor", models.BigIntegerField(null=True)),
                ("lowest_before_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
            ],
            options={
                "db_table": "catalog_price",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_minor__isnull", True), ("price_minor__gt", 0), _connector="OR"
                        ),
                        name="catalog_price_above_zero",
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=_COVERING_KEY, reverse_sql=migrations.RunSQL.noop),
        migrations.RunSQL(sql=_PRESENT_PRICES, reverse_sql=migrations.RunSQL.noop),
        append_only("catalog_price"),
    ]
