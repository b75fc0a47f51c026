"""What promotions offer somebody, with what the price may know of him."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel.channels import Channel
from jishi.kernel.db import rows
from jishi.kernel.ids import SkuId
from jishi.offering.coupons import queries_held as coupons
from jishi.offering.pricing.rules import Offer
from jishi.offering.pricing.types_promotions import Buyer, Promotion
from jishi.offering.promotions import queries as promotions
from jishi.trade.orders import queries as orders

# For a statement that reads them along; its parameter is `%(buyer)s`, a visitor too.
FACTS = f"{promotions.EDITION}, {orders.IS_NEW}"
_ASKED = f"""
SELECT (SELECT json_agg(json_build_array(sku_id, quantity) ORDER BY id DESC)::text
        FROM checkout_cart_line WHERE owner_id = %(cart)s AND is_selected), {FACTS}, {coupons.HELD}
"""
_Pieces = list[tuple[SkuId, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a quote begins with: the pieces selected in a cart, the newest line first; what is offered; and the
    coupons that could be used, which are not in the offer yet.
    """

    pieces: list[tuple[SkuId, int]]
    offer: Offer
    held: list[Promotion]


def offer(person: UUID | None, *, channel: Channel, now: datetime) -> Offer:
    """Return what is offered to a buyer or a visitor, who is new until he buys; one statement."""
    ((edition, is_new),) = rows(f"SELECT {FACTS}", {"buyer": person})
    return offer_of(edition, is_new=is_new, channel=channel, now=now)


def offer_of(edition: int, *, is_new: bool, channel: Channel, now: datetime) -> Offer:
    """Return what is offered by what `FACTS` read."""
    return promotions.offer(edition, Buyer(is_new=is_new, channel=channel), now=now)


def asked(person: UUID, *, has_cart: bool, channel: Channel, now: datetime) -> Asked:
    """Return what a quote for a buyer or a visitor begins with, of his cart or without it; one statement, and one
    more where a process meets the terms of a coupon for the first time.
    """
    facts = {"buyer": person, "owner": person, "cart": person if has_cart else None, "now": now}
    ((pieces, edition, is_new, held),) = rows(_ASKED, facts)
    return Asked(
        pieces=msgspec.json.decode(pieces, type=_Pieces) if pieces else [],
        offer=offer_of(edition, is_new=is_new, channel=channel, now=now),
        held=coupons.held(held),
    )
