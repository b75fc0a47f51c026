"""Pre-sales over HTTP: what a product is sold ahead for, the terms of an order, and a merchant's own."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import (
    BuyerRequest,
    MerchantRequest,
    StoreRequest,
    buyer,
    created,
    encoded,
    errors,
    merchant_staff,
    no_content,
)
from jishi.kernel.ids import MerchantId, OrderId, PresaleId, ProductId
from jishi.kernel.pagination import Page
from jishi.offering.presale import queries, services
from jishi.offering.presale.services import PresaleAlready, PresalePriceTooHigh
from jishi.offering.presale.types import (
    MerchantPresale,
    OrderPresale,
    Presale,
    PresaleWish,
    ProductPresales,
)

store_router = Router(tags=["presale"])
merchant_router = Router(tags=["presale"])

_staff = merchant_staff("operator")
PAGE = 20
WISH_EXAMPLE = {
    "sku_id": "01930000-0000-7000-8000-000000000004",
    "price_minor": 39900,
    "deposit_minor": 5000,
    "worth_minor": 10000,
    "deposit_from_at": "2026-12-01T00:00:00+08:00",
    "deposit_until_at": "2026-12-08T00:00:00+08:00",
    "balance_from_at": "2026-12-08T00:00:00+08:00",
    "balance_until_at": "2026-12-11T00:00:00+08:00",
    "ship_by_at": "2026-12-15T00:00:00+08:00",
    "quota": 50,
    "per_buyer_max": 1,
    "returns_deposit": False,
}


@store_router.get(
    "/products/{product_id}/presales",
    response={200: ProductPresales, **errors(NotFound)},
    summary="The pre-sales of a product",
)
def get_product_presales(request: StoreRequest, product_id: UUID) -> HttpResponse:
    """The pre-sales of a product that take deposits or will within a week; empty when there is none."""
    return encoded(queries.of_product(ProductId(product_id), language=request.language, now=request.now))


@store_router.get("/presales/{presale_id}", response={200: Presale, **errors(NotFound)}, summary="A pre-sale")
def get_presale(request: StoreRequest, presale_id: UUID) -> HttpResponse:
    """The terms of a pre-sale, and where it stands."""
    return encoded(queries.one(PresaleId(presale_id), language=request.language, now=request.now))


@store_router.get(
    "/orders/{order_id}/presale",
    auth=buyer,
    response={200: OrderPresale, **errors(SignInNeeded, NotFound)},
    summary="The pre-sale of an order",
)
def get_order_presale(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """The terms that an order was placed under; 404 for one that was not placed in a pre-sale."""
    return encoded(queries.of_order(OrderId(order_id), buyer=request.buyer, now=request.now))


@merchant_router.get(
    "/presales",
    auth=_staff,
    response={200: Page[MerchantPresale], **errors(NotAllowed, NotFound, Invalid)},
    summary="My pre-sales",
)
def list_presales(
    request: MerchantRequest, before: UUID | None = None, limit: Annotated[int, Field(ge=1, le=100)] = PAGE
) -> HttpResponse:
    """My pre-sales, the newest first; `before` is the id of the last one that was read."""
    found = queries.of_merchant(
        request.merchant_id,
        before=PresaleId(before) if before else None,
        limit=limit,
        language=request.language,
        now=request.now,
    )
    return encoded(Page(items=found))


@merchant_router.post(
    "/presales",
    auth=_staff,
    response={
        201: MerchantPresale,
        **errors(NotAllowed, NotFound, Invalid, PresaleAlready, PresalePriceTooHigh),
    },
    summary="Sell ahead",
)
def make_presale(
    request: MerchantRequest, wish: Annotated[PresaleWish, Body(..., examples=[WISH_EXAMPLE])]
) -> HttpResponse:
    """Sell pieces of a SKU ahead for a deposit. Its terms cannot be changed afterwards, only the deposits stopped."""
    presale_id = services.make(
        merchant_id=request.merchant_id, wish=wish, staff_id=request.staff, now=request.now
    )
    return created(_one(request, request.merchant_id, presale_id))


@merchant_router.delete(
    "/presales/{presale_id}",
    auth=_staff,
    response={204: None, **errors(NotAllowed, NotFound, Invalid)},
    summary="Stop a pre-sale",
)
def stop_presale(request: MerchantRequest, presale_id: UUID) -> HttpResponse:
    """Take no deposits any more; orders go on as they were sold. Again is no change."""
    services.stop(
        merchant_id=request.merchant_id,
        presale_id=PresaleId(presale_id),
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()


def _one(request: MerchantRequest, merchant_id: MerchantId, presale_id: PresaleId) -> MerchantPresale:
    (found,) = queries.of_merchant(
        merchant_id, presale_id=presale_id, language=request.language, now=request.now
    )
    return found
