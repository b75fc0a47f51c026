"""POST /hooks/payments/{channel}: where the channels tell us of money."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Router

from jishi.flows import hear_channel
from jishi.kernel.errors import TooLarge
from jishi.kernel.http import ShopRequest, errors
from jishi.money.payments.services_channels import ChannelNotInUse
from jishi.money.payments.types import ChannelName

router = Router(tags=["hooks"])

BODY_BYTES_MAX = 64 * 1024  # a callback has a few kilobytes


def _reply(plain: str, code: str) -> dict[str, Any]:
    """Describe an answer in the words of either channel: Alipay's plain text, WeChat's JSON."""
    fields = {"code": {"type": "string"}, "message": {"type": "string"}}
    return {
        "description": f"What the channel wants to hear: `{plain}` (Alipay) or a `code` (WeChat Pay)",
        "content": {
            "text/plain": {"schema": {"type": "string"}, "example": plain},
            "application/json": {
                "schema": {"type": "object", "required": ["code"], "properties": fields},
                "example": {"code": code, "message": ""},
            },
        },
    }


@router.post(
    "/payments/{channel}",
    response=errors(ChannelNotInUse, TooLarge),
    summary="A payment channel's callback",
    openapi_extra={
        "responses": {200: _reply("success", "SUCCESS"), 400: _reply("fail", "FAIL")},
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object"},
                    "example": {"notify_id": "…", "out_trade_no": "…", "trade_status": "TRADE_SUCCESS"},
                },
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"id": "…", "event_type": "TRANSACTION.SUCCESS", "resource": {}},
                },
            },
        },
    },
)
def hear_payment_channel(request: HttpRequest, channel: ChannelName) -> HttpResponse:
    """Signed by the channel, in the channel's own format; answered in its own words.

    A forged one is refused.
    """
    if int(request.headers.get("Content-Length") or 0) > BODY_BYTES_MAX:
        raise TooLarge
    reply = hear_channel.hear(
        name=channel, headers=dict(request.headers), body=request.body, now=cast(ShopRequest, request).now
    )
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
