"""Operations that run the flows of money: paying a trade, refunding an order."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.flows import refund, refund_preview, take_payment
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
from jishi.kernel.ids import OrderId, TradeId
from jishi.kernel.keys import OptionalKey
from jishi.money.payments.services import AlreadyPaid, ChannelDown, PaymentClosed
from jishi.money.payments.services_channels import ChannelNotInUse
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.types import (
    PaymentRequest,
    PaymentStart,
    PaymentSummary,
    Refund,
    RefundRequest,
)
from jishi.money.payments.types_preview import CancellationPreview, RefundPreview
from jishi.trade.orders.services import PiecesGone

store_router = Router(tags=["payments"])
merchant_router = Router(tags=["refunds"])

PaymentBody = Annotated[PaymentRequest, Body(..., examples=[{"channel": "alipay", "client": "desktop"}])]
REFUND_EXAMPLES = [
    {
        "lines": [{"order_line_id": "0190a0b2-7e1c-7c3d-8f00-1234567890ab", "quantity": 1}],
        "reason": "少发一件",
    },
    {"amount": {"amount_minor": 500, "currency": "CNY"}, "reason": "包装破损"},
]
RefundBody = Annotated[RefundRequest, Body(..., examples=REFUND_EXAMPLES)]
REFUND_ERRORS = (SignInNeeded, NotAllowed, NotFound, NothingToRefund, RefundTooMuch, Invalid)


@store_router.post(
    "/trades/{trade_id}/payments",
    response={
        201: PaymentStart,
        **errors(SignInNeeded, NotFound, AlreadyPaid, PaymentClosed, ChannelNotInUse, ChannelDown),
    },
    auth=buyer,
    summary="Pay a trade",
)
def start_payment(request: BuyerRequest, trade_id: UUID, body: PaymentBody) -> HttpResponse:
    """What the browser does next: follow `redirect_url`, or show `qr_code` and wait.

    Again gives the same way.
    """
    started = take_payment.start(
        trade_id=TradeId(trade_id),
        buyer=request.buyer,
        request=body,
        client_ip=request.client_ip,
        now=request.now,
    )
    return created(started)


@store_router.get(
    "/trades/{trade_id}/payments",
    response={200: PaymentSummary, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="How far the payment of a trade is",
)
def get_payment(request: BuyerRequest, trade_id: UUID, returned: bool = False) -> HttpResponse:
    """Asked anew at the channel while it is open: the page that waits, and the one a buyer `returned` to,
    use it.
    """
    found = take_payment.look(
        trade_id=TradeId(trade_id), buyer=request.buyer, has_returned=returned, now=request.now
    )
    return encoded(found)


@store_router.get(
    "/orders/{order_id}/cancellation",
    response={200: CancellationPreview, **errors(SignInNeeded, NotFound, NothingToRefund)},
    auth=buyer,
    summary="What cancelling an order would send back",
)
def preview_cancellation(request: BuyerRequest, order_id: UUID) -> HttpResponse:
    """Of a paid order that waits for shipment: goods, freight and discounts, to the cent. Changes nothing."""
    preview = refund_preview.preview_cancellation(
        order_id=OrderId(order_id), buyer=request.buyer, language=request.language
    )
    return encoded(preview)


@merchant_router.post(
    "/orders/{order_id}/refunds",
    response={201: Refund, **errors(*REFUND_ERRORS, PiecesGone, KeyReused)},
    auth=merchant_staff("operator", "service", "finance"),
    summary="Refund pieces or an amount of an order",
)
def request_refund(
    request: MerchantRequest, order_id: UUID, body: RefundBody, key: OptionalKey = None
) -> HttpResponse:
    """The money goes back the way it came; pieces that were not sent yet go back on sale.

    With an `Idempotency-Key` the request can be sent again and answers the same refund.
    """
    opened = refund.request_refund(
        merchant_id=request.merchant_id,
        order_id=OrderId(order_id),
        request=body,
        staff=request.staff,
        key=key,
        now=request.now,
    )
    return created(opened)


@merchant_router.post(
    "/orders/{order_id}/refunds/preview",
    response={200: RefundPreview, **errors(*REFUND_ERRORS)},
    auth=merchant_staff("operator", "service", "finance"),
    summary="What a refund would send back",
)
def preview_refund(request: MerchantRequest, order_id: UUID, body: RefundBody) -> HttpResponse:
    """To the cent, line by line, before anybody confirms it, and which discounts are kept. Changes nothing."""
    preview = refund_preview.preview_refund(
        merchant_id=request.merchant_id, order_id=OrderId(order_id), request=body, language=request.language
    )
    return encoded(preview)
