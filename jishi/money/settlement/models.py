"""Tables of settlement. Amounts in minor units; a negative one lowers what the merchant is owed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped
from jishi.money.settlement.types import EntryKind, PayoutStatus, StatementStatus


class Statement(models.Model):
    """What a merchant is owed for a period; its figures are the sums of its entries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    from_date = models.DateField()
    to_date = models.DateField()
    status = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    refunds_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    adjustments_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    order_count = models.IntegerField()
    issued_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    disputed_reason = models.TextField(blank=True, db_default="")
    carried_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    objects = merchant_scoped()

    class Meta:
        db_table = "settlement_statement"
        indexes: ClassVar = [
            models.Index(fields=["merchant_id", "id"], name="settlement_statement_list"),
            models.Index(fields=["merchant_id", "sales_minor", "id"], name="settlement_statement_sales"),
            models.Index(fields=["merchant_id", "due_minor", "id"], name="settlement_statement_due"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant_id", "to_date"], name="settlement_statement_period"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in StatementStatus]),
                name="settlement_statement_status",
            ),
            models.CheckConstraint(
                condition=Q(from_date__lt=F("to_date")), name="settlement_statement_dates"
            ),
            models.CheckConstraint(
                condition=Q(
                    due_minor=F("opening_minor")
                    + F("sales_minor")
                    + F("refunds_minor")
                    - F("commission_minor")
                    + F("adjustments_minor")
                ),
                name="settlement_statement_adds_up",
            ),
        ]


class Entry(models.Model):
    """One sold line, freight, refunded line or adjustment, waiting for its statement or standing on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    order_id = models.UUIDField(null=True, db_index=True)
    order_number = models.CharField(max_length=32, null=True)  # noqa: DJ001 - an adjustment has none
    order_line_id = models.UUIDField(null=True)
    refund_id = models.UUIDField(null=True)
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    subsidy_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    merchant_discount_minor = models.BigIntegerField(db_default=0)  # given up of the price; moves no money
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")

    objects = merchant_scoped()

    class Meta:
        db_table = "settlement_entry"
        indexes: ClassVar = [
            models.Index(
                fields=["merchant_id", "happened_at"],
                condition=Q(statement=None),
                name="settlement_entry_waiting",
            ),
            models.Index(fields=["statement", "id"], name="settlement_entry_statement"),
            models.Index(fields=["statement", "amount_minor", "id"], name="settlement_entry_amount"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order_line_id"], condition=Q(kind="sale"), name="settlement_entry_sale_once"
            ),
            models.UniqueConstraint(
                fields=["order_id"], condition=Q(kind="deposit"), name="settlement_entry_deposit_once"
            ),
            models.UniqueConstraint(
                fields=["order_id"], condition=Q(kind="freight"), name="settlement_entry_freight_once"
            ),
            models.UniqueConstraint(
                fields=["refund_id", "order_line_id"],
                condition=Q(kind="refund"),
                nulls_distinct=False,
                name="settlement_entry_refund_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EntryKind]), name="settlement_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor=F("goods_minor")
                    + F("freight_minor")
                    + F("subsidy_minor")
                    - F("commission_minor")
                ),
                name="settlement_entry_adds_up",
            ),
        ]


class Payout(models.Model):
    """Money sent to a merchant for one statement. `attempt` counts how often it was given to the bank."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16)
    attempt = models.PositiveSmallIntegerField(db_default=0)
    prepared_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    bank_reference = models.CharField(max_length=64, null=True)  # noqa: DJ001 - none yet
    failure = models.TextField(null=True)  # noqa: DJ001
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "settlement_payout"
        indexes: ClassVar = [models.Index(fields=["merchant_id", "id"], name="settlement_payout_merchant")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in PayoutStatus]),
                name="settlement_payout_status",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="settlement_payout_amount"),
            # Four eyes: not a rule of the screen alone.
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")),
                name="settlement_payout_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(status="pending") | Q(approved_by__isnull=False),
                name="settlement_payout_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False, bank_reference__isnull=False),
                name="settlement_payout_paid",
            ),
        ]
