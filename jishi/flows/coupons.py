"""What becomes of coupons when money comes, goes back, or has been earned: after the commit that tells of it."""

from datetime import datetime

from jishi.identity.accounts.events import AccountOpened
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, OrderId, UserId
from jishi.kernel.outbox import handler
from jishi.kernel.words import Text
from jishi.money.payments.events import PaymentCaptured, RefundDone
from jishi.offering.coupons import services_giving, services_redeeming
from jishi.offering.coupons import tasks as coupon_tasks
from jishi.offering.coupons.queries_device import device_named
from jishi.offering.coupons.types import Way
from jishi.trade.orders import queries as orders
from jishi.trade.orders import queries_coupons
from jishi.trade.orders.events import OrderCompleted
from jishi.trade.orders.types import OrderAtSale, OrderPaymentStatus


class GoodwillUnpaid(Conflict):
    """Nothing was paid for the order: there is nothing to make up for, and a coupon would cost its finder nothing."""

    code = "goodwill_unpaid"
    message = Text(
        zh="订单未付款,不能补偿优惠券", en="Nothing was paid for this order, so no coupon makes up for it"
    )


def require_paid(order: OrderAtSale) -> None:
    """Check that something was paid for an order. Raises: GoodwillUnpaid (409)."""
    if order.payment_status is OrderPaymentStatus.UNPAID:
        raise GoodwillUnpaid


def use_coupons(event: PaymentCaptured, *, now: datetime) -> None:
    """Count the coupons of a paid trade as used. Until then they are locked in it, which nobody else can change."""
    services_redeeming.mark_used(trade_id=event.trade_id, now=now)


def give_coupons_back(event: RefundDone) -> None:
    """Return the coupons of a trade of which nothing they covered was kept, where their terms say so."""
    services_redeeming.give_back(trade_id=event.trade_id, kept=queries_coupons.kept_skus(event.trade_id))


@handler(own_transaction=True)
def welcome(event: AccountOpened, *, now: datetime) -> None:
    """Give a new account the coupons that new accounts get."""
    services_giving.welcome(buyer=event.user_id, device=device_named(event.device), now=now)


@handler(own_transaction=True)
def reward_spending(event: OrderCompleted, *, now: datetime) -> None:
    """Give a buyer the coupons that a completed order of so much earns; what was refunded of it does not count."""
    order = orders.order_at_sale(event.order_id)
    kept = sum(
        line.payable.amount_minor * (line.quantity - line.refunded_quantity) // line.quantity
        for line in order.lines
    )
    services_giving.reward(
        buyer=order.buyer_id, order_id=order.id, merchant_id=order.merchant_id, spent_minor=kept, now=now
    )


def give_goodwill(
    *,
    merchant_id: MerchantId,
    order_id: OrderId,
    template_id: CouponTemplateId,
    staff: UserId,
    reason: str,
    now: datetime,
) -> CouponId:
    """Let a merchant's staff give the buyer of one of his orders a coupon of his goodwill templates, once an order
    and template, and tell the buyer. Again it is the same coupon, and nobody is told.

    Raises: NotFound for another's order or template, GoodwillUnpaid, CouponsGone, CouponLimitReached (409 each).
    """
    order = orders.order_at_sale(order_id)
    if order.merchant_id != merchant_id:
        raise NotFound
    require_paid(order)
    with atomic():
        given, is_new = services_giving.give(
            merchant_id=merchant_id,
            template_id=template_id,
            buyer=order.buyer_id,
            source=f"order:{order_id}",
            way=Way.GOODWILL,
            staff_id=staff,
            reason=reason,
            now=now,
        )
        if is_new:
            coupon_tasks.tell_of_coupon.defer(coupon_id=given)
    return given
