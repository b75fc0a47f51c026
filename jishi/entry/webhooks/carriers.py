"""Carriers push scans: believed only with their signature, taken in as often as they come."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Router

from jishi.flows.track import record_scans
from jishi.kernel.errors import NotFound
from jishi.kernel.http import ShopRequest, errors
from jishi.trade.shipping import services, services_carriers

router = Router(tags=["hooks"])

# The kuaidi100 protocol's own answer, whether the push was taken in or not.
REPLY = {
    "description": "Whether the push was taken in",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["result", "returnCode", "message"],
                "properties": {
                    "result": {"type": "boolean"},
                    "returnCode": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
            "example": {"result": True, "returnCode": "200", "message": "成功"},
        }
    },
}
CarrierCode = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,32}$", examples=["shunfeng"])]
UNKNOWN_PARCEL = "unknown_parcel"


@router.post(
    "/carriers/{carrier}",
    response=errors(NotFound),
    summary="A carrier pushes scans",
    openapi_extra={
        "responses": {200: REPLY, 400: REPLY},
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["sign", "param"],
                        "properties": {"sign": {"type": "string"}, "param": {"type": "string"}},
                    },
                    "example": {"sign": "0D3A6E0F1C5B4E7A9D2C8F6B1A4E3C7D", "param": "{…}"},
                }
            },
        },
    },
)
def take_push(request: ShopRequest, carrier: CarrierCode) -> HttpResponse:
    """The kuaidi100 protocol: a form of `param` (JSON) and `sign` (MD5 of it with our salt).

    A push that is not what it claims to be changes nothing, is kept for a person to look at, and is refused.
    """
    reason = _refused(request, carrier)
    if reason:
        services.note_forged(
            carrier=carrier,
            reason=reason,
            client_ip=request.client_ip,
            body=request.body.decode("utf-8", "replace"),
            now=request.now,
        )
    reply = services_carriers.reply(is_done=not reason, now=request.now)
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)


def _refused(request: ShopRequest, carrier: str) -> str | None:
    """Take the push in; return why it was refused, if it was."""
    try:
        tracking = services_carriers.read_push(carrier=carrier, body=request.body, now=request.now)
    except services_carriers.RefusedPush as refused:
        return refused.reason
    found = record_scans(
        carrier=carrier,
        tracking_number=tracking.tracking_number,
        scans=tracking.scans,
        now=request.now,
    )
    return None if found else UNKNOWN_PARCEL
