"""What a refund would send back, before anybody asks for it: planned by what plans the refund itself."""

from collections import Counter

from jishi.flows.refund import check_wish, order_of_merchant, plan_of
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponId, MerchantId, OrderId, OrderLineId, UserId
from jishi.kernel.money import Money
from jishi.money.payments.services_plan import NothingToRefund
from jishi.money.payments.types import RefundPlan, RefundRequest
from jishi.money.payments.types_preview import CancellationPreview, DiscountOnRefund, RefundPreview
from jishi.offering.coupons import queries_trade
from jishi.trade.orders import queries as orders
from jishi.trade.orders import queries_coupons
from jishi.trade.orders.types import OrderAtSale, OrderStatus


def preview_refund(
    *, merchant_id: MerchantId, order_id: OrderId, request: RefundRequest, language: str
) -> RefundPreview:
    """Say what a refund would send back and what becomes of the order's discounts, without asking for it.

    Raises: NotFound, Invalid, NothingToRefund, RefundTooMuch.
    """
    check_wish(request)
    order = order_of_merchant(merchant_id, order_id)
    plan = plan_of(order, lines=request.lines, amount=request.amount, freight=request.freight or None)
    return RefundPreview(
        order_id=order_id,
        lines=list(plan.lines),
        freight=plan.freight,
        amount=plan.amount,
        discounts=_discounts(order, plan, language),
    )


def preview_cancellation(*, order_id: OrderId, buyer: UserId, language: str) -> CancellationPreview:
    """Say what a buyer gets back when he cancels his paid order now.

    Raises: NotFound for an order that is not his, NothingToRefund for one that does not wait for shipment, paid.
    """
    order = orders.order_at_sale(order_id)
    if order.buyer_id != buyer:
        raise NotFound
    if order.status is not OrderStatus.AWAITING_SHIPMENT:
        raise NothingToRefund
    plan = plan_of(order, lines=None, amount=None, freight=None)
    return CancellationPreview(
        order_id=order_id,
        goods=plan.amount - plan.freight,
        freight=plan.freight,
        amount=plan.amount,
        discounts=_discounts(order, plan, language),
    )


def _discounts(order: OrderAtSale, plan: RefundPlan, language: str) -> list[DiscountOnRefund]:
    """Return what a planned refund withholds of each discount of its order, and which coupons it brings back."""
    withheld: Counter[str] = Counter()
    for one in plan.clawed:
        withheld[one.rule_id] += one.amount
    coupons = {str(one): is_back for one, is_back in _coupons(order, plan).items()}
    return [
        DiscountOnRefund(
            rule_id=one.rule_id,
            name=one.name.of(language),
            amount=one.amount,
            clawed_back=Money(withheld[one.rule_id], one.amount.currency),
            is_coupon_returned=coupons.get(one.rule_id),
        )
        for one in orders.discounts_of(order.id)
    ]


def _coupons(order: OrderAtSale, plan: RefundPlan) -> dict[CouponId, bool]:
    going: Counter[OrderLineId] = Counter()
    for line in plan.lines:
        going[line.order_line_id] += line.quantity
    return queries_trade.outcomes(order.trade_id, kept=queries_coupons.kept_skus(order.trade_id, less=going))
