"""Tables of the catalogue. A product row holds what is live; a version row what somebody proposed or once
approved.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.types import AttributeKind, ListingStatus, VersionStatus
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.catalog.types_offers import CategoryMode

_LIVE = Q(status=ListingStatus.LIVE.value)


class Category(models.Model):
    """A node of the platform's tree."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=60, blank=True)
    sort = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(max_length=8, blank=True, default="", db_default="")

    class Meta:
        db_table = "catalog_category"
        verbose_name_plural = "categories"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parent", "name_zh"], name="catalog_category_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_category_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(mode__in=[mode.value for mode in CategoryMode]), name="catalog_category_mode"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["parent", "sort", "id"], name="catalog_category_children")]

    def __str__(self) -> str:
        return self.name_zh


class Attribute(models.Model):
    """A typed attribute of a category and all below it. `choices` is a list of {"code", "zh", "en"}."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    code = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=16)
    unit = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    is_filterable = models.BooleanField(default=False)
    is_sale_axis = models.BooleanField(default=False)
    sort = models.IntegerField(default=0)
    number = models.IntegerField(default=1, db_default=1, editable=False)

    class Meta:
        db_table = "catalog_attribute"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "code"], name="catalog_attribute_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AttributeKind]), name="catalog_attribute_kind"
            ),
            models.CheckConstraint(
                condition=Q(is_sale_axis=False) | Q(kind="choice"), name="catalog_attribute_axis_is_choice"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Brand(models.Model):
    """A brand of the platform's list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name_zh = models.CharField(max_length=60, unique=True)
    name_en = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    needs_authorisation = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "catalog_brand"

    def __str__(self) -> str:
        return self.name_zh


class Product(models.Model):
    """A product (SPU) as it is live, or as it was first drafted while it has never been live.

    `media`, `axes` and `attributes` hold the parts that are only ever read whole; prices, stock flag and
    counts are summaries of the SKUs, kept so that a list needs no join. `live_number` is the version on the
    shelf.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, default=ListingStatus.DRAFT.value)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    subtitle_zh = models.CharField(max_length=300, blank=True)
    subtitle_en = models.CharField(max_length=300, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    media = models.JSONField(default=list, help_text="[{id, key, width, height}]")
    axes = models.JSONField(default=list, help_text="[{code, zh, en, values: [{code, zh, en, media}]}]")
    attributes = models.JSONField(default=dict, help_text="{attribute code: value}")
    currency = models.CharField(max_length=3, default="CNY")
    price_from_minor = models.BigIntegerField(default=0)
    price_to_minor = models.BigIntegerField(default=0)
    list_price_minor = models.BigIntegerField(null=True)
    in_stock = models.BooleanField(default=False)
    sold_count = models.BigIntegerField(default=0)
    rating_hundredths = models.SmallIntegerField(default=0, db_default=0)
    review_count = models.IntegerField(default=0, db_default=0)
    shared_product = models.ForeignKey(
        "SharedProduct", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Summaries of the offers of its shared product: whether lists show this one, and how many merchants sell it.
    is_front = models.BooleanField(default=True, db_default=True)
    merchant_count = models.SmallIntegerField(default=1, db_default=1)
    freight_template_id = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001 - None: the merchant's default
    per_buyer_limit = models.IntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, db_default={}, blank=True, help_text="a ProductFacts")
    kind = models.CharField(max_length=8, default="physical", db_default="physical")
    voucher_days = models.SmallIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)
    live_number = models.IntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_product"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in ListingStatus]),
                name="catalog_product_status",
            ),
            models.CheckConstraint(
                condition=Q(price_from_minor__gte=0, price_to_minor__gte=F("price_from_minor")),
                name="catalog_product_prices",
            ),
            models.CheckConstraint(condition=Q(sold_count__gte=0), name="catalog_product_sold_count"),
            models.CheckConstraint(
                condition=Q(kind=ProductKind.SERVICE.value, voucher_days__gt=0)
                | Q(
                    kind__in=[ProductKind.PHYSICAL.value, ProductKind.VIRTUAL.value],
                    voucher_days__isnull=True,
                ),
                name="catalog_product_kind",
            ),
            models.CheckConstraint(
                condition=Q(review_count=0, rating_hundredths=0)
                | Q(review_count__gt=0, rating_hundredths__gte=100, rating_hundredths__lte=500),
                name="catalog_product_rating",
            ),
            models.CheckConstraint(
                condition=~_LIVE | Q(published_at__isnull=False, live_number__isnull=False),
                name="catalog_product_live_is_published",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["status", "id"], condition=~Q(status="live"), name="catalog_product_off_sale"
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                condition=_LIVE,
                name="catalog_product_category_new",
            ),
            models.Index(
                fields=["category", "-sold_count", "-id"],
                condition=_LIVE,
                name="catalog_product_category_sold",
            ),
            models.Index(
                fields=["category", "price_from_minor", "id"],
                condition=_LIVE,
                name="catalog_product_category_price",
            ),
            models.Index(
                fields=["merchant", "-published_at", "-id"], condition=_LIVE, name="catalog_product_store_new"
            ),
            models.Index(
                fields=["merchant", "-sold_count", "-id"], condition=_LIVE, name="catalog_product_store_sold"
            ),
            models.Index(
                fields=["merchant", "price_from_minor", "id"],
                condition=_LIVE,
                name="catalog_product_store_price",
            ),
            models.Index(fields=["-published_at", "-id"], condition=_LIVE, name="catalog_product_new"),
            models.Index(fields=["-sold_count", "-id"], condition=_LIVE, name="catalog_product_sold"),
            models.Index(fields=["price_from_minor", "id"], condition=_LIVE, name="catalog_product_price"),
            models.Index(
                fields=["shared_product"],
                condition=Q(shared_product__isnull=False),
                name="catalog_product_offers",
            ),
            models.Index(fields=["merchant", "-updated_at", "-id"], name="catalog_product_of_merchant"),
            models.Index(fields=["merchant", "price_from_minor", "id"], name="catalog_product_own_price"),
            models.Index(fields=["merchant"], condition=Q(kind="virtual"), name="catalog_product_virtual"),
            GinIndex(
                fields=["media"],
                opclasses=["jsonb_path_ops"],
                condition=_LIVE,
                name="catalog_product_showing",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class ProductVersion(models.Model):
    """One written version of a product: at most one is open (being written, in review or rejected) at a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    merchant_id = models.UUIDField()
    number = models.IntegerField()
    status = models.CharField(max_length=16, default=VersionStatus.DRAFT.value)
    wish = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    written_by_id = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    # What the checks of listing review said when it was submitted: see rules_review.
    findings = models.JSONField(default=list, db_default=[])
    severity = models.CharField(max_length=8, blank=True, default="", db_default="")
    causes = models.JSONField(default=list, db_default=[], help_text="why a person has to decide")
    definitions = models.JSONField(
        default=dict,
        db_default={},
        help_text="the numbers of the definitions it was checked with, by attribute",
    )
    is_automatic = models.BooleanField(default=False, db_default=False, help_text="the rules decided")

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="catalog_version_number"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status__in=["draft", "in_review", "rejected"]),
                name="catalog_version_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in VersionStatus]),
                name="catalog_version_status",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "id"], name="catalog_version_status"),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(status="in_review"),
                name="catalog_version_to_review",
            ),
            models.Index(
                fields=["merchant_id", "decided_at"],
                condition=Q(status__in=["rejected", "refused"]),
                name="catalog_version_refused",
            ),
        ]


