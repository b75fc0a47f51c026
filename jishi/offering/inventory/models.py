"""Tables of inventory; the CHECKs are the last line of defence, whatever the code above them does."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.inventory.types import MovementKind


class WarehouseRow(models.Model):
    """A place where a merchant keeps goods."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("identity.Merchant", on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)
    area_code = models.CharField(max_length=6)
    is_active = models.BooleanField(default=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "inventory_warehouse"
        indexes: ClassVar = [models.Index(fields=["merchant", "id"], name="inventory_warehouse_merchant")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name_zh"], name="inventory_warehouse_name_once"),
        ]


class StockLevel(models.Model):
    """Pieces of one SKU in one warehouse. `bucketed` is Σ left of the buckets cut out of it."""

    pk = models.CompositePrimaryKey("sku_id", "warehouse_id")
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("offering.SkuRow", on_delete=models.PROTECT, related_name="+", db_index=False)
    warehouse = models.ForeignKey(WarehouseRow, on_delete=models.PROTECT, related_name="+", db_index=False)
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    bucketed = models.BigIntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "inventory_stock"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_stock_on_hand"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="inventory_stock_reserved"),
            models.CheckConstraint(condition=Q(bucketed__gte=0), name="inventory_stock_bucketed"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("reserved") + F("bucketed")), name="inventory_stock_no_oversell"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "sku", "warehouse"], name="inventory_stock_of_merchant"),
        ]


class Reservation(models.Model):
    """What is left of one owner's claim on a stock row; gone when shipped or released. Pieces of an activity's
    bucket go back into it.

    Plain columns instead of foreign keys: a key check would lock the hot SKU's row once more for every buyer.
    """

    pk = models.CompositePrimaryKey("owner_id", "sku_id", "warehouse_id")
    owner_id = models.UUIDField()
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    quantity = models.BigIntegerField()
    reserved_at = models.DateTimeField()
    activity_id = models.UUIDField(null=True)

    class Meta:
        db_table = "inventory_reservation"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_reservation_quantity"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sku_id", "warehouse_id"], name="inventory_reservation_stock"),
        ]


class MovementRow(models.Model):
    """One change of what lies in a warehouse. Append-only, partitioned by month; on_hand = Σ quantity."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    quantity = models.BigIntegerField()
    reference = models.CharField(max_length=100, blank=True)
    staff_id = models.UUIDField(null=True)
    moved_at = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "inventory_movement"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(quantity=0), name="inventory_movement_moves"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MovementKind]), name="inventory_movement_kind"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "-id"], name="inventory_movement_merchant"),
            models.Index(fields=["sku_id", "warehouse_id", "id"], name="inventory_movement_stock"),
        ]


class Bucket(models.Model):
    """Pieces set aside for one activity (a flash sale, a group buy), counted in their stock row's `bucketed`."""

    pk = models.CompositePrimaryKey("sku_id", "warehouse_id", "activity_id")
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    activity_id = models.UUIDField()
    left = models.BigIntegerField()

    class Meta:
        db_table = "inventory_bucket"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(left__gte=0), name="inventory_bucket_left"),
        ]
        indexes: ClassVar = [models.Index(fields=["activity_id"], name="inventory_bucket_activity")]
