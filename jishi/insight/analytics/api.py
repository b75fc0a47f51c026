"""What a store looks like, over HTTP."""

from django.http import HttpResponse
from ninja import Router

from jishi.insight.analytics import queries
from jishi.insight.analytics.types import Dashboard
from jishi.kernel.errors import NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff

merchant_router = Router(tags=["dashboard"])

EVERYBODY = ("operator", "warehouse", "finance", "service", "cashier")


@merchant_router.get(
    "/dashboard",
    response={200: Dashboard, **errors(SignInNeeded, NotAllowed, NotFound)},
    auth=merchant_staff(*EVERYBODY),
    summary="Our store at one glance",
)
def get_dashboard(request: MerchantRequest) -> HttpResponse:
    """Today, the last thirty days, and what waits for somebody; what a role may not read is null."""
    return encoded(
        queries.dashboard(request.merchant_id, role=request.role, language=request.language, now=request.now)
    )
