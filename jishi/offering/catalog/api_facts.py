"""What facts of a product can be chosen from, over HTTP."""

from django.http import HttpResponse
from ninja import Router

from jishi.kernel.errors import NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.offering.catalog import queries_facts
from jishi.offering.catalog.types_facts import FactChoices

merchant_router = Router(tags=["catalog"])
_reader = merchant_staff("operator", "warehouse", "service")


@merchant_router.get(
    "/fact-choices", auth=_reader, response={200: FactChoices, **errors(NotAllowed, NotFound)},
    summary="Units of sale and origins to choose from",
)  # fmt: skip
def list_fact_choices(request: MerchantRequest) -> HttpResponse:
    """The units that goods are sold by, and the places they come from, with their codes."""
    return encoded(queries_facts.choices(request.language))
