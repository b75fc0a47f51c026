"""Changing many products over HTTP: first what it would do to all of them, then one request for each."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import ProductId
from jishi.kernel.keys import Key
from jishi.kernel.pagination import Page
from jishi.offering.catalog import services_edit
from jishi.offering.catalog.types import ProductForMerchant
from jishi.offering.catalog.types_edit import EditPreview, EditWish, PreviewWish

merchant_router = Router(tags=["catalog"])

_writer = merchant_staff("operator")
_RAISE = {"price": {"step": "percent", "value": 500, "ending": "ninety"}}


@merchant_router.post(
    "/product-edits/preview",
    auth=_writer,
    response={200: Page[EditPreview], **errors(NotAllowed, NotFound, Invalid)},
    summary="What a change would do to products",
)
def preview_edit(
    request: MerchantRequest,
    body: Annotated[
        PreviewWish,
        Body(..., examples=[{"product_ids": ["01930000-0000-7000-8000-000000000001"], "edit": _RAISE}]),
    ],
) -> HttpResponse:
    """Each product with its prices before and after, and whether it waits for review. Writes nothing. One page."""
    found = services_edit.preview(
        merchant_id=request.merchant_id,
        product_ids=body.product_ids,
        edit=body.edit,
        language=request.language,
        now=request.now,
    )
    return encoded(Page(items=found))


@merchant_router.post(
    "/products/{product_id}/edits",
    auth=_writer,
    response={200: ProductForMerchant, **errors(NotAllowed, NotFound, Invalid, Conflict)},
    summary="Change the prices or the category of a product",
)
def edit_product(
    request: MerchantRequest,
    product_id: UUID,
    key: Key,
    body: Annotated[EditWish, Body(..., examples=[{"edit": _RAISE, "version": 3}])],
) -> HttpResponse:
    """Make the change once for each `Idempotency-Key`. What is on the shelf is handed in for review; what is harmless
    is approved at once.
    """
    return encoded(
        services_edit.edit_product(
            merchant_id=request.merchant_id,
            product_id=ProductId(product_id),
            wish=body,
            key=key,
            staff_id=request.staff,
            now=request.now,
        )
    )
