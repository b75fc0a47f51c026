"""Operations of a merchant's service staff who make up for something with a coupon."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.flows import coupons as flow
from jishi.flows.coupons import GoodwillUnpaid
from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, created, errors, merchant_staff
from jishi.kernel.ids import CouponTemplateId, OrderId
from jishi.offering.coupons.services_giving import CouponLimitReached, CouponsGone
from jishi.offering.coupons.types_desk import GoodwillGiven, GoodwillWish

merchant_router = Router(tags=["orders"])

_staff = merchant_staff("operator", "service")
_WISH = {
    "goodwill_template_id": "01930000-0000-7000-8000-000000000001",
    "reason": "The parcel came a week late",
}


@merchant_router.post(
    "/orders/{order_id}/goodwill",
    auth=_staff,
    response={
        201: GoodwillGiven,
        **errors(NotAllowed, NotFound, Invalid, GoodwillUnpaid, CouponsGone, CouponLimitReached),
    },
    summary="Give the buyer of an order a coupon",
)
def give_goodwill(
    request: MerchantRequest, order_id: UUID, wish: Annotated[GoodwillWish, Body(..., examples=[_WISH])]
) -> HttpResponse:
    """One of our goodwill templates, once for each order, of which something was paid; the same again is the same
    coupon. The buyer is told, the reason is kept in our records only.
    """
    given = flow.give_goodwill(
        merchant_id=request.merchant_id,
        order_id=OrderId(order_id),
        template_id=CouponTemplateId(wish.goodwill_template_id),
        staff=request.staff,
        reason=wish.reason,
        now=request.now,
    )
    return created(GoodwillGiven(coupon_id=given))
