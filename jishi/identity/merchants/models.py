"""Tables of merchants and their staff."""

from django.conf import settings
from django.db import models

from jishi.identity.merchants.types import MerchantStatus, SettlementMode, StaffRole, StatementCycle
from jishi.kernel.crypto import EncryptedTextField
from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped


class Merchant(models.Model):
    """The legal seller with his public store and what was agreed with him."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    status = models.CharField(max_length=12, default=MerchantStatus.APPLYING)
    legal_name = models.CharField(max_length=100)
    registration_number = EncryptedTextField()
    contact_name = EncryptedTextField()
    contact_phone = EncryptedTextField()
    bank_name = models.CharField(max_length=60)
    bank_account_holder = EncryptedTextField()
    bank_account = EncryptedTextField()

    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True, default="")
    introduction_zh = models.TextField(blank=True, default="")
    introduction_en = models.TextField(blank=True, default="")
    logo = models.CharField(max_length=300, blank=True, default="")
    banner = models.CharField(max_length=300, blank=True, default="")

    commission_basis_points = models.IntegerField(default=500)
    settlement_mode = models.CharField(max_length=16, default=SettlementMode.OWN_CLEARING)
    statement_cycle = models.CharField(max_length=8, default=StatementCycle.T1)

    applied_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "merchants_merchant"
        constraints = [
            models.CheckConstraint(
                name="merchants_merchant_status",
                condition=models.Q(status__in=[one.value for one in MerchantStatus]),
            ),
            models.CheckConstraint(
                name="merchants_merchant_settlement_mode",
                condition=models.Q(settlement_mode__in=[one.value for one in SettlementMode]),
            ),
            models.CheckConstraint(
                name="merchants_merchant_statement_cycle",
                condition=models.Q(statement_cycle__in=[one.value for one in StatementCycle]),
            ),
            models.CheckConstraint(
                name="merchants_merchant_commission",
                condition=models.Q(commission_basis_points__gte=0, commission_basis_points__lte=10_000),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Staff(models.Model):
    """A person's role at a merchant; he may have one at several."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10)
    since = models.DateTimeField()

    objects = merchant_scoped()

    class Meta:
        db_table = "merchants_staff"
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(name="merchants_staff_once", fields=["user", "merchant"]),
            models.CheckConstraint(
                name="merchants_staff_role", condition=models.Q(role__in=[one.value for one in StaffRole])
            ),
        ]
