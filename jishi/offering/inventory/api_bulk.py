"""The stock of a whole product over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, errors, merchant_staff, no_content
from jishi.kernel.ids import ProductId
from jishi.kernel.keys import Key
from jishi.offering.inventory import services_bulk
from jishi.offering.inventory.types import ProductStockWish

merchant_router = Router(tags=["stock"])


@merchant_router.post(
    "/products/{product_id}/stock",
    auth=merchant_staff("operator", "warehouse"),
    response={204: None, **errors(NotAllowed, NotFound, Invalid, Conflict)},
    summary="Stock every variant of a product",
)
def stock_product(
    request: MerchantRequest,
    product_id: UUID,
    key: Key,
    body: Annotated[
        ProductStockWish,
        Body(
            ...,
            examples=[
                {
                    "warehouse_id": "01930000-0000-7000-8000-000000000003",
                    "step": "add",
                    "pieces": 20,
                    "reference": "DN-2026-118",
                }
            ],
        ),
    ],
) -> HttpResponse:
    """Set or add so many pieces of each variant in one warehouse, once for each `Idempotency-Key`."""
    services_bulk.stock_product(
        merchant_id=request.merchant_id,
        product_id=ProductId(product_id),
        wish=body,
        key=key,
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()
