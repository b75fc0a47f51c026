"""The cart and quotes over HTTP, for visitors and buyers alike."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Query, Router

from jishi.kernel.errors import NotFound
from jishi.kernel.http import StoreRequest, created, encoded, errors
from jishi.kernel.ids import CartLineId
from jishi.offering.inventory.services import OutOfStock
from jishi.trade.checkout import queries, services, services_quotes
from jishi.trade.checkout.rules import AreaNotServed, MethodNotOffered, NotForSale
from jishi.trade.checkout.services import CartFull
from jishi.trade.checkout.services_quotes import CartEmpty, LimitReached
from jishi.trade.checkout.types import (
    LINES_MAX,
    Cart,
    CartLineChange,
    CartLineWish,
    CartSelection,
    Quote,
    QuoteRequest,
)

store_router = Router(tags=["checkout"])

SKU = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
ADDRESS = "0198f3a2-1111-7b1e-9d3a-2f6c1c0a51aa"
QUOTE_EXAMPLES = [
    {"address_id": ADDRESS},
    {"lines": [{"sku_id": SKU, "quantity": 1}], "address_id": ADDRESS, "notes": {}, "shipping": {}},
]
LineIds = Annotated[list[UUID] | None, Query(max_length=2 * LINES_MAX)]


@store_router.get("/cart/lines", response={200: Cart, **errors()}, summary="The cart")
def get_cart(request: StoreRequest) -> HttpResponse:
    """The cart by merchant with live totals. Visitors have one too; it comes along when they sign in."""
    return encoded(
        queries.cart(request.owner_id, channel=request.channel, language=request.language, now=request.now)
    )


@store_router.post(
    "/cart/lines", response={201: Cart, **errors(NotFound, CartFull)}, summary="Put something in the cart"
)
def add_cart_line(
    request: StoreRequest,
    wish: Annotated[CartLineWish, Body(..., examples=[{"sku_id": SKU, "quantity": 2}])],
) -> HttpResponse:
    """Pieces of a SKU that is in the cart already add up. Answers the whole cart."""
    return created(
        services.add_line(
            owner_id=request.owner_id,
            wish=wish,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )


@store_router.patch("/cart/lines", response={200: Cart, **errors()}, summary="Select lines of the cart")
def select_cart_lines(
    request: StoreRequest,
    selection: Annotated[CartSelection, Body(..., examples=[{"is_selected": True}])],
) -> HttpResponse:
    """Select or deselect several lines at once, all of them without `line_ids`. Answers the whole cart."""
    return encoded(
        services.select_lines(
            owner_id=request.owner_id,
            selection=selection,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )


@store_router.patch(
    "/cart/lines/{line_id}", response={200: Cart, **errors(NotFound)}, summary="Change a line of the cart"
)
def change_cart_line(
    request: StoreRequest,
    line_id: UUID,
    change: Annotated[
        CartLineChange, Body(..., examples=[{"quantity": 3}, {"is_selected": False}, {"sku_id": SKU}])
    ],
) -> HttpResponse:
    """Change quantity, selection or SKU; what is left out stays. Answers the whole cart."""
    return encoded(
        services.change_line(
            owner_id=request.owner_id,
            line_id=CartLineId(line_id),
            change=change,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )


@store_router.delete("/cart/lines", response={200: Cart, **errors()}, summary="Remove lines from the cart")
def remove_cart_lines(request: StoreRequest, line_id: LineIds = None) -> HttpResponse:
    """Remove the lines named by `line_id` (repeatable), all of them without it. Answers the whole cart."""
    line_ids = [CartLineId(one) for one in line_id] if line_id else None
    return encoded(
        services.remove_lines(
            owner_id=request.owner_id,
            line_ids=line_ids,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )


@store_router.delete(
    "/cart/lines/{line_id}", response={200: Cart, **errors()}, summary="Remove a line from the cart"
)
def remove_cart_line(request: StoreRequest, line_id: UUID) -> HttpResponse:
    """Removing a line that is not there is no mistake. Answers the whole cart."""
    return encoded(
        services.remove_lines(
            owner_id=request.owner_id,
            line_ids=[CartLineId(line_id)],
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )


@store_router.post(
    "/quotes",
    response={
        201: Quote,
        **errors(NotFound, CartEmpty, NotForSale, OutOfStock, LimitReached, AreaNotServed, MethodNotOffered),
    },
    summary="Price a checkout",
)
def create_quote(
    request: StoreRequest,
    wish: Annotated[QuoteRequest, Body(..., examples=QUOTE_EXAMPLES)],
) -> HttpResponse:
    """A frozen, explained price of the cart's selected lines, or of `lines` (buy now); good for 15 minutes.

    Confirm it with `POST /store/trades`. Σ `orders[].total` = `total`; `trace` explains every cent.
    """
    return created(
        services_quotes.quote(
            owner_id=request.owner_id,
            buyer=request.buyer,
            request=wish,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )
