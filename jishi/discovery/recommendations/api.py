"""Recommendations over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.discovery.recommendations import queries, services
from jishi.discovery.recommendations.services import TooManyRefusals
from jishi.discovery.recommendations.types import Asked, Place, Recommendations, Refusal
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.http import StoreRequest, encoded, errors, no_content
from jishi.kernel.ids import ProductId

store_router = Router(tags=["recommendations"])

PRODUCT = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
Ids = Annotated[list[UUID], Query(max_length=20)]
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=48)]


@store_router.get(
    "/recommendations",
    response={200: Recommendations, **errors(Invalid)},
    summary="Goods that may be liked here, each with its reason",
)
def list_recommendations(
    request: StoreRequest,
    place: Place,
    product_id: Ids = [],  # noqa: B006 - ninja copies it for each request
    cursor: Cursor = None,
    limit: Limit = 12,
) -> HttpResponse:
    """`product_id` (repeatable): what the page, the cart or the order is about. What somebody did is used only if he
    allows it, and only for him.
    """
    asked = Asked(
        place=place,
        owner_id=request.owner_id,
        buyer=request.buyer,
        product_ids=[ProductId(one) for one in dict.fromkeys(product_id)],
        language=request.language,
        now=request.now,
    )
    answer = encoded(queries.recommended(asked, cursor=cursor, limit=limit))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@store_router.post(
    "/recommendations/not-interested",
    response={204: None, **errors(NotFound, TooManyRefusals)},
    summary="Do not recommend this product to me",
)
def add_not_interested(
    request: StoreRequest, refusal: Annotated[Refusal, Body(..., examples=[{"product_id": PRODUCT}])]
) -> HttpResponse:
    """Holds from the next answer on, for visitors too. Saying it again changes nothing."""
    services.refuse(owner_id=request.owner_id, product_id=refusal.product_id, now=request.now)
    return no_content()


@store_router.delete(
    "/recommendations/not-interested/{product_id}",
    response={204: None, **errors()},
    summary="Recommend it again",
)
def delete_not_interested(request: StoreRequest, product_id: UUID) -> HttpResponse:
    """Taking back what was never said is no mistake."""
    services.allow(owner_id=request.owner_id, product_id=ProductId(product_id))
    return no_content()
