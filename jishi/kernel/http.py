"""How a context speaks HTTP: who asks, what errors it may answer, how a value becomes bytes.

`api.py` modules use only this and their own services and queries; `entry/http` mounts the routers and renders errors.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse

from jishi.kernel.errors import ShopError
from jishi.kernel.ids import MerchantId, UserId, VisitorId


@dataclass(frozen=True, slots=True)
class Problem:
    """RFC 9457 problem details. `code` is stable; `detail` is for people, in the asked language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    data: dict[str, Any] | None = None
    field: str | None = None


class ShopRequest(HttpRequest):
    """What the middleware of `entry/http` adds to every request."""

    now: datetime
    language: str  # zh | en
    client_ip: str


class StoreRequest(ShopRequest):
    """A request of the storefront. `buyer` is None for a visitor; `owner_id` owns the cart of either."""

    buyer: UserId | None
    visitor: VisitorId
    owner_id: UUID


class BuyerRequest(StoreRequest):
    """A request of somebody signed in."""

    buyer: UserId


class MerchantRequest(ShopRequest):
    """A request of merchant staff, already proven to belong to `merchant_id` with the role the operation needs."""

    staff: UserId
    merchant_id: MerchantId
    role: str


def errors(*kinds: type[ShopError]) -> dict[int, Any]:
    """Return the response entries that document `kinds` in OpenAPI, for `response={200: T, **errors(A, B)}`."""
    return {kind.status: Problem for kind in kinds}


def encoded(value: object, *, status: int = 200) -> HttpResponse:
    """Answer `value` (a public dataclass) as JSON bytes, without a second validation."""
    return HttpResponse(msgspec.json.encode(value), content_type="application/json", status=status)


def created(value: object) -> HttpResponse:
    """Answer 201 with `value`."""
    return encoded(value, status=201)


def no_content() -> HttpResponse:
    """Answer 204."""
    return HttpResponse(status=204)
