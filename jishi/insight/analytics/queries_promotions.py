"""Reading what came of a promotion."""

from datetime import datetime

from jishi.insight.analytics.types_promotions import PromotionResults
from jishi.kernel.ids import MerchantId, PromotionId
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions import queries as promotions
from jishi.offering.promotions import queries_desk
from jishi.trade.orders import queries_promotions as orders


def results(merchant_id: MerchantId, promotion_id: PromotionId, *, now: datetime) -> PromotionResults:
    """Return what a merchant sold with one of his promotions until now. Three statements. Raises: NotFound."""
    found = promotions.promotion(merchant_id, promotion_id)
    if isinstance(found.wish.effect, LowerPrice):
        return PromotionResults(sales=None)
    since = queries_desk.first_written_at(merchant_id, promotion_id)
    return PromotionResults(sales=orders.sales_with(merchant_id, str(promotion_id), since=since, until=now))
