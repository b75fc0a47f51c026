"""Promotions over HTTP as everybody sees them."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from ninja.params import functions as params
from pydantic import Field

from jishi.kernel import hot
from jishi.kernel.errors import NotFound
from jishi.kernel.http import PublicRequest, encoded, errors
from jishi.kernel.ids import ProductId, PromotionId
from jishi.kernel.pagination import Page
from jishi.offering.promotions import queries_shown
from jishi.offering.promotions.types_shown import ProductLabels, ProductPromotions, PromotionDetail

store_router = Router(tags=["promotions"])

# Bounds stand here and not in an alias: ninja reads a repeated parameter only where it sees `list` itself.
PRODUCTS = params.Query([], max_length=queries_shown.PRODUCTS_MAX)


@store_router.get(
    "/products/{product_id}/promotions",
    response={200: ProductPromotions, **errors(NotFound)},
    summary="What runs for a product, and what it comes to",
)
def get_product_promotions(
    request: PublicRequest, product_id: UUID, quantity: Annotated[int, Field(ge=1, le=9_999)] = 1
) -> HttpResponse:
    """The running promotions in plain sentences, and what `quantity` pieces of each SKU alone come to with those
    that are for everybody. Changes as promotions do, not as the product does.
    """
    found = queries_shown.of_product_answer(
        ProductId(product_id), quantity=quantity, language=request.language, now=request.now
    )
    return hot.respond(request, found, max_age_seconds=0)


@store_router.get(
    "/promotion-labels",
    response={200: Page[ProductLabels], **errors()},
    summary="The labels of products' cards",
)
def list_promotion_labels(request: PublicRequest, product_id: list[UUID] = PRODUCTS) -> HttpResponse:
    """Two short labels at most for each `product_id` (repeatable); a product without any is left out. One page."""
    ids = [ProductId(one) for one in dict.fromkeys(product_id)]
    found = queries_shown.labels(ids, language=request.language, now=request.now)
    return encoded(Page(items=found, next_cursor=None))


@store_router.get(
    "/promotions/{promotion_id}",
    response={200: PromotionDetail, **errors(NotFound)},
    summary="One running promotion, and what it covers",
)
def get_promotion(request: PublicRequest, promotion_id: UUID) -> HttpResponse:
    """404 when it does not run."""
    found = queries_shown.promotion_page(
        PromotionId(promotion_id), language=request.language, now=request.now
    )
    return encoded(found)
