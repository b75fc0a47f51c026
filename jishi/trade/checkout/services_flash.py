"""Quotes of a flash sale: bought at once, past the gate, never through the cart."""

from datetime import datetime

from jishi.kernel.channels import Channel
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import FlashItemId, UserId
from jishi.offering.flash import queries as flash
from jishi.offering.flash import services_gate as gate
from jishi.trade.checkout import queries_offers, services_quotes
from jishi.trade.checkout.types import Quote, Wish
from jishi.trade.checkout.types_flash import FlashQuoteRequest


def flash_quote(
    *,
    item_id: FlashItemId,
    buyer: UserId,
    request: FlashQuoteRequest,
    channel: Channel = Channel.WEB,
    language: str,
    now: datetime,
) -> Quote:
    """Price pieces of a running item for whoever the gate has let in; the quote ends with the admission.

    Raises: NotFound, Invalid (`quantity`) above the buyer's share, NotAdmitted, FlashOver and what an ordinary quote
    raises (409).
    """
    until = gate.admitted_until(request.admission, item_id=item_id, buyer=buyer, now=now)
    offer = flash.running(item_id, now=now)
    if request.quantity > offer.per_buyer_max:
        raise Invalid(field="quantity")
    wish = Wish(
        pieces=[(offer.sku_id, request.quantity)],
        is_from_cart=False,
        address_id=request.address_id,
        shipping=dict(request.shipping),
        notes=dict(request.notes),
        flash_item_id=item_id,
        channel=channel,
    )
    return services_quotes.quote_wish(
        owner_id=buyer,
        buyer=buyer,
        wish=wish,
        asked=queries_offers.asked(buyer, has_cart=False, channel=channel, now=now),
        language=language,
        now=now,
        expires_at=until,
    )
