"""Operations of merchants who look at a promotion before it goes live."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Body, Router

from jishi.flows import check_promotion as flow
from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.offering.promotions import queries_preview
from jishi.offering.promotions.types_check import (
    CheckRequest,
    PricePreview,
    PricePreviewRequest,
    PromotionCheck,
)

merchant_router = Router(tags=["promotions"])

_writer = merchant_staff("operator")
_WISH = {
    "name": {"zh": "满 200 减 30", "en": "30 off from 200"},
    "effect": {
        "kind": "tiers",
        "measure": "amount",
        "tiers": [{"threshold": 20_000, "off": {"amount_minor": 3_000}}],
    },
    "starts_at": "2027-01-01T00:00:00+08:00",
    "ends_at": "2027-01-08T00:00:00+08:00",
}
_CART = [{"sku_id": "01930000-0000-7000-8000-000000000001", "quantity": 2}]


@merchant_router.post(
    "/promotions/checks",
    auth=_writer,
    response={200: PromotionCheck, **errors(NotAllowed, NotFound, Invalid)},
    summary="Look at a promotion before it goes live",
)
def check_promotion(
    request: MerchantRequest, body: Annotated[CheckRequest, Body(..., examples=[{"wish": _WISH}])]
) -> HttpResponse:
    """What is wrong or may be wrong with it, and what the orders of the last 30 days would have come to.

    A kept promotion by its id, or one as it is being written. Writes nothing.
    """
    found = flow.check_promotion(
        merchant_id=request.merchant_id, request=body, language=request.language, now=request.now
    )
    return encoded(found)


@merchant_router.post(
    "/promotions/previews",
    auth=_writer,
    response={200: PricePreview, **errors(NotAllowed, NotFound, Invalid)},
    summary="A price as a given buyer would see it",
)
def preview_price(
    request: MerchantRequest,
    body: Annotated[
        PricePreviewRequest, Body(..., examples=[{"lines": _CART, "buyer": {"is_new": True}, "wish": _WISH}])
    ],
) -> HttpResponse:
    """Goods of one's own, a buyer and an instant: the price before freight with everything that led to it.

    Drafts and paused promotions of one's own count as if they were live. Writes nothing.
    """
    found = queries_preview.preview(request.merchant_id, body, language=request.language, now=request.now)
    return encoded(found)
