"""Favourites, follows and the browsing history over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.discovery.interests import queries, services
from jishi.discovery.interests.services import HistoryAway, TooMany
from jishi.discovery.interests.types import Favourite, Follow, View, Viewed
from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, StoreRequest, buyer, encoded, errors, no_content
from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.pagination import Page

store_router = Router(tags=["interests"])

PRODUCT = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
Ids = Annotated[list[UUID], Query(max_length=100)]
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]


@store_router.get(
    "/favourites",
    response={200: Page[Favourite], **errors(SignInNeeded, Invalid)},
    auth=buyer,
    summary="My favourites",
)
def list_favourites(
    request: BuyerRequest,
    product_id: Ids = [],  # noqa: B006 - ninja copies it for each request
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The latest first. `product_id` (repeatable) asks which of these products are among them."""
    return encoded(
        queries.favourites(
            buyer=request.buyer,
            product_ids=[ProductId(one) for one in product_id],
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@store_router.put(
    "/favourites/{product_id}",
    response={204: None, **errors(SignInNeeded, NotFound, TooMany)},
    auth=buyer,
    summary="Like a product",
)
def put_favourite(request: BuyerRequest, product_id: UUID) -> HttpResponse:
    """Liking it again changes nothing."""
    services.add_favourite(buyer=request.buyer, product_id=ProductId(product_id), now=request.now)
    return no_content()


@store_router.delete(
    "/favourites/{product_id}",
    response={204: None, **errors(SignInNeeded)},
    auth=buyer,
    summary="Like a product no longer",
)
def delete_favourite(request: BuyerRequest, product_id: UUID) -> HttpResponse:
    """Removing what is not there is no mistake."""
    services.remove_favourite(buyer=request.buyer, product_id=ProductId(product_id))
    return no_content()


@store_router.get(
    "/follows",
    response={200: Page[Follow], **errors(SignInNeeded, Invalid)},
    auth=buyer,
    summary="The stores I follow",
)
def list_follows(
    request: BuyerRequest,
    merchant_id: Ids = [],  # noqa: B006 - ninja copies it for each request
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The latest first. `merchant_id` (repeatable) asks which of these stores are among them."""
    return encoded(
        queries.follows(
            buyer=request.buyer,
            merchant_ids=[MerchantId(one) for one in merchant_id],
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@store_router.put(
    "/follows/{merchant_id}",
    response={204: None, **errors(SignInNeeded, NotFound, TooMany)},
    auth=buyer,
    summary="Follow a store",
)
def put_follow(request: BuyerRequest, merchant_id: UUID) -> HttpResponse:
    """Following it again changes nothing."""
    services.follow(buyer=request.buyer, merchant_id=MerchantId(merchant_id), now=request.now)
    return no_content()


@store_router.delete(
    "/follows/{merchant_id}",
    response={204: None, **errors(SignInNeeded)},
    auth=buyer,
    summary="Follow a store no longer",
)
def delete_follow(request: BuyerRequest, merchant_id: UUID) -> HttpResponse:
    """Unfollowing what is not followed is no mistake."""
    services.unfollow(buyer=request.buyer, merchant_id=MerchantId(merchant_id))
    return no_content()


@store_router.get("/history", response={200: Page[Viewed], **errors(Invalid)}, summary="What I looked at")
def list_history(request: StoreRequest, cursor: Cursor = None, limit: Limit = 20) -> HttpResponse:
    """The latest first, for 90 days. Visitors have one too; it comes along when they sign in."""
    return encoded(
        queries.viewed(
            owner_id=request.owner_id, cursor=cursor, limit=limit, language=request.language, now=request.now
        )
    )


@store_router.post("/history", response={204: None, **errors()}, summary="Remember a product I opened")
def add_view(
    request: StoreRequest, view: Annotated[View, Body(..., examples=[{"product_id": PRODUCT}])]
) -> HttpResponse:
    """Opening it again moves it to the head."""
    services.view(owner_id=request.owner_id, product_id=view.product_id, now=request.now)
    return no_content()


@store_router.delete("/history", response={204: None, **errors(HistoryAway)}, summary="Clear my history")
def clear_history(request: StoreRequest, product_id: Ids = []) -> HttpResponse:  # noqa: B006 - as above
    """Forget the products named by `product_id` (repeatable), all of them without it."""
    services.forget_views(
        owner_id=request.owner_id, product_ids=[ProductId(one) for one in product_id] or None
    )
    return no_content()
