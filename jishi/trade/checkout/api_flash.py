"""The checkout of a flash sale over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, buyer, created, errors
from jishi.kernel.ids import FlashItemId
from jishi.offering.flash.queries import FlashOver
from jishi.offering.flash.services_gate import NotAdmitted
from jishi.offering.inventory.services import OutOfStock
from jishi.trade.checkout.rules import AreaNotServed, MethodNotOffered, NotForSale
from jishi.trade.checkout.services_flash import flash_quote
from jishi.trade.checkout.types import Quote
from jishi.trade.checkout.types_flash import FlashQuoteRequest

store_router = Router(tags=["checkout"])

EXAMPLE = {
    "admission": "c0ffee:1:sig",
    "quantity": 1,
    "address_id": "0198f3a2-1111-7b1e-9d3a-2f6c1c0a51aa",
}


@store_router.post(
    "/flash/items/{flash_item_id}/quotes",
    auth=buyer,
    response={
        201: Quote,
        **errors(
            SignInNeeded, NotFound, Invalid, NotAdmitted, FlashOver, NotForSale, OutOfStock, AreaNotServed,
            MethodNotOffered,
        ),
    },
    summary="Price a flash purchase",
)  # fmt: skip
def create_flash_quote(
    request: BuyerRequest,
    flash_item_id: UUID,
    wish: Annotated[FlashQuoteRequest, Body(..., examples=[EXAMPLE])],
) -> HttpResponse:
    """The price of pieces of a running item, for whoever the gate let in; it ends with the admission.

    Confirm it with `POST /store/trades`, as any other quote.
    """
    return created(
        flash_quote(
            item_id=FlashItemId(flash_item_id),
            buyer=request.buyer,
            request=wish,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )
