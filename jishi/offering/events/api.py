"""Sale events over HTTP: merchants enrol, buyers see the page."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel import hot
from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, PublicRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import SaleEventId
from jishi.kernel.pagination import Page
from jishi.offering.events import queries, services
from jishi.offering.events.rules import NotEnrolling
from jishi.offering.events.types import EntryWish, EventForMerchant, EventShown

store_router = Router(tags=["events"])
merchant_router = Router(tags=["events"])

_PUBLIC_SECONDS = 5
_writer = merchant_staff("operator")
_CHOSEN = {"product_ids": ["01930000-0000-7000-8000-000000000002"]}
EntryBody = Annotated[EntryWish, Body(..., examples=[_CHOSEN])]
Slug = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


@store_router.get(
    "/events/{event_slug}",
    response={200: EventShown, **errors(NotFound, Invalid)},
    summary="The page of a sale event",
)
def get_event_page(request: PublicRequest, event_slug: Slug) -> HttpResponse:
    """What takes part in it and is on sale; once it is over, that it was."""
    found = queries.event_page_answer(event_slug, language=request.language, now=request.now)
    return hot.respond(request, found, max_age_seconds=_PUBLIC_SECONDS)


@merchant_router.get(
    "/events",
    auth=_writer,
    response={200: Page[EventForMerchant], **errors(NotAllowed, NotFound)},
    summary="The platform's sale events",
)
def list_events(request: MerchantRequest) -> HttpResponse:
    """Those that can be known and those that we took part in, each with its terms and our entry. One page."""
    return encoded(Page(items=queries.events_for(request.merchant_id, now=request.now)))


@merchant_router.put(
    "/events/{sale_event_id}/entry",
    auth=_writer,
    response={200: EventForMerchant, **errors(NotAllowed, NotFound, Invalid, NotEnrolling)},
    summary="Enrol in a sale event",
)
def enrol_in_event(request: MerchantRequest, sale_event_id: UUID, body: EntryBody) -> HttpResponse:
    """Our products on sale that are to take part; enrolling accepts the event's terms, our share of what is taken off
    among them. Again it replaces what we enrolled, and the platform decides anew.
    """
    event_id = SaleEventId(sale_event_id)
    services.enrol(
        merchant_id=request.merchant_id, event_id=event_id, wish=body, staff_id=request.staff, now=request.now
    )
    return encoded(queries.event_for(request.merchant_id, event_id, now=request.now))


@merchant_router.delete(
    "/events/{sale_event_id}/entry",
    auth=_writer,
    response={200: EventForMerchant, **errors(NotAllowed, NotFound, NotEnrolling)},
    summary="Withdraw from a sale event",
)
def withdraw_from_event(request: MerchantRequest, sale_event_id: UUID) -> HttpResponse:
    """Until it runs; 409 afterwards."""
    event_id = SaleEventId(sale_event_id)
    services.withdraw(
        merchant_id=request.merchant_id, event_id=event_id, staff_id=request.staff, now=request.now
    )
    return encoded(queries.event_for(request.merchant_id, event_id, now=request.now))
