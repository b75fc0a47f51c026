"""A product's page before it is on sale, over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, buyer, encoded, errors
from jishi.kernel.ids import ProductId
from jishi.offering.catalog import queries_preview
from jishi.offering.catalog.types import ProductDetail

store_router = Router(tags=["catalog"])


@store_router.get(
    "/previews/{product_id}",
    auth=buyer,
    response={200: ProductDetail, **errors(SignInNeeded, NotFound, Invalid)},
    summary="A product before it is on sale",
)
def preview_product(
    request: BuyerRequest,
    product_id: UUID,
    number: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None,
) -> HttpResponse:
    """What its page would show of a version, by its number, or of the one being written.

    For staff of its merchant and reviewers of the platform; 404 for anybody else. Never kept by a cache.
    """
    found = queries_preview.preview(
        ProductId(product_id), number, asker=request.buyer, language=request.language
    )
    answer = encoded(found)
    answer["Cache-Control"] = "private, no-store"
    return answer
