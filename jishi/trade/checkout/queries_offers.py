"""What promotions offer somebody, with what the price may know of him."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import UserId
from jishi.offering.coupons import queries_held as coupons
from jishi.offering.pricing.rules import Offer
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions import queries as promotions
from jishi.trade.orders import queries as orders

# For a statement that reads them along; its parameter is `%(buyer)s`, a visitor too.
FACTS = f"{promotions.EDITION}, {orders.IS_NEW}"
_FACTS_AND_COUPONS = f"SELECT {FACTS}, {coupons.HELD}"


def offer(person: UUID | None, *, now: datetime) -> Offer:
    """Return what is offered to a buyer or a visitor, who is new until he buys; one statement."""
    ((edition, is_new),) = rows(f"SELECT {FACTS}", {"buyer": person})
    return offer_of(edition, is_new=is_new, now=now)


def offer_of(edition: int, *, is_new: bool, now: datetime) -> Offer:
    """Return what is offered by what `FACTS` read."""
    return promotions.offer(edition, Buyer(is_new=is_new), now=now)


def offer_and_held(buyer: UserId | None, *, now: datetime) -> tuple[Offer, list[Promotion]]:
    """Return what is offered to a buyer, and the coupons he could use, not in it yet; one statement, and one more
    where a process meets the terms of a coupon for the first time.
    """
    if buyer is None:
        return offer(None, now=now), []
    facts = {"buyer": buyer, "owner": buyer, "now": now}
    ((edition, is_new, held),) = rows(_FACTS_AND_COUPONS, facts)
    return offer_of(edition, is_new=is_new, now=now), coupons.held(held)
