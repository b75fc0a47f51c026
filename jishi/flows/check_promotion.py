"""Looking at a promotion before it goes live, with what was sold lately."""

from datetime import datetime, timedelta

from django.conf import settings

from jishi.kernel.ids import MerchantId
from jishi.offering.promotions import queries_check
from jishi.offering.promotions.types_check import CheckRequest, Limits, PromotionCheck
from jishi.trade.orders import queries_past

WINDOW = timedelta(days=30)
SAMPLE_MAX = 500


def check_promotion(
    *, merchant_id: MerchantId | None, request: CheckRequest, language: str, now: datetime
) -> PromotionCheck:
    """Return what is found out about a promotion of a merchant, or of the platform: findings, and what the last 30
    days' orders would have come to with it, at most `SAMPLE_MAX` of them. Writes nothing.

    Raises: NotFound, Invalid.
    """
    queries_check.asked(merchant_id, request)  # refused before anything large is read
    past = queries_past.past_carts(merchant_id, since=now - WINDOW, until=now, at_most=SAMPLE_MAX)
    limits = Limits(deep_basis_points=settings.ENV.promotion_deep_percent * 100)
    return queries_check.check(merchant_id, request, past, limits=limits, language=language, now=now)
