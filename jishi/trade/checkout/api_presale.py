"""The checkout of a pre-sale over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, buyer, created, errors
from jishi.kernel.ids import PresaleId
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.presale.queries import PresaleOver
from jishi.trade.checkout.rules import AreaNotServed, MethodNotOffered, NotForSale
from jishi.trade.checkout.services_presale import presale_quote
from jishi.trade.checkout.services_quotes import LimitReached
from jishi.trade.checkout.types_presale import PresaleQuote, PresaleQuoteRequest

store_router = Router(tags=["checkout"])

EXAMPLE = {"quantity": 1, "address_id": "0198f3a2-1111-7b1e-9d3a-2f6c1c0a51aa"}


@store_router.post(
    "/presales/{presale_id}/quotes",
    auth=buyer,
    response={
        201: PresaleQuote,
        **errors(
            SignInNeeded, NotFound, Invalid, PresaleOver, NotForSale, OutOfStock, LimitReached, AreaNotServed,
            MethodNotOffered,
        ),
    },
    summary="Price a pre-sale purchase",
)  # fmt: skip
def create_presale_quote(
    request: BuyerRequest,
    presale_id: UUID,
    wish: Annotated[PresaleQuoteRequest, Body(..., examples=[EXAMPLE])],
) -> HttpResponse:
    """The price of pieces of a pre-sale: the deposit to pay now, the balance with the freight to pay later.

    Confirm it with `POST /store/trades`, as any other quote; the payment of the trade is in two instalments.
    """
    return created(
        presale_quote(
            presale_id=PresaleId(presale_id),
            buyer=request.buyer,
            request=wish,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )
