"""Choosing a gift over HTTP."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router

from jishi.kernel.errors import NotFound
from jishi.kernel.http import StoreRequest, encoded, errors
from jishi.kernel.ids import PromotionId
from jishi.trade.checkout import services_gifts
from jishi.trade.checkout.types import Cart
from jishi.trade.checkout.types_gifts import GiftChoice

store_router = Router(tags=["checkout"])

EXAMPLE = {"sku_id": "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"}


@store_router.put(
    "/cart/gifts/{promotion_id}", response={200: Cart, **errors(NotFound)}, summary="Choose a gift"
)
def choose_gift(
    request: StoreRequest, promotion_id: UUID, choice: Annotated[GiftChoice, Body(..., examples=[EXAMPLE])]
) -> HttpResponse:
    """Which of a promotion's gifts comes with the goods that earn it. Answers the whole cart."""
    return encoded(
        services_gifts.choose_gift(
            owner_id=request.owner_id,
            promotion_id=PromotionId(promotion_id),
            choice=choice,
            channel=request.channel,
            language=request.language,
            now=request.now,
        )
    )
