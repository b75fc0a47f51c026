"""Promotions over HTTP: a merchant drafts them, puts them in force, changes and ends them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Query, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import PromotionId
from jishi.kernel.keys import OptionalKey
from jishi.kernel.pagination import Page
from jishi.offering.promotions import queries_desk as queries
from jishi.offering.promotions import services
from jishi.offering.promotions.rules import PromotionMoveNotAllowed
from jishi.offering.promotions.rules_sample import sample
from jishi.offering.promotions.services import PromotionChanged
from jishi.offering.promotions.types import PromotionWish
from jishi.offering.promotions.types_desk import (
    PromotionChange,
    PromotionForMerchant,
    PromotionMove,
    PromotionVersionRow,
    Sample,
    SampleWish,
    Stage,
)

merchant_router = Router(tags=["promotions"])

_writer = merchant_staff("operator")
_reader = merchant_staff("operator", "finance", "service")
_EFFECT = {
    "kind": "tiers",
    "measure": "amount",
    "tiers": [{"threshold": 19_900, "off": {"amount_minor": 2_000}}],
}
_WISH = {
    "name": {"zh": "满 199 减 20", "en": "¥20 off from ¥199"},
    "effect": _EFFECT,
    "starts_at": "2026-12-01T00:00:00+08:00",
    "ends_at": "2026-12-13T00:00:00+08:00",
}
WishBody = Annotated[PromotionWish, Body(..., examples=[_WISH])]
ChangeBody = Annotated[PromotionChange, Body(..., examples=[{"wish": _WISH, "version": 1}])]
MoveBody = Annotated[PromotionMove, Body(..., examples=[{"to": "live"}])]
SampleBody = Annotated[
    SampleWish, Body(..., examples=[{"effect": _EFFECT, "price_minor": 10_000, "pieces": 2}])
]
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str | None, Field(max_length=512)]
Month = Annotated[
    str, Query(description="A month of China.", examples=["2026-12"], pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$")
]


@merchant_router.get(
    "/promotions",
    auth=_reader,
    response={200: Page[PromotionForMerchant], **errors(NotAllowed, Invalid)},
    summary="Our promotions",
)
def list_promotions(
    request: MerchantRequest, stage: Stage | None = None, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """The newest first; `stage` keeps those that stand there now."""
    found = queries.own(request.merchant_id, stage=stage, cursor=cursor, limit=limit, now=request.now)
    return encoded(found)


@merchant_router.post(
    "/promotions",
    auth=_writer,
    response={201: PromotionForMerchant, **errors(NotAllowed, Invalid, KeyReused)},
    summary="Draft a promotion",
)
def draft_promotion(request: MerchantRequest, body: WishBody, key: OptionalKey = None) -> HttpResponse:
    """It covers our goods only, and counts once it is moved to live. Sent again with its `Idempotency-Key` it is
    drafted once. `funders` is the platform's to choose.
    """
    made = services.draft(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now, key=key
    )
    return created(queries.one(request.merchant_id, made, now=request.now))


@merchant_router.get(
    "/promotion-calendar",
    auth=_reader,
    response={200: Page[PromotionForMerchant], **errors(NotAllowed, Invalid)},
    summary="Our promotions of a month",
)
def get_promotion_calendar(request: MerchantRequest, month: Month) -> HttpResponse:
    """Those some of whose time lies in the month, the first to start first; 200 at most, in one page."""
    return encoded(
        Page(items=queries.in_month(request.merchant_id, date.fromisoformat(f"{month}-01"), now=request.now))
    )


@merchant_router.post(
    "/promotion-sample",
    auth=_reader,
    response={200: Sample, **errors(NotAllowed, Invalid)},
    summary="Try an effect on sample goods",
)
def sample_promotion(request: MerchantRequest, body: SampleBody) -> HttpResponse:  # noqa: ARG001
    """What the goods cost without it and with it, by the same function that prices carts. Writes nothing."""
    return encoded(sample(body))


@merchant_router.get(
    "/promotions/{promotion_id}",
    auth=_reader,
    response={200: PromotionForMerchant, **errors(NotAllowed, NotFound)},
    summary="One of our promotions",
)
def get_promotion(request: MerchantRequest, promotion_id: UUID) -> HttpResponse:
    """A promotion as it is edited, with the names of what it names."""
    return encoded(queries.one(request.merchant_id, PromotionId(promotion_id), now=request.now))


@merchant_router.put(
    "/promotions/{promotion_id}",
    auth=_writer,
    response={
        200: PromotionForMerchant,
        **errors(NotAllowed, NotFound, Invalid, PromotionChanged, PromotionMoveNotAllowed),
    },
    summary="Change a promotion",
)
def change_promotion(request: MerchantRequest, promotion_id: UUID, body: ChangeBody) -> HttpResponse:
    """Write the next version. When it is live it counts at once; orders placed keep what they were promised."""
    services.change(
        merchant_id=request.merchant_id,
        promotion_id=PromotionId(promotion_id),
        wish=body.wish,
        staff_id=request.staff,
        now=request.now,
        version=body.version,
    )
    return encoded(queries.one(request.merchant_id, PromotionId(promotion_id), now=request.now))


@merchant_router.post(
    "/promotions/{promotion_id}/move",
    auth=_writer,
    response={200: PromotionForMerchant, **errors(NotAllowed, NotFound, Invalid, PromotionMoveNotAllowed)},
    summary="Put a promotion in force, pause it or end it",
)
def move_promotion(request: MerchantRequest, promotion_id: UUID, body: MoveBody) -> HttpResponse:
    """Again where it stands already changes nothing. What has ended stays so."""
    services.move(
        merchant_id=request.merchant_id,
        promotion_id=PromotionId(promotion_id),
        to=body.to,
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(queries.one(request.merchant_id, PromotionId(promotion_id), now=request.now))


@merchant_router.get(
    "/promotions/{promotion_id}/versions",
    auth=_reader,
    response={200: Page[PromotionVersionRow], **errors(NotAllowed, NotFound, Invalid)},
    summary="What a promotion said before",
)
def list_promotion_versions(
    request: MerchantRequest, promotion_id: UUID, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """The latest version first: who wrote it and when, and which parts it changed."""
    found = queries.versions(request.merchant_id, PromotionId(promotion_id), cursor=cursor, limit=limit)
    return encoded(found)
