"""Reviews over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, File, Router
from ninja.files import UploadedFile
from pydantic import Field

from jishi.community.reviews import queries, services
from jishi.community.reviews.services import NotReceived, ReviewedAlready
from jishi.community.reviews.types import OwnReview, ReplyWish, Review, ReviewSort, ReviewSummary, ReviewWish
from jishi.kernel import hot, rate_limit
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded, TooLarge
from jishi.kernel.http import (
    BuyerRequest,
    MerchantRequest,
    PublicRequest,
    buyer,
    created,
    encoded,
    errors,
    merchant_staff,
)
from jishi.kernel.ids import OrderId, OrderLineId, ProductId, ReviewId
from jishi.kernel.pagination import Page
from jishi.offering.media import services as media
from jishi.offering.media.services import NotAPicture, PictureTypeNotAllowed
from jishi.offering.media.types import Media

store_router = Router(tags=["reviews"])
merchant_router = Router(tags=["reviews"])

Stars = Annotated[int | None, Field(ge=1, le=5)]
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]
REVIEW = {"stars": 5, "text": "茶香清雅,包装仔细。", "media_ids": [], "is_anonymous": False}

_staff = merchant_staff("operator", "service")


@store_router.get(
    "/products/{product_id}/reviews",
    response={200: Page[Review], **errors(Invalid)},
    summary="A product's reviews",
)
def list_reviews(
    request: PublicRequest,
    product_id: UUID,
    stars: Stars = None,
    with_pictures: bool = False,
    cursor: Cursor = None,
    limit: Limit = queries.FIRST_LENGTH,
) -> HttpResponse:
    """The latest first; `stars` and `with_pictures` narrow them. A product nobody reviewed has none."""
    return hot.respond(
        request,
        queries.of_product_answer(
            ProductId(product_id),
            stars=stars,
            with_pictures=with_pictures,
            cursor=cursor,
            limit=limit,
            language=request.language,
            now=request.now,
        ),
    )


@store_router.get(
    "/products/{product_id}/reviews/summary",
    response={200: ReviewSummary, **errors()},
    summary="A product's reviews in figures",
)
def get_review_summary(request: PublicRequest, product_id: UUID) -> HttpResponse:
    """The average, and how many reviews there are of each number of stars and with pictures."""
    return hot.respond(request, queries.summary_answer(ProductId(product_id), now=request.now))


@store_router.get(
    "/reviews",
    response={200: Page[OwnReview], **errors(SignInNeeded, Invalid)},
    auth=buyer,
    summary="My reviews",
)
def list_my_reviews(
    request: BuyerRequest, order_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """The latest first; with `order_id` those of one order, to see which lines are reviewed."""
    return encoded(
        queries.of_buyer(
            request.buyer,
            order_id=OrderId(order_id) if order_id else None,
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@store_router.put(
    "/order-lines/{order_line_id}/review",
    response={200: OwnReview, **errors(SignInNeeded, NotFound, Invalid, NotReceived, ReviewedAlready)},
    auth=buyer,
    summary="Review something I received",
)
def put_review(
    request: BuyerRequest, order_line_id: UUID, wish: Annotated[ReviewWish, Body(..., examples=[REVIEW])]
) -> HttpResponse:
    """A line is reviewed once, after its receipt; the same words again are the same review."""
    return encoded(
        services.write(
            buyer=request.buyer,
            order_line_id=OrderLineId(order_line_id),
            wish=wish,
            language=request.language,
            now=request.now,
        )
    )


@store_router.post(
    "/review-pictures",
    response={201: Media, **errors(SignInNeeded, TooLarge, PictureTypeNotAllowed, NotAPicture)},
    auth=buyer,
    summary="Upload a picture for a review",
)
def upload_picture(request: BuyerRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take in a picture as merchants' pictures are (multipart field `file`); name its id in the review."""
    rate_limit.take("review_picture", str(request.buyer), per_second=0.2, burst=30, now=request.now)
    return created(
        media.upload(
            merchant_id=None,
            data=file.read(media.BYTES_MAX + 1),
            file_name="",
            declared_type=file.content_type,
            staff_id=request.buyer,
            now=request.now,
        )
    )


@merchant_router.get(
    "/reviews",
    response={200: Page[OwnReview], **errors(SignInNeeded, NotAllowed, NotFound, Invalid)},
    auth=_staff,
    summary="Reviews of my products",
)
def list_merchant_reviews(
    request: MerchantRequest,
    stars: Stars = None,
    is_replied: bool | None = None,
    sort: ReviewSort = ReviewSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """The latest first unless `sort` says otherwise; `is_replied=false` are those that wait for an answer."""
    return encoded(
        queries.of_merchant(
            request.merchant_id,
            stars=stars,
            is_replied=is_replied,
            sort=sort,
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@merchant_router.put(
    "/reviews/{review_id}/reply",
    response={200: OwnReview, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=_staff,
    summary="Answer a review",
)
def put_reply(
    request: MerchantRequest,
    review_id: UUID,
    wish: Annotated[ReplyWish, Body(..., examples=[{"text": "谢谢您的喜欢,欢迎再来。"}])],
) -> HttpResponse:
    """Everybody sees the answer below the review; answering again words it anew."""
    return encoded(
        services.reply(
            merchant_id=request.merchant_id,
            review_id=ReviewId(review_id),
            text=wish.text,
            staff=request.staff,
            language=request.language,
            now=request.now,
        )
    )
