"""What promotions offer somebody, with what the price may know of him."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.db import rows
from jishi.offering.pricing.rules import Offer
from jishi.offering.pricing.types_promotions import Buyer
from jishi.offering.promotions import queries as promotions
from jishi.trade.orders import queries as orders

_FACTS = f"SELECT {promotions.EDITION}, {orders.IS_NEW}"


def offer(person: UUID | None, *, now: datetime) -> Offer:
    """Return what is offered to a buyer or a visitor, who is new until he buys; one statement."""
    ((edition, is_new),) = rows(_FACTS, {"buyer": person})
    return promotions.offer(edition, Buyer(is_new=is_new), now=now)
