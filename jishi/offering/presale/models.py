"""Tables of pre-sales. A pre-sale's pieces are in inventory's bucket of the same id."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jishi.kernel.ids import new_id
from jishi.kernel.scope import merchant_scoped


class PresaleRow(models.Model):
    """What a merchant sells ahead. `cut` pieces were set aside at `opened_at`; `unsold` went back at `closed_at`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(
        "identity.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sku = models.ForeignKey("offering.SkuRow", on_delete=models.PROTECT, related_name="+", db_index=False)
    product_id = models.UUIDField()
    price_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    deposit_from_at = models.DateTimeField()
    deposit_until_at = models.DateTimeField()
    balance_from_at = models.DateTimeField()
    balance_until_at = models.DateTimeField()
    ship_by_at = models.DateTimeField()
    quota = models.IntegerField()
    per_buyer_max = models.IntegerField()
    returns_deposit = models.BooleanField()
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cut = models.IntegerField(default=0)
    unsold = models.IntegerField(default=0)

    objects = merchant_scoped()

    class Meta:
        db_table = "presale"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sku"], condition=Q(closed_at=None), name="presale_once"),
            models.CheckConstraint(
                condition=Q(
                    deposit_minor__gt=0,
                    worth_minor__gte=F("deposit_minor"),
                    price_minor__gt=F("worth_minor"),
                ),
                name="presale_money",
            ),
            models.CheckConstraint(
                condition=Q(
                    deposit_until_at__gt=F("deposit_from_at"),
                    balance_from_at__gte=F("deposit_until_at"),
                    balance_until_at__gt=F("balance_from_at"),
                    ship_by_at__gte=F("balance_until_at"),
                ),
                name="presale_times",
            ),
            models.CheckConstraint(
                condition=Q(
                    quota__gt=0,
                    per_buyer_max__gt=0,
                    cut__gte=0,
                    cut__lte=F("quota"),
                    unsold__gte=0,
                    unsold__lte=F("cut"),
                ),
                name="presale_pieces",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["merchant", "-id"], name="presale_of_merchant"),
            models.Index(fields=["product_id"], name="presale_of_product"),
            models.Index(fields=["balance_until_at"], name="presale_of_balance"),
        ]


class PresaleClaim(models.Model):
    """An order that was placed in a pre-sale; it counts towards the buyer's share until the order is closed.

    `told` is how far its buyer was told of the balance: 0 not at all, 1 that it is due, 2 that its time ends.
    """

    order_id = models.UUIDField(primary_key=True)
    presale_id = models.UUIDField()
    buyer_id = models.UUIDField()
    quantity = models.IntegerField()
    claimed_at = models.DateTimeField()
    told = models.SmallIntegerField(db_default=0)

    class Meta:
        db_table = "presale_claim"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="presale_claim_quantity"),
            models.CheckConstraint(condition=Q(told__gte=0, told__lte=2), name="presale_claim_told"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["presale_id", "buyer_id"], name="presale_claim_of_buyer"),
        ]
