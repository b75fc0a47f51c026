"""The ledger's tables.

Nothing here is ever updated or deleted; the migration adds the triggers that see to it.
"""

from typing import ClassVar

from django.db import models

from jishi.kernel.ids import new_id
from jishi.money.ledger.types import AccountKind, JournalKind


class Account(models.Model):
    """An account of the chart; made when it is first posted to."""

    id = models.BigAutoField(primary_key=True)
    name = models.TextField(unique=True)
    kind = models.CharField(max_length=16)

    class Meta:
        db_table = "ledger_account"
        indexes: ClassVar = [
            models.Index(fields=["name"], opclasses=["text_pattern_ops"], name="ledger_account_name_begins")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AccountKind]), name="ledger_account_kind"
            )
        ]


class Journal(models.Model):
    """One event booked; `key` is unique, so it is booked once.

    `reference_id` is the order, payment or payout.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.TextField(unique=True)
    kind = models.CharField(max_length=32)
    reference_id = models.UUIDField(db_index=True)
    booked_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "ledger_journal"
        indexes: ClassVar = [models.Index(fields=["kind", "id"], name="ledger_journal_by_kind")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in JournalKind]), name="ledger_journal_kind"
            )
        ]


class Posting(models.Model):
    """One signed amount of a journal on an account.

    Partitioned by month on `id`; plain columns, no foreign keys.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    journal_id = models.UUIDField()
    account_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "ledger_posting"
        indexes: ClassVar = [
            models.Index(fields=["journal_id"], name="ledger_posting_journal"),
            # Covering: a balance is read from the index alone.
            models.Index(
                fields=["account_id", "id"],
                include=["amount_minor", "currency"],
                name="ledger_posting_account",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="ledger_posting_not_zero")
        ]
