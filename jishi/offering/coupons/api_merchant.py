"""Coupon templates over HTTP: a merchant writes them, lets them give, pauses and ends them, and makes codes."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import CouponTemplateId
from jishi.kernel.keys import OptionalKey
from jishi.kernel.pagination import Page
from jishi.kernel.spreadsheet import csv_lines
from jishi.offering.coupons import queries, services
from jishi.offering.coupons.rules import TemplateMoveNotAllowed
from jishi.offering.coupons.types import (
    CouponTemplateCard,
    CouponTemplateWish,
    TemplateStatus,
    Way,
)
from jishi.offering.coupons.types_desk import CodesMade, CodesWish, TemplateMove

merchant_router = Router(tags=["coupons"])

_writer = merchant_staff("operator")
_reader = merchant_staff("operator", "finance", "service")
_WISH = {
    "name": {"zh": "满 299 减 30", "en": "¥30 off ¥299"},
    "effect": {
        "kind": "tiers",
        "measure": "amount",
        "tiers": [{"threshold": 29_900, "off": {"amount_minor": 3_000}}],
    },
    "valid_days": 14,
}
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]
WishBody = Annotated[CouponTemplateWish, Body(..., examples=[_WISH])]
MoveBody = Annotated[TemplateMove, Body(..., examples=[{"to": "live"}])]
CodesBody = Annotated[CodesWish, Body(..., examples=[{"count": 100}, {"word": "WINTER2026"}])]
_CSV = {
    "responses": {
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": "code,given\r\nWINTER2026,3\r\n"}
            }
        }
    }
}


@merchant_router.get(
    "/coupon-templates",
    auth=_reader,
    response={200: Page[CouponTemplateCard], **errors(NotAllowed, Invalid)},
    summary="Our coupon templates",
)
def list_coupon_templates(
    request: MerchantRequest,
    status: TemplateStatus | None = None,
    way: Way | None = None,
    cursor: Cursor = None,
    limit: Limit = queries.CARDS_MAX,
) -> HttpResponse:
    """The newest first, also of one `way` of giving."""
    return encoded(
        queries.templates_of(request.merchant_id, status=status, way=way, cursor=cursor, limit=limit)
    )


@merchant_router.post(
    "/coupon-templates",
    auth=_writer,
    response={201: CouponTemplateCard, **errors(NotAllowed, Invalid, KeyReused)},
    summary="Write a coupon template",
)
def draft_coupon_template(request: MerchantRequest, body: WishBody, key: OptionalKey = None) -> HttpResponse:
    """It covers our goods only, and gives once it is moved to live. Sent again with its `Idempotency-Key` it is
    written once. `funders` is the platform's to choose.
    """
    made = services.draft(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now, key=key
    )
    return created(queries.template(request.merchant_id, made))


@merchant_router.get(
    "/coupon-templates/{coupon_template_id}",
    auth=_reader,
    response={200: CouponTemplateCard, **errors(NotAllowed, NotFound)},
    summary="One of our coupon templates",
)
def get_coupon_template(request: MerchantRequest, coupon_template_id: UUID) -> HttpResponse:
    """As it is edited, with what became of its coupons."""
    return encoded(queries.template(request.merchant_id, CouponTemplateId(coupon_template_id)))


@merchant_router.put(
    "/coupon-templates/{coupon_template_id}",
    auth=_writer,
    response={200: CouponTemplateCard, **errors(NotAllowed, NotFound, Invalid, TemplateMoveNotAllowed)},
    summary="Change a coupon template",
)
def change_coupon_template(
    request: MerchantRequest, coupon_template_id: UUID, body: WishBody
) -> HttpResponse:
    """For the coupons given from now on: those in buyers' hands keep their terms."""
    template_id = CouponTemplateId(coupon_template_id)
    services.change(
        merchant_id=request.merchant_id,
        template_id=template_id,
        wish=body,
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(queries.template(request.merchant_id, template_id))


@merchant_router.post(
    "/coupon-templates/{coupon_template_id}/move",
    auth=_writer,
    response={200: CouponTemplateCard, **errors(NotAllowed, NotFound, Invalid, TemplateMoveNotAllowed)},
    summary="Let a coupon template give, pause it or end it",
)
def move_coupon_template(request: MerchantRequest, coupon_template_id: UUID, body: MoveBody) -> HttpResponse:
    """Again where it stands already changes nothing. What has ended stays so; coupons that were given stay good."""
    template_id = CouponTemplateId(coupon_template_id)
    services.move(
        merchant_id=request.merchant_id,
        template_id=template_id,
        to=TemplateStatus(body.to),
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(queries.template(request.merchant_id, template_id))


@merchant_router.post(
    "/coupon-templates/{coupon_template_id}/codes",
    auth=_writer,
    response={201: CodesMade, **errors(NotAllowed, NotFound, Invalid, TemplateMoveNotAllowed, KeyReused)},
    summary="Make codes",
)
def make_coupon_codes(
    request: MerchantRequest, coupon_template_id: UUID, body: CodesBody, key: OptionalKey = None
) -> HttpResponse:
    """Random codes, or one `word` for a shared one. Only of a template that gives by code. Sent again with its
    `Idempotency-Key` it makes none again.
    """
    services.make_codes(
        merchant_id=request.merchant_id,
        template_id=CouponTemplateId(coupon_template_id),
        count=body.count,
        word=body.word,
        staff_id=request.staff,
        now=request.now,
        key=key,
    )
    return created(CodesMade(count=body.count))


@merchant_router.get(
    "/coupon-templates/{coupon_template_id}/codes",
    auth=_writer,
    response={200: None, **errors(NotAllowed, NotFound)},
    openapi_extra=_CSV,
    summary="All codes as a table",
)
def list_coupon_codes(request: MerchantRequest, coupon_template_id: UUID) -> StreamingHttpResponse:
    """CSV: each code, and how many coupons it gave. Codes are letters and digits, never a formula."""
    codes = queries.codes_of(request.merchant_id, CouponTemplateId(coupon_template_id))

    def parts() -> Iterator[bytes]:
        yield csv_lines([["code", "given"]])
        for one in codes:
            yield csv_lines([[one.code, str(one.given_count)]])

    return StreamingHttpResponse(
        parts(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="codes.csv"'},
    )
