"""Freight templates, parcels and scans. Parcels name orders by id: orders stands above shipping."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.trade.shipping.types import FreightUnit, ParcelStatus, ShippingMethod


def _one_of(column: str, values: Iterable[StrEnum]) -> Q:
    return Q(**{f"{column}__in": [value.value for value in values]})


class FreightTemplate(models.Model):
    """A merchant's rates of one method; the default one of a method serves goods that name none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    method = models.CharField(max_length=16)
    unit = models.CharField(max_length=8)
    rates = models.JSONField()
    currency = models.CharField(max_length=3)
    is_default = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    objects = merchant_scoped()

    class Meta:
        db_table = "shipping_freight_template"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant_id", "method"],
                condition=Q(is_default=True),
                name="shipping_freight_template_one_default",
            ),
            models.CheckConstraint(
                condition=_one_of("method", ShippingMethod), name="shipping_freight_template_method"
            ),
            models.CheckConstraint(
                condition=_one_of("unit", FreightUnit), name="shipping_freight_template_unit"
            ),
        ]


class Parcel(models.Model):
    """A physical shipment of some lines of one order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order_id = models.UUIDField(db_index=True)
    buyer_id = models.UUIDField()
    merchant_id = models.UUIDField()
    carrier = models.CharField(max_length=32)
    tracking_number = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "shipping_parcel"
        indexes: ClassVar = [
            models.Index(fields=["carrier", "tracking_number"], name="shipping_parcel_tracking")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("status", ParcelStatus), name="shipping_parcel_status"),
            models.UniqueConstraint(
                fields=["order_id", "carrier", "tracking_number"], name="shipping_parcel_once_per_order"
            ),
        ]


class ParcelLine(models.Model):
    """Pieces of one order line in a parcel."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    order_line_id = models.UUIDField(db_index=True)
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    quantity = models.IntegerField()

    class Meta:
        db_table = "shipping_parcel_line"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipping_parcel_line_quantity"),
            models.UniqueConstraint(fields=["parcel", "order_line_id"], name="shipping_parcel_line_once"),
        ]


class Scan(models.Model):
    """One scan of a parcel. Append-only, partitioned by month.

    The id is made from the scan itself (rules.scan_id), so that the same scan pushed twice is one row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    parcel_id = models.UUIDField()
    status = models.CharField(max_length=20)
    description = models.TextField(blank=True)
    location = models.TextField(blank=True)
    at = models.DateTimeField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table = "shipping_scan"
        indexes: ClassVar = [models.Index(fields=["parcel_id", "at"], name="shipping_scan_parcel")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("status", ParcelStatus), name="shipping_scan_status")
        ]


class ForgedScan(models.Model):
    """A push of a carrier that was refused, kept for a person to look at."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    carrier = models.CharField(max_length=32)
    reason = models.CharField(max_length=32)
    client_ip = models.GenericIPAddressField(null=True)
    body = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "shipping_forged_scan"
        indexes: ClassVar = [models.Index(fields=["reason", "id"], name="shipping_forged_reason")]
