"""How stores are decorated, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.discovery.content import queries_decoration as queries
from jishi.discovery.content import services_decoration as services
from jishi.discovery.content.services_decoration import DecorationChanged
from jishi.discovery.content.types_decoration import (
    Decoration,
    DecorationSave,
    DecorationVersionMove,
    DecorationVersionRow,
    PreviewAddress,
    StoreFront,
)
from jishi.identity.merchants import queries as merchants
from jishi.kernel import hot
from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, PublicRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import MerchantId
from jishi.kernel.pagination import Page

store_router = Router(tags=["content"])
merchant_router = Router(tags=["content"])

_PUBLIC_SECONDS = 5
_EDITOR = merchant_staff("operator")
_EMPTY = {"zh": "", "en": ""}
_EXAMPLE: dict[str, Any] = {
    "blocks": [
        {
            "kind": "chosen_products",
            "title": {"zh": "店主推荐", "en": "Our favourites"},
            "text": _EMPTY,
            "product_ids": ["01930000-0000-7000-8000-000000000001"],
        },
        {
            "kind": "banners",
            "title": _EMPTY,
            "text": _EMPTY,
            "pictures": [
                {
                    "media_id": "01930000-0000-7000-8000-000000000002",
                    "alt": {"zh": "新茶上市", "en": "The new tea is here"},
                    "store_category_id": "01930000-0000-7000-8000-000000000003",
                }
            ],
        },
    ],
    "version": 3,
}
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
SaveBody = Annotated[DecorationSave, Body(..., examples=[_EXAMPLE])]
MoveBody = Annotated[DecorationVersionMove, Body(..., examples=[{"version": 3}])]


@store_router.get(
    "/stores/{merchant_id}/front",
    response={200: StoreFront, **errors(NotFound)},
    summary="How a store is decorated",
)
def get_store_front(request: PublicRequest, merchant_id: UUID) -> HttpResponse:
    """What stands above the goods of a store, as it was published; no blocks when it is not decorated."""
    store = merchants.store(MerchantId(merchant_id), language=request.language)
    found = queries.front_answer(store.id, language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@merchant_router.get(
    "/decoration",
    auth=_EDITOR,
    response={200: Decoration, **errors(NotAllowed, NotFound)},
    summary="Our decoration",
)
def get_decoration(request: MerchantRequest) -> HttpResponse:
    """The draft, and whether buyers see just that."""
    return encoded(queries.decoration(request.merchant_id))


@merchant_router.put(
    "/decoration",
    auth=_EDITOR,
    response={200: Decoration, **errors(NotAllowed, NotFound, Invalid, DecorationChanged)},
    summary="Write the draft of our decoration",
)
def save_decoration(request: MerchantRequest, body: SaveBody) -> HttpResponse:
    """All of its blocks, in their order; buyers see nothing of it. 409 when a colleague was faster."""
    services.save_draft(
        merchant_id=request.merchant_id,
        blocks=body.blocks,
        version=body.version,
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(queries.decoration(request.merchant_id))


@merchant_router.post(
    "/decoration/publish",
    auth=_EDITOR,
    response={200: Decoration, **errors(NotAllowed, NotFound, Invalid, DecorationChanged)},
    summary="Publish the draft of our decoration",
)
def publish_decoration(request: MerchantRequest, body: MoveBody) -> HttpResponse:
    """Buyers see it at once; an empty draft takes the decoration away."""
    services.publish(
        merchant_id=request.merchant_id, version=body.version, staff_id=request.staff, now=request.now
    )
    return encoded(queries.decoration(request.merchant_id))


@merchant_router.get(
    "/decoration/versions",
    auth=_EDITOR,
    response={200: Page[DecorationVersionRow], **errors(NotAllowed, NotFound)},
    summary="What our decoration was",
)
def list_decoration_versions(request: MerchantRequest) -> HttpResponse:
    """The last 20 that were published, the latest first. One page."""
    return encoded(Page(items=queries.versions(request.merchant_id)))


@merchant_router.post(
    "/decoration/versions/{number}/restore",
    auth=_EDITOR,
    response={200: Decoration, **errors(NotAllowed, NotFound, DecorationChanged)},
    summary="Draft an earlier decoration anew",
)
def restore_decoration(request: MerchantRequest, number: Number, body: MoveBody) -> HttpResponse:
    """It becomes the draft; buyers see it once it is published."""
    services.restore(
        merchant_id=request.merchant_id,
        number=number,
        version=body.version,
        staff_id=request.staff,
        now=request.now,
    )
    return encoded(queries.decoration(request.merchant_id))


@merchant_router.get(
    "/decoration/preview",
    auth=_EDITOR,
    response={200: PreviewAddress, **errors(NotAllowed, NotFound)},
    summary="Where our store is seen with its draft",
)
def preview_decoration(request: MerchantRequest) -> HttpResponse:
    """An address that shows the draft to whoever has it, for an hour."""
    return encoded(services.preview_address(merchant_id=request.merchant_id, now=request.now))
