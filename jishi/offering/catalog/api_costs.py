"""What goods cost their merchant, over HTTP."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, errors, merchant_staff, no_content
from jishi.offering.catalog import services_costs
from jishi.offering.catalog.types_costs import CostsWish

merchant_router = Router(tags=["catalog"])


@merchant_router.put(
    "/sku-costs",
    auth=merchant_staff("operator"),
    response={204: None, **errors(NotAllowed, NotFound, Invalid)},
    summary="Say what goods cost",
)
def set_costs(
    request: MerchantRequest,
    body: Annotated[
        CostsWish,
        Body(
            ...,
            examples=[{"costs": [{"sku_id": "01930000-0000-7000-8000-000000000001", "cost_minor": 1_200}]}],
        ),
    ],
) -> HttpResponse:
    """Promotions are checked against it; only the merchant's own people and the platform's staff ever see it.

    Without an amount what was said is taken back.
    """
    services_costs.set_costs(merchant_id=request.merchant_id, costs=body.costs, now=request.now)
    return no_content()
