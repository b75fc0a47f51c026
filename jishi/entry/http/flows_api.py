"""Operations that run a flow of trade: they live here because contexts do not know flows."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.flows.cancel import CannotCancel, cancel_order
from jishi.flows.place_order import CartChanged, place_order
from jishi.flows.receive import CannotConfirm, confirm_receipt
from jishi.flows.ship import NothingToShip, OneWarehousePerParcel, ship_order
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import (
    BuyerRequest,
    MerchantRequest,
    buyer,
    created,
    encoded,
    errors,
    merchant_staff,
)
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import OrderId
from jishi.kernel.keys import Key, OptionalKey
from jishi.offering.inventory.services import OutOfStock
from jishi.trade.checkout.services_quotes import (
    AddressNeeded,
    AreaNotServed,
    CartEmpty,
    LimitReached,
    MethodNotOffered,
    NotForSale,
    QuoteUsed,
)
from jishi.trade.checkout.types import TradeRequest
from jishi.trade.orders import queries_pages as orders
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.services_placing import TooManyUnpaid
from jishi.trade.orders.types import CancelWish, Order, ParcelWish, Trade
from jishi.trade.shipping.services import TrackingNumberUsed
from jishi.trade.shipping.services_carriers import CarrierAway, LabelRefused
from jishi.trade.shipping.types import Parcel

store_router = Router(tags=["orders"])
merchant_router = Router(tags=["orders"])

QUOTE = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
LINE = "0198f3a2-9999-7b1e-9d3a-2f6c1c0a51aa"
TRADE_EXAMPLE = {"quote_id": QUOTE, "expected_total": {"amount_minor": 12800, "currency": "CNY"}}
PARCEL_EXAMPLES = [
    {"carrier": "shunfeng"},
    {"carrier": "zhongtong", "tracking_number": "78123456789012"},
    {"carrier": "shunfeng", "lines": [{"order_line_id": LINE, "quantity": 1}]},
]


@store_router.post(
    "/trades",
    response={
        201: Trade,
        **errors(
            SignInNeeded,
            NotFound,
            Invalid,
            CartChanged,
            OutOfStock,
            QuoteUsed,
            AddressNeeded,
            KeyReused,
            CartEmpty,
            NotForSale,
            LimitReached,
            TooManyUnpaid,
            AreaNotServed,
            MethodNotOffered,
        ),
    },
    auth=buyer,
    summary="Place an order",
)
def create_trade(
    request: BuyerRequest,
    wish: Annotated[TradeRequest, Body(..., examples=[TRADE_EXAMPLE])],
    key: Key,
) -> HttpResponse:
    """Turn a quote into one order per merchant and one payment; its stock is reserved until the deadline.

    `409 cart_changed` carries the new quote in `data.quote`: show it and let the buyer confirm again. Pay
    with `POST /store/trades/{id}/payments`.
    """
    return created(
        place_order(
            buyer=request.buyer,
            quote_id=wish.quote_id,
            expected_total=wish.expected_total,
            key=key,
            language=request.language,
            now=request.now,
        )
    )


@store_router.post(
    "/orders/{order_id}/cancel",
    response={200: Order, **errors(SignInNeeded, NotFound, CannotCancel)},
    auth=buyer,
    summary="Cancel an order",
)
def cancel(
    request: BuyerRequest,
    order_id: UUID,
    wish: Annotated[CancelWish, Body(..., examples=[{"reason": "不想要了"}])],
) -> HttpResponse:
    """Before anything was sent. A paid order is refunded in full; an unpaid one closes its whole trade."""
    cancel_order(order_id=OrderId(order_id), buyer=request.buyer, reason=wish.reason, now=request.now)
    return _order(request, order_id)


@store_router.post(
    "/orders/{order_id}/confirm-receipt",
    response={200: Order, **errors(SignInNeeded, NotFound, CannotConfirm)},
    auth=buyer,
    summary="Confirm the receipt",
)
def confirm(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Everything has arrived. The order completes when its return window is over."""
    confirm_receipt(order_id=OrderId(order_id), buyer=request.buyer, now=request.now)
    return _order(request, order_id)


@merchant_router.post(
    "/orders/{order_id}/parcels",
    response={
        201: Parcel,
        **errors(
            SignInNeeded,
            NotAllowed,
            NotFound,
            Invalid,
            LabelRefused,
            NothingToShip,
            PiecesGone,
            OneWarehousePerParcel,
            TrackingNumberUsed,
            KeyReused,
            CarrierAway,
        ),
    },
    auth=merchant_staff("operator", "warehouse"),
    summary="Ship a parcel",
)
def create_parcel(
    request: MerchantRequest,
    order_id: UUID,
    wish: Annotated[ParcelWish, Body(..., examples=PARCEL_EXAMPLES)],
    key: OptionalKey = None,
) -> HttpResponse:
    """All pieces that are left, or those of `lines`. Without `tracking_number` the carrier gives a label.

    `GET /merchant/carriers` lists the carriers. The parcel follows the carrier's scans from now on. With an
    `Idempotency-Key` the request can be sent again and answers the same parcel.
    """
    return created(
        ship_order(
            order_id=OrderId(order_id),
            merchant_id=request.merchant_id,
            wish=wish,
            staff=request.staff,
            key=key,
            now=request.now,
        )
    )


def _order(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    return encoded(
        orders.order_of_buyer(
            order_id=OrderId(order_id),
            buyer=request.buyer,
            language=request.language,
            now=request.now,
        )
    )
