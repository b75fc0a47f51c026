"""How a context speaks HTTP: who asks, what errors it may answer, how a value becomes bytes.

`api.py` modules use only this and their own services and queries; `entry/http` mounts and renders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja.security.base import AuthBase

from jishi.kernel.channels import Channel
from jishi.kernel.errors import NotAllowed, NotFound, ShopError, SignInNeeded
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


class PublicRequest(HttpRequest):
    """All that an operation may know whose answer is the same for everybody: strangers get it without the way
    through the middleware.
    """

    now: datetime
    language: str  # zh | en


class ShopRequest(PublicRequest):
    """What the middleware of `entry/http` adds to every request."""

    client_ip: str


class StoreRequest(ShopRequest):
    """A request of the storefront. `buyer` is None for a visitor; `owner_id` owns the cart of either."""

    buyer: UserId | None
    visitor: VisitorId
    owner_id: UUID
    channel: Channel


class BuyerRequest(StoreRequest):
    """A request of somebody signed in."""

    buyer: UserId


class MerchantRequest(ShopRequest):
    """A request of merchant staff, proven to belong to `merchant_id` with the role the operation needs."""

    staff: UserId
    merchant_id: MerchantId
    role: str
    memberships: "Callable[[], Sequence[Member]]"


def errors(*kinds: type[ShopError]) -> dict[int, Any]:
    """Return what documents `kinds` in OpenAPI, for `response={200: T, **errors(A, B)}`."""
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


class Member(Protocol):
    """One merchant somebody works for, as the middleware finds it."""

    @property
    def merchant_id(self) -> MerchantId: ...

    @property
    def role(self) -> str: ...


class _Asker(AuthBase):
    """Sign-in by session cookie (browsers) or by the header X-Session-Token (apps)."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "X-Session-Token"

    def __call__(self, request: HttpRequest) -> object:
        raise NotImplementedError


class _Buyer(_Asker):
    def __call__(self, request: HttpRequest) -> object:
        asker = cast(StoreRequest, request)
        if asker.buyer is None:
            raise SignInNeeded
        return asker.buyer


class _MerchantStaff(_Asker):
    """Staff of the merchant named by X-Merchant-Id, or of the only (first) one without the header."""

    def __init__(self, roles: tuple[str, ...]) -> None:
        super().__init__()
        self.roles = {"owner", *roles}

    def __call__(self, request: HttpRequest) -> object:
        asker = cast(MerchantRequest, request)
        if not asker.user.is_authenticated:
            raise SignInNeeded
        member = _chosen(asker.memberships(), asker.headers.get("X-Merchant-Id"))
        if member.role not in self.roles:
            raise NotAllowed
        asker.staff = UserId(asker.user.pk)
        asker.merchant_id = member.merchant_id
        asker.role = member.role
        return member


def _chosen(members: Sequence[Member], wanted: str | None) -> Member:
    if not members:
        raise NotAllowed
    if not wanted:
        return members[0]
    for member in members:
        if str(member.merchant_id) == wanted:
            return member
    raise NotFound


buyer = _Buyer()


def merchant_staff(*roles: str) -> _MerchantStaff:
    """Return the auth that admits an owner and the given roles of a merchant."""
    return _MerchantStaff(roles)
