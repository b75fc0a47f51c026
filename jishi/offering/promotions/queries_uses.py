"""What is left of promotions that can be used up."""

from collections.abc import Sequence
from dataclasses import replace

from jishi.kernel.db import ANY_ID, rows
from jishi.kernel.ids import UserId
from jishi.offering.pricing.rules import Offer, limits_of
from jishi.offering.pricing.types import PriceLine

_LEFT = f"""
SELECT id::text, budget_minor - spent_minor, (
    SELECT count(DISTINCT used.trade_id) FROM promotions_use used
    WHERE used.promotion_id = promotion.id AND used.buyer_id = %s AND used.given_back_at IS NULL
)
FROM promotions_promotion promotion WHERE id = {ANY_ID}
"""


def with_limits(offer: Offer, lines: Sequence[PriceLine], *, buyer: UserId | None) -> Offer:
    """Return an offer that knows what is left of its promotions, in all and for this buyer.

    No statement when nothing that covers the lines can be used up, else one.
    """
    limited = offer.index.limited(lines)
    if not limited:
        return offer
    found = rows(_LEFT, [buyer, [one.id for one in limited]])
    left = {promotion_id: (budget, orders) for promotion_id, budget, orders in found}
    used_up, left_minor = limits_of(left, offer.index)
    return replace(offer, used_up=offer.used_up | used_up, left_minor={**offer.left_minor, **left_minor})
