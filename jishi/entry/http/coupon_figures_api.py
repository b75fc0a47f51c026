"""What became of a merchant's coupons, over HTTP: what they brought is read from the orders."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from jishi.flows import coupon_lift
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import CouponTemplateId
from jishi.offering.coupons.types import CouponFigures

merchant_router = Router(tags=["coupons"])


@merchant_router.get(
    "/coupon-templates/{coupon_template_id}/figures",
    auth=merchant_staff("operator", "finance", "service"),
    response={200: CouponFigures, **errors(NotAllowed, NotFound)},
    summary="What became of a coupon template",
)
def get_coupon_figures(request: MerchantRequest, coupon_template_id: UUID) -> HttpResponse:
    """Given and used on each of the last 31 days, what the coupons still out will probably cost, and what they bring
    beside a hold-out where the template has one.
    """
    template_id = CouponTemplateId(coupon_template_id)
    return encoded(coupon_lift.figures(request.merchant_id, template_id, now=request.now))
