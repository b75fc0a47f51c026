"""Tables of payments. Amounts in minor units; the CHECKs hold what must never be otherwise."""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.money.payments.types import (
    ChannelName,
    Disposition,
    Outcome,
    PaymentStatus,
    RefundReason,
    RefundStatus,
)

NUMBER_LENGTH_MAX = 32


def _one_of(field: str, words: type[StrEnum]) -> Q:
    return Q(**{f"{field}__in": [word.value for word in words]})


class Payment(models.Model):
    """What one trade costs its buyer, and how far its payment has come."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    trade_id = models.UUIDField(unique=True)
    buyer_id = models.UUIDField()
    status = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(db_default=0)
    currency = models.CharField(max_length=3)
    channel = models.CharField(max_length=16, null=True)  # noqa: DJ001 - none yet is not an empty name
    created_at = models.DateTimeField()
    pay_before_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # when a channel was last asked about it
    deposit_minor = models.BigIntegerField(null=True)  # paid in two instalments, when there is one
    deposit_paid_at = models.DateTimeField(null=True)
    balance_from_at = models.DateTimeField(null=True)
    balance_until_at = models.DateTimeField(null=True)
    returns_deposit = models.BooleanField(db_default=False)

    class Meta:
        db_table = "payments_payment"
        indexes: ClassVar = [
            # What the poll looks for: a short list however many payments there are.
            models.Index(
                fields=["created_at"], condition=Q(status="pending"), name="payments_payment_pending"
            ),
            models.Index(fields=["buyer_id", "id"], name="payments_payment_buyer"),
            models.Index(fields=["status", "id"], name="payments_payment_status"),
            models.Index(fields=["channel", "id"], name="payments_payment_channel"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("status", PaymentStatus), name="payments_payment_status"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payments_payment_amount"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0) & Q(refunded_minor__lte=F("amount_minor")),
                name="payments_payment_refunded",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paid", "partially_refunded"]) | Q(paid_at__isnull=False),
                name="payments_payment_paid_at",
            ),
            models.CheckConstraint(
                condition=Q(deposit_minor=None, deposit_paid_at=None, balance_until_at=None)
                | Q(deposit_minor__gt=0, deposit_minor__lt=F("amount_minor"), balance_until_at__isnull=False),
                name="payments_payment_instalments",
            ),
        ]


class PaymentPart(models.Model):
    """One order's share of a payment. `escrow_minor` is what the ledger's escrow holds for this order now."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    trade_id = models.UUIDField(db_index=True)
    order_id = models.UUIDField(unique=True)
    merchant_id = models.UUIDField()
    buyer_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(db_default=0)
    escrow_minor = models.BigIntegerField(db_default=0)
    currency = models.CharField(max_length=3)
    forfeited_minor = models.BigIntegerField(db_default=0)  # a deposit that its merchant keeps
    released_at = models.DateTimeField(null=True)  # when its order completed: the escrow went to the merchant

    objects = merchant_scoped()

    class Meta:
        db_table = "payments_part"
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "id"], name="payments_part_merchant"),
            models.Index(
                fields=["merchant_id"],
                include=["escrow_minor"],
                condition=Q(escrow_minor__gt=0),
                name="payments_part_in_escrow",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "position"], name="payments_part_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1) & Q(position__lte=99), name="payments_part_position_range"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0)
                & Q(refunded_minor__gte=0)
                & Q(forfeited_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor") - F("forfeited_minor")),
                name="payments_part_refunded",
            ),
            models.CheckConstraint(
                condition=Q(escrow_minor__gte=0) & (Q(released_at=None) | Q(escrow_minor=0)),
                name="payments_part_escrow",
            ),
        ]


