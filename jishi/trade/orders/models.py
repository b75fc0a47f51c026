"""Trades, orders and what happened to them.

A line names products, SKUs and warehouses by id only: it is a snapshot that outlives them, and a foreign key
would share-lock the one row that every sale of a rare SKU wants.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jishi.kernel.crypto import EncryptedTextField
from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.trade.orders.types import Actor, CloseReason, FulfilmentStatus, OrderPaymentStatus, OrderStatus
from jishi.trade.shipping.types import ShippingMethod


def _one_of(column: str, values: Iterable[StrEnum]) -> Q:
    return Q(**{f"{column}__in": [value.value for value in values]})


class Trade(models.Model):
    """What one checkout submitted and one payment pays; the lock of every flow that changes its orders."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    quote_id = models.UUIDField(unique=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    placed_at = models.DateTimeField()
    pay_before_at = models.DateTimeField()

    class Meta:
        db_table = "orders_trade"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="orders_trade_total"),
            models.CheckConstraint(
                condition=Q(pay_before_at__gte=F("placed_at")), name="orders_trade_payable_after_placing"
            ),
        ]


class Order(models.Model):
    """One merchant's share of a trade; `status` follows from other columns (rules.summary)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=15, unique=True)
    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, related_name="orders")
    buyer_id = models.UUIDField()
    merchant_id = models.UUIDField()

    status = models.CharField(max_length=20)
    payment_status = models.CharField(max_length=20)
    fulfilment_status = models.CharField(max_length=20)
    close_reason = models.CharField(max_length=24, null=True)  # noqa: DJ001 - open orders have none
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    merchant_discount_minor = models.BigIntegerField()
    platform_discount_minor = models.BigIntegerField()
    points_discount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    discounts = models.JSONField(default=list)
    claw_backs = models.JSONField(
        default=list, db_default=[]
    )  # rules whose discount goes when goods come back
    piece_count = models.IntegerField()
    unsent_count = models.IntegerField()  # pieces that still have to leave

    shipping_method = models.CharField(max_length=16)
    recipient = EncryptedTextField()  # a Recipient as JSON
    note = models.CharField(max_length=200, blank=True)

    placed_at = models.DateTimeField()
    pay_before_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "orders_order"
        indexes: ClassVar = [
            models.Index(
                fields=["number"], opclasses=["varchar_pattern_ops"], name="orders_order_number_begins"
            ),
            models.Index(fields=["buyer_id", "-placed_at", "-id"], name="orders_order_buyer"),
            models.Index(fields=["merchant_id", "-placed_at", "-id"], name="orders_order_merchant"),
            models.Index(fields=["merchant_id", "status", "-placed_at", "-id"], name="orders_order_queue"),
            models.Index(
                fields=["delivered_at"], condition=Q(status="delivered"), name="orders_order_to_receive"
            ),
            models.Index(
                fields=["received_at"], condition=Q(status="received"), name="orders_order_to_complete"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("status", OrderStatus), name="orders_order_status"),
            models.CheckConstraint(
                condition=_one_of("payment_status", OrderPaymentStatus), name="orders_order_payment_status"
            ),
            models.CheckConstraint(
                condition=_one_of("fulfilment_status", FulfilmentStatus),
                name="orders_order_fulfilment_status",
            ),
            models.CheckConstraint(
                condition=_one_of("close_reason", CloseReason), name="orders_order_close_reason"
            ),
            models.CheckConstraint(
                condition=_one_of("shipping_method", ShippingMethod), name="orders_order_shipping_method"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", close_reason__isnull=False, closed_at__isnull=False)
                | (~Q(status="closed") & Q(close_reason__isnull=True, closed_at__isnull=True)),
                name="orders_order_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="completed", completed_at__isnull=False)
                | (~Q(status="completed") & Q(completed_at__isnull=True)),
                name="orders_order_completed_at",
            ),
            models.CheckConstraint(
                condition=Q(payment_status__in=["unpaid", "deposit_paid"], paid_at__isnull=True)
                | (~Q(payment_status__in=["unpaid", "deposit_paid"]) & Q(paid_at__isnull=False)),
                name="orders_order_paid_at",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_minor=F("goods_minor")
                    - F("merchant_discount_minor")
                    - F("platform_discount_minor")
                    - F("points_discount_minor")
                    + F("freight_minor")
                ),
                name="orders_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    goods_minor__gte=0,
                    merchant_discount_minor__gte=0,
                    platform_discount_minor__gte=0,
                    points_discount_minor__gte=0,
                    freight_minor__gte=0,
                    total_minor__gte=0,
                ),
                name="orders_order_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("total_minor")),
                name="orders_order_refunded_within_total",
            ),
            models.CheckConstraint(
                condition=Q(piece_count__gt=0, unsent_count__gte=0, unsent_count__lte=F("piece_count")),
                name="orders_order_pieces",
            ),
        ]


class OrderLine(models.Model):
    """A line with everything frozen at sale; amounts are of the whole line, quantities in pieces.

    `cancelled_quantity` are pieces refunded, or being refunded, before they were sent: they never will be.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.SmallIntegerField()
    buyer_id = models.UUIDField()
    merchant_id = models.UUIDField()
    product_id = models.UUIDField()
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()

    title_zh = models.TextField()
    title_en = models.TextField()
    choice_name_zh = models.TextField()
    choice_name_en = models.TextField()
    image = models.TextField(null=True)  # noqa: DJ001 - as the catalogue has it

    currency = models.CharField(max_length=3)
    unit_price_minor = models.BigIntegerField()
    quantity = models.IntegerField()
    amount_minor = models.BigIntegerField()
    merchant_discount_minor = models.BigIntegerField()
    platform_discount_minor = models.BigIntegerField()
    points_discount_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField()
    tax_basis_points = models.IntegerField(default=0)  # included in the price; 0 where none is shown apart
    commission_basis_points = models.IntegerField()
    gift_of = models.UUIDField(null=True)  # the promotion that gave it away
    kind = models.CharField(max_length=8, default="physical", db_default="physical")
    voucher_days = models.SmallIntegerField(null=True)  # for how many days a service's vouchers are good

    shipped_quantity = models.IntegerField(default=0)
    cancelled_quantity = models.IntegerField(default=0)
    refunding_quantity = models.IntegerField(default=0)
    refunded_quantity = models.IntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "orders_order_line"
        indexes: ClassVar = [models.Index(fields=["buyer_id", "product_id"], name="orders_order_line_bought")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_order_line_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_order_line_quantity"),
            models.CheckConstraint(condition=_one_of("kind", ProductKind), name="orders_order_line_kind"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("unit_price_minor") * F("quantity")),
                name="orders_order_line_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    payable_minor=F("amount_minor")
                    - F("merchant_discount_minor")
                    - F("platform_discount_minor")
                    - F("points_discount_minor")
                ),
                name="orders_order_line_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    unit_price_minor__gte=0,
                    merchant_discount_minor__gte=0,
                    platform_discount_minor__gte=0,
                    points_discount_minor__gte=0,
                    payable_minor__gte=0,
                ),
                name="orders_order_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(tax_basis_points__range=(0, 10_000), commission_basis_points__range=(0, 10_000)),
                name="orders_order_line_rates",
            ),
            models.CheckConstraint(
                condition=Q(
                    shipped_quantity__gte=0,
                    cancelled_quantity__gte=0,
                    quantity__gte=F("shipped_quantity") + F("cancelled_quantity"),
                ),
                name="orders_order_line_shipped_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunding_quantity__gte=0,
                    refunded_quantity__gte=0,
                    quantity__gte=F("refunding_quantity") + F("refunded_quantity"),
                ),
                name="orders_order_line_refunded_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("payable_minor")),
                name="orders_order_line_refunded_within_payable",
            ),
        ]


class OrderEvent(models.Model):
    """One entry of an order's timeline. Append-only, partitioned by month; holds ids, never personal data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order_id = models.UUIDField()
    kind = models.CharField(max_length=32)
    actor = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "orders_event"
        indexes: ClassVar = [models.Index(fields=["order_id", "id"], name="orders_event_order")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("actor", Actor), name="orders_event_actor")
        ]
