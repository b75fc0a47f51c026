"""Carts and quotes. `owner_id` is a buyer or a visitor, so it references neither."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value

from jishi.kernel.ids import new_id
from jishi.trade.checkout.types import QUANTITY_MAX


class Cart(models.Model):
    """The row that is locked by whoever changes the cart or buys from it."""

    owner_id = models.UUIDField(primary_key=True)
    changed_at = models.DateTimeField(db_index=True)
    gifts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # SKU by promotion

    class Meta:
        db_table = "checkout_cart"


class CartLine(models.Model):
    """One SKU in a cart."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cart = models.ForeignKey(
        Cart, on_delete=models.CASCADE, related_name="lines", db_column="owner_id", db_index=False
    )
    sku_id = models.UUIDField()
    quantity = models.IntegerField()
    is_selected = models.BooleanField(default=True)

    class Meta:
        db_table = "checkout_cart_line"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "sku_id"], name="checkout_cart_line_sku"),
            models.CheckConstraint(
                condition=Q(quantity__range=(1, QUANTITY_MAX)), name="checkout_cart_line_quantity"
            ),
        ]


class Quote(models.Model):
    """A frozen price: what was wished for, what it came to with its trace and allocation, and the price itself as
    the bytes that its `inputs` give again at any time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    wish = models.JSONField()
    result = models.JSONField()
    inputs = models.JSONField(null=True)
    priced = models.TextField(default="", db_default="")
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    quoted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "checkout_quote"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="checkout_quote_total")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(used_at__isnull=True), name="checkout_quote_unused"
            )
        ]
