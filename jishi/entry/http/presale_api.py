"""What a merchant does to an order of a pre-sale: it runs a flow, which contexts do not know."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.flows.cancel import CannotCancel
from jishi.flows.presale import give_up
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import OrderId
from jishi.trade.orders import queries_pages as orders
from jishi.trade.orders.types import CancelWish, Order

merchant_router = Router(tags=["presale"])


@merchant_router.post(
    "/orders/{order_id}/give-up",
    auth=merchant_staff("operator"),
    response={200: Order, **errors(SignInNeeded, NotAllowed, NotFound, Invalid, CannotCancel)},
    summary="Give up an order of a pre-sale",
)
def give_up_order(
    request: MerchantRequest,
    order_id: UUID,
    wish: Annotated[CancelWish, Body(..., examples=[{"reason": "无法按时到货"}])],
) -> HttpResponse:
    """End an order that awaits its balance because it cannot be delivered; its deposit goes back in full."""
    give_up(
        merchant_id=request.merchant_id,
        order_id=OrderId(order_id),
        reason=wish.reason,
        staff=request.staff,
        now=request.now,
    )
    return encoded(
        orders.order_of_merchant(
            order_id=OrderId(order_id),
            merchant_id=request.merchant_id,
            language=request.language,
            now=request.now,
        )
    )
