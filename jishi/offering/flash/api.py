"""Flash sales over HTTP: the board and the gate for buyers, applications for merchants."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SignInNeeded, TooFast
from jishi.kernel.http import (
    BuyerRequest,
    MerchantRequest,
    StoreRequest,
    buyer,
    created,
    encoded,
    errors,
    merchant_staff,
    no_content,
)
from jishi.kernel.ids import FlashItemId, FlashSessionId, ProductId
from jishi.kernel.pagination import Page
from jishi.kernel.rate_limit import take
from jishi.offering.flash import queries, rules, services, services_reminders
from jishi.offering.flash import services_gate as gate
from jishi.offering.flash.queries import FlashOver
from jishi.offering.flash.services import FlashAppliedAlready, FlashPriceTooHigh, FlashTooLate
from jishi.offering.flash.services_gate import NotProven
from jishi.offering.flash.services_reminders import FlashBegun, TooManyReminders
from jishi.offering.flash.types import (
    Admission,
    AdmissionWish,
    Challenge,
    FlashApplication,
    FlashBoard,
    FlashMark,
    FlashProgress,
    FlashReminded,
    FlashSession,
    FlashStatus,
    FlashWish,
)

store_router = Router(tags=["flash"])
merchant_router = Router(tags=["flash"])

_staff = merchant_staff("operator")
SESSION = "01930000-0000-7000-8000-00000000000a"
ITEM = "01930000-0000-7000-8000-00000000000b"
SKU = "01930000-0000-7000-8000-000000000004"
WISH_EXAMPLE = {
    "flash_session_id": SESSION, "sku_id": SKU, "price_minor": 4900, "quota": 50, "per_buyer_max": 1,
}  # fmt: skip
PAGE = 20


@store_router.get("/flash", response={200: FlashBoard, **errors(NotFound)}, summary="Flash sales")
def get_flash_board(request: StoreRequest, flash_session_id: UUID | None = None) -> HttpResponse:
    """The sessions that run or come, and the items of one of them: the running or next one unless one is named."""
    session_id = FlashSessionId(flash_session_id) if flash_session_id else None
    return encoded(queries.board_kept(session_id=session_id, language=request.language, now=request.now))


@store_router.get(
    "/flash/sessions/{flash_session_id}/progress",
    response={200: FlashProgress, **errors(NotFound)},
    summary="What is left of a flash sale",
)
def get_flash_progress(request: StoreRequest, flash_session_id: UUID) -> HttpResponse:
    """What is left of a session's items, a second old at most: cheap to ask again and again."""
    return encoded(queries.progress(FlashSessionId(flash_session_id), now=request.now))


@store_router.get(
    "/products/{product_id}/flash",
    response={200: FlashMark, **errors(NotFound)},
    summary="The flash sale of a product",
)
def get_product_flash(request: StoreRequest, product_id: UUID) -> HttpResponse:
    """The offer of a product that runs now, or comes within a day; empty when there is none."""
    return encoded(queries.mark_of(ProductId(product_id), language=request.language, now=request.now))


@store_router.get(
    "/flash/reminders",
    response={200: Page[FlashReminded], **errors(SignInNeeded)},
    auth=buyer,
    summary="Flash sales that I wait for",
)
def list_flash_reminders(request: BuyerRequest) -> HttpResponse:
    """What the buyer is told of before it starts, the earliest first. One page."""
    return encoded(Page(items=queries.reminded(request.buyer, language=request.language, now=request.now)))


@store_router.put(
    "/flash/items/{flash_item_id}/reminder",
    response={204: None, **errors(SignInNeeded, NotFound, FlashBegun, TooManyReminders)},
    auth=buyer,
    summary="Remind me of a flash sale",
)
def remind_of_flash(request: BuyerRequest, flash_item_id: UUID) -> HttpResponse:
    """Be told by text message or mail a few minutes before the item's session starts; again is no change."""
    services_reminders.remind(item_id=FlashItemId(flash_item_id), buyer=request.buyer, now=request.now)
    return no_content()


@store_router.delete(
    "/flash/items/{flash_item_id}/reminder",
    response={204: None, **errors(SignInNeeded)},
    auth=buyer,
    summary="Remind me no more",
)
def forget_flash_reminder(request: BuyerRequest, flash_item_id: UUID) -> HttpResponse:
    """Drop a reminder; without one nothing changes."""
    services_reminders.forget(item_id=FlashItemId(flash_item_id), buyer=request.buyer)
    return no_content()


