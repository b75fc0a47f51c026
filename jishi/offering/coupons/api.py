"""Coupons over HTTP: what can be claimed, claiming it, codes, and one's own."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, StoreRequest, buyer, created, encoded, errors
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId
from jishi.kernel.keys import Key
from jishi.kernel.pagination import Page
from jishi.offering.coupons import queries_buyers as queries
from jishi.offering.coupons import services_giving as services
from jishi.offering.coupons.queries_device import device_of
from jishi.offering.coupons.services_giving import (
    CodeUnknown,
    CouponLimitReached,
    CouponsGone,
    DeviceLimitReached,
    NotDrawn,
)
from jishi.offering.coupons.types_buyers import BuyerCoupon, CodeWish, CouponOffer, CouponState

store_router = Router(tags=["coupons"])

Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]


@store_router.get(
    "/coupon-offers", response={200: Page[CouponOffer], **errors(Invalid)}, summary="Coupons to claim"
)
def list_coupon_offers(
    request: StoreRequest, merchant_id: UUID | None = None, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """The newest first, of one merchant with `merchant_id`. `state` says whether one can still be had."""
    return encoded(
        queries.offers(
            buyer=request.buyer,
            merchant_id=MerchantId(merchant_id) if merchant_id else None,
            cursor=cursor,
            limit=limit,
            language=request.language,
            now=request.now,
        )
    )


@store_router.post(
    "/coupon-offers/{coupon_offer_id}/claims",
    response={
        201: BuyerCoupon,
        **errors(SignInNeeded, NotFound, CouponsGone, CouponLimitReached, DeviceLimitReached, NotDrawn),
    },
    auth=buyer,
    summary="Claim a coupon",
)
def claim_coupon(request: BuyerRequest, coupon_offer_id: UUID, key: Key) -> HttpResponse:
    """The same key again answers the same coupon. One device has no more of them than one person may.
    A coupon that is measured is drawn by lot: `coupon_not_drawn`, each time again.
    """
    _slow_down(request, "coupon_claim", per_second=0.5, burst=30)
    made = services.claim(
        buyer=request.buyer,
        template_id=CouponTemplateId(coupon_offer_id),
        key=key,
        device=device_of(request.visitor),
        now=request.now,
    )
    return _answer(request, made)


@store_router.post(
    "/coupon-codes",
    response={201: BuyerCoupon, **errors(SignInNeeded, Invalid, CodeUnknown)},
    auth=buyer,
    summary="Exchange a code for a coupon",
)
def exchange_code(
    request: BuyerRequest,
    wish: Annotated[CodeWish, Body(..., examples=[{"code": "7KQ2-M9XD-4TRB"}])],
) -> HttpResponse:
    """A code that does not exist and one that was used answer alike. The same code again answers the same coupon."""
    _slow_down(request, "coupon_code", per_second=0.02, burst=10)
    made = services.exchange(
        buyer=request.buyer, code=wish.code, device=device_of(request.visitor), now=request.now
    )
    return _answer(request, made)


@store_router.get(
    "/me/coupons",
    response={200: Page[BuyerCoupon], **errors(SignInNeeded, Invalid)},
    auth=buyer,
    summary="My coupons",
)
def list_my_coupons(
    request: BuyerRequest,
    state: CouponState = CouponState.USABLE,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Those in a state: usable ones by their end, the others from the latest end."""
    return encoded(
        queries.coupons_of(
            buyer=request.buyer,
            state=state,
            cursor=cursor,
            limit=limit,
            language=request.language,
            now=request.now,
        )
    )


def _slow_down(request: BuyerRequest, what: str, *, per_second: float, burst: int) -> None:
    """Limit an account, and four times as generously all accounts behind one connection. Raises: TooFast (429)."""
    rate_limit.take(what, str(request.buyer), per_second=per_second, burst=burst, now=request.now)
    rate_limit.take(
        f"{what}_from", request.client_ip, per_second=4 * per_second, burst=4 * burst, now=request.now
    )


def _answer(request: BuyerRequest, coupon_id: CouponId) -> HttpResponse:
    return created(
        queries.coupon(buyer=request.buyer, coupon_id=coupon_id, language=request.language, now=request.now)
    )
