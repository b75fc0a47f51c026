"""Oneself and one's addresses over HTTP. Signing in and up is allauth's, under /_allauth/."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.identity.accounts import queries, services
from jishi.identity.accounts.services import AddressLimit
from jishi.identity.accounts.types import Address, AddressChange, AddressWish, Me, MeChange
from jishi.kernel import regions
from jishi.kernel.errors import Invalid, NotFound, SignInNeeded
from jishi.kernel.http import (
    BuyerRequest,
    PublicRequest,
    buyer,
    created,
    encoded,
    errors,
    no_content,
)
from jishi.kernel.ids import AddressId
from jishi.kernel.pagination import Page
from jishi.kernel.regions import RegionNode

store_router = Router(tags=["account"])

REGIONS_SECONDS = 24 * 3600

EXAMPLE_ADDRESS = {
    "recipient": "王小明",
    "phone": "13800138000",
    "area_code": "310104",
    "street": "漕溪北路 100 号 3 栋 402",
    "postcode": "200030",
    "is_default": True,
}
MeChangeBody = Annotated[MeChange, Body(..., examples=[{"nickname": "小明", "language": "zh"}])]
WishBody = Annotated[AddressWish, Body(..., examples=[EXAMPLE_ADDRESS])]
ChangeBody = Annotated[
    AddressChange, Body(..., examples=[{"street": "漕溪北路 100 号 3 栋 501"}, {"is_default": True}])
]


@store_router.get("/me", response={200: Me, **errors(SignInNeeded)}, auth=buyer, summary="Who am I")
def get_me(request: BuyerRequest) -> HttpResponse:
    """The signed-in person; e-mail address and phone are masked."""
    return encoded(queries.me(request.buyer))


@store_router.patch(
    "/me", response={200: Me, **errors(SignInNeeded, Invalid)}, auth=buyer, summary="Change my profile"
)
def change_me(request: BuyerRequest, change: MeChangeBody) -> HttpResponse:
    """Nickname and language; what is left out stays. E-mail, phone and password: see /_allauth/."""
    return encoded(services.change_me(user_id=request.buyer, change=change))


@store_router.get(
    "/addresses", response={200: Page[Address], **errors(SignInNeeded)}, auth=buyer, summary="My addresses"
)
def list_addresses(request: BuyerRequest) -> HttpResponse:
    """All of them (at most 50) on one page, the default one first, then the newest."""
    return encoded(queries.addresses(buyer=request.buyer))


@store_router.post(
    "/addresses",
    response={201: Address, **errors(SignInNeeded, AddressLimit, Invalid)},
    auth=buyer,
    summary="Add an address",
)
def add_address(request: BuyerRequest, wish: WishBody) -> HttpResponse:
    """The first one becomes the default. `area_code` is a district of `GET /store/regions`."""
    return created(services.add_address(buyer=request.buyer, wish=wish))


@store_router.get(
    "/addresses/{address_id}",
    response={200: Address, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="One of my addresses",
)
def get_address(request: BuyerRequest, address_id: UUID) -> HttpResponse:
    """In clear, because its owner must be able to correct it."""
    return encoded(queries.address(buyer=request.buyer, address_id=AddressId(address_id)))


@store_router.patch(
    "/addresses/{address_id}",
    response={200: Address, **errors(SignInNeeded, NotFound, Invalid)},
    auth=buyer,
    summary="Correct an address",
)
def change_address(request: BuyerRequest, address_id: UUID, change: ChangeBody) -> HttpResponse:
    """What is left out stays. Orders keep the address they were placed with."""
    changed = services.change_address(buyer=request.buyer, address_id=AddressId(address_id), change=change)
    return encoded(changed)


@store_router.delete(
    "/addresses/{address_id}",
    response={204: None, **errors(SignInNeeded, NotFound)},
    auth=buyer,
    summary="Remove an address",
)
def remove_address(request: BuyerRequest, address_id: UUID) -> HttpResponse:
    """When it was the default, the newest of the others becomes it."""
    services.remove_address(buyer=request.buyer, address_id=AddressId(address_id))
    return no_content()


@store_router.get("/regions", response={200: Page[RegionNode]}, summary="Provinces, cities and districts")
def list_regions(request: PublicRequest) -> HttpResponse:  # noqa: ARG001 - the same for everybody
    """China's regions (GB/T 2260) as a tree, for address pickers; names are Chinese. One page."""
    answer = encoded(Page(items=regions.tree()))
    answer.headers["Cache-Control"] = f"public, max-age={REGIONS_SECONDS}"
    return answer
