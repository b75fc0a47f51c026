"""What travels in no parcel over HTTP: codes and vouchers, for their buyer and for the merchant."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.flows import hand_over
from jishi.flows.hand_over import CannotRedeem, NothingUnused, NoWarehouse
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import BuyerRequest, MerchantRequest, buyer, encoded, errors, merchant_staff
from jishi.kernel.ids import OrderId
from jishi.kernel.pagination import Page
from jishi.trade.handover import queries
from jishi.trade.handover.types import CodePool, CodesAdded, CodeUpload, Handover, Redeemed, VoucherWish

store_router = Router(tags=["orders"])
merchant_router = Router(tags=["vouchers"])

SKU = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
CODES_EXAMPLE = {"sku_id": SKU, "codes": ["JSHI-7Q2K-9F4M", "JSHI-1B8T-6X3P"]}
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]


@store_router.get(
    "/orders/{order_id}/handover",
    response={200: Handover, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="Codes and vouchers of my order",
)
def handover(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Codes stay hidden until they are opened. Vouchers show their number, which the merchant's staff redeem."""
    return _handover(request, order_id)


@store_router.post(
    "/orders/{order_id}/codes/{code_id}/open",
    response={200: Handover, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="Open a code",
)
def open_code(request: BuyerRequest, order_id: UUID, code_id: UUID) -> HttpResponse:
    """Shows the code. An opened code goes back only if the merchant agrees."""
    hand_over.open_code(order_id=OrderId(order_id), code_id=code_id, buyer=request.buyer, now=request.now)
    return _handover(request, order_id)


@store_router.post(
    "/orders/{order_id}/return-unused",
    response={200: Handover, **errors(SignInNeeded, NotFound, NothingUnused)},
    auth=buyer,
    summary="Give back what was not used",
)
def return_unused(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Refunds all codes of the order that were not opened and all vouchers that were not used; they are void then."""
    hand_over.return_unused(order_id=OrderId(order_id), buyer=request.buyer, now=request.now)
    return _handover(request, order_id)


@merchant_router.get(
    "/codes",
    response={200: Page[CodePool], **errors(SignInNeeded, NotAllowed, Invalid)},
    auth=merchant_staff("operator", "warehouse"),
    summary="Pools of codes",
)
def list_pools(
    request: MerchantRequest,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """How many codes of each SKU are left, given and opened; the codes themselves are never shown again."""
    return encoded(
        queries.pools(merchant_id=request.merchant_id, cursor=cursor, limit=limit, language=request.language)
    )


@merchant_router.post(
    "/codes",
    response={200: CodesAdded, **errors(SignInNeeded, NotAllowed, NotFound, Invalid, NoWarehouse)},
    auth=merchant_staff("operator", "warehouse"),
    summary="Add codes to a pool",
)
def add_codes(
    request: MerchantRequest, wish: Annotated[CodeUpload, Body(..., examples=[CODES_EXAMPLE])]
) -> HttpResponse:
    """Each new code is one more piece on sale. Codes that are in a pool already are left out, so it can be sent
    again.
    """
    return encoded(
        hand_over.add_codes(merchant_id=request.merchant_id, wish=wish, staff=request.staff, now=request.now)
    )


@merchant_router.post(
    "/vouchers/redeem",
    response={200: Redeemed, **errors(SignInNeeded, NotAllowed, NotFound, Invalid, CannotRedeem)},
    auth=merchant_staff("operator", "warehouse", "service", "cashier"),
    summary="Redeem a voucher",
)
def redeem(
    request: MerchantRequest, wish: Annotated[VoucherWish, Body(..., examples=[{"code": "4821 0937 5566"}])]
) -> HttpResponse:
    """Use a voucher once. `409 cannot_redeem` says in `data.state` whether it is used, expired or void."""
    return encoded(
        hand_over.redeem(
            merchant_id=request.merchant_id,
            code=wish.code,
            staff=request.staff,
            language=request.language,
            now=request.now,
        )
    )


def _handover(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    return encoded(queries.handover_of(order_id=OrderId(order_id), buyer=request.buyer, now=request.now))