@store_router.get(
    "/flash/items/{flash_item_id}/challenge",
    response={200: Challenge, **errors(SignInNeeded, NotFound, FlashOver, TooFast)},
    auth=buyer,
    summary="The work before the gate",
)
def get_flash_challenge(request: BuyerRequest, flash_item_id: UUID) -> HttpResponse:
    """Work that a browser does in a tenth of a second and whoever asks by thousands does not like; good for 15
    minutes.
    """
    take("flash.challenge", str(request.buyer), per_second=0.5, burst=10, now=request.now)
    return encoded(gate.challenge(FlashItemId(flash_item_id), request.buyer, now=request.now))


@store_router.post(
    "/flash/items/{flash_item_id}/admissions",
    response={200: Admission, **errors(SignInNeeded, NotFound, FlashOver, NotProven, TooFast)},
    auth=buyer,
    summary="Stand at the gate",
)
def enter_flash(
    request: BuyerRequest,
    flash_item_id: UUID,
    wish: Annotated[AdmissionWish, Body(..., examples=[{"challenge": "c0ffee:1:sig", "nonce": 4711}])],
) -> HttpResponse:
    """Admitted with a token to buy by, or a place in the queue with an estimate. Asking again keeps the place; who
    stops asking for twenty seconds loses it.
    """
    take("flash.account", str(request.buyer), per_second=1, burst=5, now=request.now)
    take("flash.address", request.client_ip, per_second=100, burst=2_000, now=request.now)
    return encoded(
        gate.enter(item_id=FlashItemId(flash_item_id), buyer=request.buyer, wish=wish, now=request.now)
    )


@merchant_router.get(
    "/flash/sessions",
    auth=_staff,
    response={200: Page[FlashSession], **errors(NotAllowed, NotFound, Invalid)},
    summary="Sessions to apply for",
)
def list_flash_sessions(request: MerchantRequest) -> HttpResponse:
    """The sessions of the coming days, the earliest first. One page."""
    return encoded(Page(items=queries.sessions(now=request.now, days=rules.DAYS_AHEAD)))


@merchant_router.get(
    "/flash/applications",
    auth=_staff,
    response={200: Page[FlashApplication], **errors(NotAllowed, NotFound, Invalid)},
    summary="My flash sales",
)
def list_flash_applications(
    request: MerchantRequest,
    status: FlashStatus | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Field(ge=1, le=100)] = PAGE,
) -> HttpResponse:
    """My applications, the newest first; `before` is the id of the last one that was read."""
    found = queries.applications(
        request.merchant_id,
        status=status,
        before=FlashItemId(before) if before else None,
        limit=limit,
        language=request.language,
    )
    return encoded(Page(items=found))


@merchant_router.post(
    "/flash/applications",
    auth=_staff,
    response={
        201: FlashApplication,
        **errors(NotAllowed, NotFound, Invalid, FlashTooLate, FlashPriceTooHigh, FlashAppliedAlready),
    },
    summary="Apply for a flash sale",
)
def apply_flash(
    request: MerchantRequest, wish: Annotated[FlashWish, Body(..., examples=[WISH_EXAMPLE])]
) -> HttpResponse:
    """Offer pieces of a SKU in a session. The platform decides; the pieces are set aside shortly before the start."""
    item_id = services.apply(
        merchant_id=request.merchant_id, wish=wish, staff_id=request.staff, now=request.now
    )
    return created(queries.application(request.merchant_id, item_id, language=request.language))


@merchant_router.delete(
    "/flash/applications/{flash_item_id}",
    auth=_staff,
    response={204: None, **errors(NotAllowed, NotFound, Invalid, Conflict)},
    summary="Withdraw an application",
)
def withdraw_flash(request: MerchantRequest, flash_item_id: UUID) -> HttpResponse:
    """Take an application back before its session is prepared; again is no change."""
    services.withdraw(
        merchant_id=request.merchant_id,
        item_id=FlashItemId(flash_item_id),
        staff_id=request.staff,
        now=request.now,
    )
    return no_content()
