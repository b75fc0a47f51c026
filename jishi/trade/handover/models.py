"""The pools of codes and the vouchers. Plain columns instead of foreign keys, as in orders."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from jishi.kernel.crypto import BlindIndexField, EncryptedTextField
from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped

CODE_PURPOSE = "handover.code"
VOUCHER_PURPOSE = "handover.voucher"


class CodeRow(models.Model):
    """One code: in its pool while it has no order line, else its buyer's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    text = EncryptedTextField()
    text_index = BlindIndexField(of="text", purpose=CODE_PURPOSE)
    uploaded_at = models.DateTimeField()
    order_id = models.UUIDField(null=True)
    order_line_id = models.UUIDField(null=True)
    buyer_id = models.UUIDField(null=True)
    given_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "handover_code"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant_id", "text_index"], name="handover_code_once"),
            models.CheckConstraint(
                condition=Q(
                    order_id__isnull=True,
                    order_line_id__isnull=True,
                    buyer_id__isnull=True,
                    given_at__isnull=True,
                    opened_at__isnull=True,
                )
                | Q(
                    order_id__isnull=False,
                    order_line_id__isnull=False,
                    buyer_id__isnull=False,
                    given_at__isnull=False,
                ),
                name="handover_code_given_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["sku_id", "warehouse_id", "id"],
                condition=Q(order_line_id__isnull=True),
                name="handover_code_left",
            ),
            models.Index(fields=["sku_id"], name="handover_code_sku"),
            models.Index(
                fields=["order_id"], condition=Q(order_id__isnull=False), name="handover_code_order"
            ),
        ]


class VoucherRow(models.Model):
    """One piece of a service that somebody bought."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    order_id = models.UUIDField()
    order_line_id = models.UUIDField()
    buyer_id = models.UUIDField()
    sku_id = models.UUIDField()
    warehouse_id = models.UUIDField()
    text = EncryptedTextField()
    text_index = BlindIndexField(of="text", purpose=VOUCHER_PURPOSE)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_by = models.UUIDField(null=True)
    void_at = models.DateTimeField(null=True)

    objects = merchant_scoped()

    class Meta:
        db_table = "handover_voucher"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant_id", "text_index"], name="handover_voucher_once"),
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True) | Q(void_at__isnull=True, redeemed_by__isnull=False),
                name="handover_voucher_one_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order_id"], name="handover_voucher_order"),
            models.Index(
                fields=["expires_at", "order_id"],
                condition=Q(redeemed_at__isnull=True, void_at__isnull=True),
                name="handover_voucher_expiring",
            ),
        ]
