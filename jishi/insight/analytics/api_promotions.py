"""What came of promotions, over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from ninja import Router

from jishi.insight.analytics import queries_promotions as queries
from jishi.insight.analytics.types_promotions import PromotionResults
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, encoded, errors, merchant_staff
from jishi.kernel.ids import PromotionId

merchant_router = Router(tags=["promotions"])


@merchant_router.get(
    "/promotions/{promotion_id}/results",
    response={200: PromotionResults, **errors(NotAllowed, NotFound)},
    auth=merchant_staff("operator", "finance"),
    summary="What came of a promotion",
)
def get_promotion_results(request: MerchantRequest, promotion_id: UUID) -> HttpResponse:
    """Paid orders it took something off, their buyers, the discount and the sales, in all and by day."""
    return encoded(queries.results(request.merchant_id, PromotionId(promotion_id), now=request.now))