class Attempt(models.Model):
    """One try to pay through one channel, under a number that is never used again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    client = models.CharField(max_length=16)
    out_trade_no = models.CharField(max_length=NUMBER_LENGTH_MAX, unique=True)
    merchant_account = models.CharField(max_length=64)
    status = models.CharField(max_length=20)  # created | pending | failed | paid | closed
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    redirect_url = models.TextField(null=True)  # noqa: DJ001 - a step is one of the two
    qr_code = models.TextField(null=True)  # noqa: DJ001
    instalment = models.PositiveSmallIntegerField(db_default=1)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_attempt"
        indexes: ClassVar = [
            # Attempts that a buyer may still be paying: the ones to ask about and to close.
            models.Index(
                fields=["payment"],
                condition=Q(status__in=["created", "pending", "failed"]),
                name="payments_attempt_open",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("channel", ChannelName), name="payments_attempt_channel"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["created", "pending", "failed", "paid", "closed"]),
                name="payments_attempt_status",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_attempt_amount"),
        ]


class Capture(models.Model):
    """Money a channel took for us: each of its transactions once, whoever told of it first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16)
    channel_transaction_id = models.CharField(max_length=64)
    disposition = models.CharField(max_length=16)
    instalment = models.PositiveSmallIntegerField(db_default=1)
    source = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    learnt_at = models.DateTimeField()

    class Meta:
        db_table = "payments_capture"
        indexes: ClassVar = [models.Index(fields=["channel", "paid_at"], name="payments_capture_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "channel_transaction_id"], name="payments_capture_once"
            ),
            models.UniqueConstraint(
                fields=["payment", "instalment"],
                condition=Q(disposition="applied"),
                name="payments_capture_applied",
            ),
            models.CheckConstraint(
                condition=_one_of("disposition", Disposition), name="payments_capture_kind"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_capture_amount"),
        ]


class CapturePart(models.Model):
    """A part's share of a capture, and the transaction its refunds must name: its own where the channel has one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    capture = models.ForeignKey(Capture, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(PaymentPart, on_delete=models.PROTECT, related_name="+")
    channel_transaction_id = models.CharField(max_length=64, db_index=True)
    transaction_amount_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "payments_capture_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capture", "part"], name="payments_capture_part_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(amount_minor__lte=F("transaction_amount_minor")),
                name="payments_capture_part_amount",
            ),
        ]


class Refund(models.Model):
    """Money on its way back. `is_suspense`: it was never the order's (late payment, second capture)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(PaymentPart, on_delete=models.PROTECT, related_name="+")
    capture_part = models.ForeignKey(CapturePart, on_delete=models.PROTECT, related_name="+", null=True)
    order_id = models.UUIDField(null=True, db_index=True)
    merchant_id = models.UUIDField()
    buyer_id = models.UUIDField()
    status = models.CharField(max_length=16)
    reason = models.CharField(max_length=20)
    is_suspense = models.BooleanField()
    note = models.TextField(blank=True)
    amount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    out_refund_no = models.CharField(max_length=NUMBER_LENGTH_MAX, unique=True)
    round_number = models.PositiveSmallIntegerField(db_default=0)
    tries = models.PositiveIntegerField(db_default=0)
    failure = models.TextField(null=True)  # noqa: DJ001 - none is not an empty reason
    channel_refund_id = models.CharField(max_length=64, null=True)  # noqa: DJ001
    requested_by = models.UUIDField(null=True)
    requested_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "payments_refund"
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "id"], name="payments_refund_merchant"),
            models.Index(fields=["reason", "id"], name="payments_refund_reason"),
            models.Index(fields=["requested_at"], condition=~Q(status="done"), name="payments_refund_open"),
            models.Index(fields=["done_at"], condition=Q(status="done"), name="payments_refund_done"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("status", RefundStatus), name="payments_refund_status"),
            models.CheckConstraint(condition=_one_of("reason", RefundReason), name="payments_refund_reason"),
            models.CheckConstraint(
                condition=Q(freight_minor__gte=0) & Q(freight_minor__lte=F("amount_minor")),
                name="payments_refund_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=0) | Q(capture_part__isnull=False), name="payments_refund_source"
            ),
            models.CheckConstraint(
                condition=Q(is_suspense=True, order_id__isnull=True)
                | Q(is_suspense=False, order_id__isnull=False),
                name="payments_refund_whose",
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True)),
                name="payments_refund_done_at",
            ),
        ]


class RefundLine(models.Model):
    """What one refund takes of one order line, by who brought it; `quantity` 0 means by amount, or, when
    `is_claw_back`, a discount that is lost or given back on the line without pieces of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="+")
    order_id = models.UUIDField(db_index=True)
    order_line_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    payable_minor = models.BigIntegerField()
    platform_discount_minor = models.BigIntegerField()
    points_discount_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    merchant_discount_minor = models.BigIntegerField(db_default=0)
    is_claw_back = models.BooleanField(db_default=False)

    class Meta:
        db_table = "payments_refund_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["refund", "order_line_id"], name="payments_refund_line_once"),
            models.CheckConstraint(
                condition=Q(payable_minor__gte=0)
                & Q(platform_discount_minor__gte=0)
                & Q(points_discount_minor__gte=0)
                & Q(commission_minor__gte=0),
                name="payments_refund_line_amounts",
            ),
        ]


class Callback(models.Model):
    """A word from a channel as it came in, believed or not. Append-only, partitioned by month.

    It keeps numbers, amounts and a digest of the body, never the body: that names the payer.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    outcome = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    out_trade_no = models.CharField(max_length=64, null=True)  # noqa: DJ001 - unknown is not empty
    channel_transaction_id = models.CharField(max_length=64, null=True)  # noqa: DJ001
    event_id = models.CharField(max_length=128, null=True)  # noqa: DJ001
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=16, null=True)  # noqa: DJ001
    body_digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "payments_callback"
        indexes: ClassVar = [
            models.Index(fields=["out_trade_no"], name="payments_callback_number"),
            models.Index(fields=["outcome", "id"], name="payments_callback_outcome"),
            models.Index(fields=["channel", "id"], name="payments_callback_channel"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("outcome", Outcome), name="payments_callback_outcome")
        ]


class Bill(models.Model):
    """A channel's bill of one day (China time), once it was read and compared with our books."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.CharField(max_length=16)
    day_date = models.DateField()
    payment_count = models.IntegerField()
    refund_count = models.IntegerField()
    captured_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    read_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=64, null=True)  # noqa: DJ001 - none yet

    class Meta:
        db_table = "payments_bill"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "day_date"], name="payments_bill_day"),
            models.CheckConstraint(condition=_one_of("channel", ChannelName), name="payments_bill_channel"),
        ]


class Break(models.Model):
    """A difference between a channel's bill and our books, for a person to look at and close."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)  # missing_here | missing_there | amount | currency
    subject = models.CharField(max_length=16)  # payment | refund
    reference = models.CharField(max_length=64)  # the channel's transaction, or our refund number
    out_trade_no = models.CharField(max_length=64)
    our_amount_minor = models.BigIntegerField(null=True)
    their_amount_minor = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "payments_break"
        indexes: ClassVar = [
            models.Index(fields=["found_at"], condition=Q(closed_at=None), name="payments_break_open")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bill", "subject", "reference"], name="payments_break_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["missing_here", "missing_there", "amount", "currency"]),
                name="payments_break_kind",
            ),
        ]
