"""Freight templates and carriers, for merchants."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff, no_content
from jishi.kernel.pagination import Page
from jishi.trade.shipping import queries, services
from jishi.trade.shipping.types import Carrier, FreightTemplate, FreightTemplateWish

merchant_router = Router(tags=["shipping"])

EXAMPLE_TEMPLATE = {
    "name": "全国普通快递",
    "method": "standard",
    "unit": "piece",
    "rates": [
        {
            "area_prefixes": [""],
            "first_units": 1,
            "first_minor": 800,
            "next_units": 1,
            "next_minor": 200,
            "free_from_minor": 9900,
        },
        {
            "area_prefixes": ["54", "65"],
            "first_units": 1,
            "first_minor": 1800,
            "next_units": 1,
            "next_minor": 800,
        },
    ],
    "is_default": True,
}
Wish = Annotated[FreightTemplateWish, Body(..., examples=[EXAMPLE_TEMPLATE])]


@merchant_router.get(
    "/freight-templates",
    response={200: Page[FreightTemplate], **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff("operator", "warehouse"),
    summary="List the freight templates",
)
def list_templates(request: MerchantRequest) -> HttpResponse:
    """The default one of each method first; goods without a template of their own travel by it. One page."""
    return encoded(queries.template_page(request.merchant_id))


@merchant_router.post(
    "/freight-templates",
    response={201: FreightTemplate, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff("operator"),
    summary="Make a freight template",
)
def create_template(request: MerchantRequest, wish: Wish) -> HttpResponse:
    """Amounts in minor units; areas are prefixes of district codes, "" meaning anywhere; the longest wins."""
    return created(services.save_template(merchant_id=request.merchant_id, wish=wish, now=request.now))


@merchant_router.put(
    "/freight-templates/{template_id}",
    response={200: FreightTemplate, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff("operator"),
    summary="Change a freight template",
)
def change_template(request: MerchantRequest, template_id: UUID, wish: Wish) -> HttpResponse:
    """Makes a new version; quotes that people have confirmed keep the old one."""
    saved = services.save_template(
        merchant_id=request.merchant_id, wish=wish, template_id=str(template_id), now=request.now
    )
    return encoded(saved)


@merchant_router.delete(
    "/freight-templates/{template_id}",
    response={204: None, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff("operator"),
    summary="Remove a freight template",
)
def delete_template(request: MerchantRequest, template_id: UUID) -> HttpResponse:
    """Goods that named it travel by the default template of the method."""
    services.delete_template(merchant_id=request.merchant_id, template_id=str(template_id), now=request.now)
    return no_content()


@merchant_router.get(
    "/carriers",
    response={200: Page[Carrier], **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff("operator", "warehouse"),
    summary="List the carriers",
)
def list_carriers(request: MerchantRequest) -> HttpResponse:
    """The carriers a parcel can be sent with; post a parcel with the `code`."""
    return encoded(queries.carriers(language=request.language))
