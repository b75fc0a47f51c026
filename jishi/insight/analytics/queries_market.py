"""Reading what came of a promotion in the whole market: for the platform's staff."""

from datetime import datetime

from jishi.kernel.ids import PromotionId
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions import queries_platform as promotions
from jishi.trade.orders import queries_market_promotions as orders
from jishi.trade.orders.types_promotions import MarketSales


def market_results(promotion_id: PromotionId, *, now: datetime) -> MarketSales | None:
    """Return what was sold with anybody's promotion until now; None for one that sets prices of its own, because an
    order keeps the price that was paid. Two statements. Raises: NotFound.
    """
    effect, written_at = promotions.first_written(promotion_id)
    if isinstance(effect, LowerPrice):
        return None
    return orders.market_sales(str(promotion_id), since=written_at, until=now)