class SkuRow(models.Model):
    """One combination of sale attributes that can be bought; kept for ever, `is_active` while its product has
    it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=60)
    choice = models.JSONField(default=dict)
    choice_name_zh = models.CharField(max_length=200, blank=True)
    choice_name_en = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, default="CNY")
    price_minor = models.BigIntegerField()
    list_price_minor = models.BigIntegerField(null=True)
    weight_grams = models.IntegerField(default=0)
    volume_cm3 = models.IntegerField(default=0)
    gtin = models.CharField(max_length=14, default="", db_default="", blank=True)
    model = models.CharField(max_length=60, default="", db_default="", blank=True)
    tiers = models.JSONField(
        default=list, db_default=[], blank=True, help_text="wholesale: [pieces, minor units]"
    )
    image_key = models.CharField(max_length=80, blank=True)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)
    in_stock = models.BooleanField(default=False)

    objects = merchant_scoped()

    class Meta:
        db_table = "catalog_sku"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "code"], condition=Q(is_active=True), name="catalog_sku_code_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "gtin"],
                condition=Q(is_active=True) & ~Q(gtin=""),
                name="catalog_sku_gtin_once",
            ),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="catalog_sku_price"),
            models.CheckConstraint(
                condition=Q(list_price_minor__isnull=True) | Q(list_price_minor__gte=F("price_minor")),
                name="catalog_sku_list_price",
            ),
            models.CheckConstraint(
                condition=Q(weight_grams__gte=0, volume_cm3__gte=0), name="catalog_sku_measures"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["code"], name="catalog_sku_by_code"),
            models.Index(fields=["product", "position", "id"], name="catalog_sku_of_product"),
        ]

    def __str__(self) -> str:
        return self.code


class PriceRow(models.Model):
    """What a SKU was offered at from an instant on, until its next row; without a price it was not for sale.

    `lowest_before_minor` is the lowest price of the 30 days before, which no later row can change.

    Append-only, and written by SQL only (`changes.shelf_changed`). The index of its key holds the other columns too,
    so that the lowest price is read from there; it says which SKU by id alone, for SKUs are kept for ever.
    """

    pk = models.CompositePrimaryKey("sku_id", "offered_from")
    sku_id = models.UUIDField()
    offered_from = models.DateTimeField()
    price_minor = models.BigIntegerField(null=True)
    lowest_before_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "catalog_price"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | Q(price_minor__gt=0), name="catalog_price_above_zero"
            ),
        ]


class Change(models.Model):
    """One entry of the change sequence. Written and read by SQL only: `transaction` is PostgreSQL's own
    number.

    A reader takes entries of transactions older than the oldest one still running, so that none can appear
    behind its cursor.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField()
    product_id = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_change"
        indexes: ClassVar = [models.Index(fields=["transaction", "id"], name="catalog_change_order")]
