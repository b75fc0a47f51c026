"""Shared products over HTTP: what a merchant may sell too."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import CategoryId, SharedProductId
from jishi.kernel.pagination import Page
from jishi.offering.catalog import queries_sell_too
from jishi.offering.catalog.types import ProductWish
from jishi.offering.catalog.types_offers import SharedRow

merchant_router = Router(tags=["catalog"])

Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
_writer = merchant_staff("operator")


@merchant_router.get(
    "/shared-products",
    auth=_writer,
    response={200: Page[SharedRow], **errors(NotAllowed, NotFound, Invalid)},
    summary="What I may sell too",
)
def list_shared_products(
    request: MerchantRequest, words: Words = "", category_id: UUID | None = None
) -> HttpResponse:
    """Products that merchants share, by title, model or GTIN: at most 20, the latest first. One page."""
    found = queries_sell_too.to_sell_too(
        request.merchant_id,
        words=words,
        category_id=CategoryId(category_id) if category_id else None,
        language=request.language,
    )
    return encoded(Page(items=found))


@merchant_router.get(
    "/shared-products/{shared_product_id}",
    auth=_writer,
    response={200: ProductWish, **errors(NotAllowed, NotFound)},
    summary="What my offer of it begins with",
)
def get_shared_product(request: MerchantRequest, shared_product_id: UUID) -> HttpResponse:  # noqa: ARG001 - the same for every merchant
    """The facts and combinations to write one's own product with; save it with `shared_product_id` to offer it."""
    return encoded(queries_sell_too.beginning(SharedProductId(shared_product_id)))
