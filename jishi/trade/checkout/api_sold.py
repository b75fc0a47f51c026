"""How the price of an order came about, over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from jishi.kernel.errors import NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, buyer, encoded, errors
from jishi.kernel.ids import OrderId
from jishi.trade.checkout.queries_sold import order_price
from jishi.trade.checkout.types_explained import OrderPrice

store_router = Router(tags=["checkout"])


@store_router.get(
    "/orders/{order_id}/price",
    response={200: OrderPrice, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="How an order's price came about",
)
def get_order_price(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """The steps of the price that was confirmed, as far as they are this order's; they add up to its total."""
    return encoded(order_price(OrderId(order_id), buyer=request.buyer, language=request.language))
