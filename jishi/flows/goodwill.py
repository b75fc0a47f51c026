"""A coupon of the platform for an order that went wrong, given by the platform's staff."""

from datetime import datetime

from django.conf import settings

from jishi.flows.coupons import require_paid
from jishi.identity.accounts import queries as accounts
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, Invalid, NotAllowed
from jishi.kernel.ids import CouponId, CouponTemplateId, OrderId, UserId
from jishi.kernel.words import Text
from jishi.offering.coupons import queries as coupons
from jishi.offering.coupons import queries_platform, services_giving
from jishi.offering.coupons import tasks as coupon_tasks
from jishi.offering.coupons.types import Way
from jishi.trade.orders import queries as orders
from jishi.trade.orders.services import lock_order_trade


class GoodwillGiven(Conflict):
    """The platform gave its buyer a coupon for this order already."""

    code = "goodwill_given"
    message = Text(zh="这个订单已经补偿过优惠券", en="A coupon was given for this order already")


class GoodwillTooMuch(Conflict):
    """The coupon can take off more than the giver's role may give; `amount_minor_max` says how much it may."""

    code = "goodwill_too_much"
    message = Text(
        zh="这张券的面额超过您的补偿上限,请由更高权限的同事处理",
        en="This coupon is worth more than you may give; a colleague with a higher limit can",
    )


def amount_max(staff: UserId) -> int | None:
    """Return the most that a coupon may take off which somebody gives, in minor units: the highest of his roles'
    limits, 0 for roles that give none, None without limit for administrators.
    """
    roles = accounts.platform_roles(staff)
    if PlatformRole.ADMINISTRATOR in roles:
        return None
    limits = {
        PlatformRole.SERVICE: settings.ENV.goodwill_service_yuan,
        PlatformRole.OPERATIONS: settings.ENV.goodwill_operations_yuan,
    }
    return max((limits.get(role, 0) for role in roles), default=0) * 100


def give_coupon(
    *, order_id: OrderId, template_id: CouponTemplateId, staff: UserId, reason: str, now: datetime
) -> CouponId:
    """Give the buyer of an order a coupon of one of the platform's goodwill templates, once an order. The log of the
    order says who gave which, and why.

    Raises: NotFound for an unknown order or a template of another kind, NotAllowed for a role that gives none,
    Invalid (`reason`), GoodwillUnpaid, GoodwillGiven, GoodwillTooMuch, CouponsGone, CouponLimitReached (409 each).
    """
    if not reason.strip():
        raise Invalid(field="reason")
    most = amount_max(staff)
    if most == 0:
        raise NotAllowed
    wish = coupons.template(None, template_id).wish
    worth = queries_platform.worth_of(wish)
    if most is not None and (worth is None or worth > most):
        raise GoodwillTooMuch(amount_minor_max=most)
    with atomic():
        lock_order_trade(order_id)
        order = orders.order_at_sale(order_id)
        require_paid(order)
        buyer = order.buyer_id
        if queries_platform.has_goodwill(buyer, order_id):
            raise GoodwillGiven
        made, _ = services_giving.give(
            merchant_id=None,
            template_id=template_id,
            buyer=buyer,
            source=f"order:{order_id}",
            way=Way.GOODWILL,
            staff_id=staff,
            reason=reason,
            now=now,
        )
        coupon_tasks.tell_of_coupon.defer(coupon_id=made)
        audit.record(
            actor=staff,
            actor_kind="platform",
            action="order.coupon_given",
            subject_kind="order",
            subject_id=order_id,
            merchant_id=None,  # the platform pays, so the merchant has nothing to read
            data={"coupon_id": made, "name": {"zh": wish.name.zh, "en": wish.name.en}, "reason": reason},
            now=now,
        )
    return made
