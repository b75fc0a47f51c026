"""The shelf over HTTP: a merchant puts products on it and takes them off, now or at a time."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import services_shelf as services
from jishi.offering.catalog.types import ProductForMerchant
from jishi.offering.catalog.types_shelf import ShelfPlanWish

merchant_router = Router(tags=["catalog"])

_writer = merchant_staff("operator")


@merchant_router.post(
    "/products/{product_id}/put-on-shelf",
    auth=_writer,
    response={200: ProductForMerchant, **errors(NotAllowed, NotFound, Conflict)},
    summary="Sell again",
)
def put_on_shelf(request: MerchantRequest, product_id: UUID) -> HttpResponse:
    """Sell a product that was taken off the shelf."""
    return encoded(
        services.put_on_shelf(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.post(
    "/products/{product_id}/take-off-shelf",
    auth=_writer,
    response={200: ProductForMerchant, **errors(NotAllowed, NotFound, Conflict)},
    summary="Stop selling",
)
def take_off_shelf(request: MerchantRequest, product_id: UUID) -> HttpResponse:
    """Stop selling a product; orders already placed stay as they are."""
    return encoded(
        services.take_off_shelf(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            staff_id=request.staff,
            now=request.now,
        )
    )


@merchant_router.put(
    "/products/{product_id}/shelf-plan",
    auth=_writer,
    response={200: ProductForMerchant, **errors(NotAllowed, NotFound, Invalid, Conflict)},
    summary="Plan when a product is on sale",
)
def plan_shelf(
    request: MerchantRequest,
    product_id: UUID,
    body: Annotated[
        ShelfPlanWish,
        Body(
            ...,
            examples=[{"on_at": "2027-01-01T00:00:00+08:00", "off_at": "2027-02-01T00:00:00+08:00"}],
        ),
    ],
) -> HttpResponse:
    """Set when it goes on sale and off it, in place of what was planned; without both nothing is planned.

    A product that is approved before its time waits beside the shelf.
    """
    return encoded(
        services.plan(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            wish=body,
            staff_id=request.staff,
            now=request.now,
        )
    )
