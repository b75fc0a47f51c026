"""What a refund would send back, before anybody confirms it."""

from dataclasses import dataclass, field

from jishi.kernel.ids import OrderId
from jishi.kernel.money import Money
from jishi.money.payments.types import RefundLine


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountOnRefund:
    """What becomes of a discount in a refund: `clawed_back` of it is withheld, for what stays with the buyer no
    longer earns it; nothing when it is kept. Of a coupon `is_coupon_returned` says whether the buyer has it again.
    """

    rule_id: str
    name: str
    amount: Money
    clawed_back: Money
    is_coupon_returned: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPreview:
    """What a refund would send back, before anybody confirms it; amount = Σ line payable + freight.

    `discounts` are those of the order, and what the refund withholds of each.
    """

    order_id: OrderId
    lines: list[RefundLine]
    freight: Money
    amount: Money
    discounts: list[DiscountOnRefund] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationPreview:
    """What a buyer gets back when he cancels his paid order; amount = goods + freight."""

    order_id: OrderId
    goods: Money
    freight: Money
    amount: Money
    discounts: list[DiscountOnRefund] = field(default_factory=list)
