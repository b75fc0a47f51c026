"""Quotes of a pre-sale: bought alone, never through the cart."""

from datetime import datetime

from jishi.kernel.channels import Channel
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import PresaleId, UserId
from jishi.offering.presale import queries as presales
from jishi.trade.checkout import queries_offers, services_quotes
from jishi.trade.checkout.services_quotes import LIFETIME
from jishi.trade.checkout.types import Wish
from jishi.trade.checkout.types_presale import PresaleQuote, PresaleQuoteRequest


def presale_quote(
    *,
    presale_id: PresaleId,
    buyer: UserId,
    request: PresaleQuoteRequest,
    channel: Channel,
    language: str,
    now: datetime,
) -> PresaleQuote:
    """Price pieces of a pre-sale that takes deposits, and say what is paid now and what later.

    Raises: NotFound, Invalid (`quantity`) above the buyer's share, PresaleOver and what an ordinary quote raises
    (409).
    """
    sku_id, terms = presales.running(presale_id, now=now)
    if request.quantity > terms.per_buyer_max:
        raise Invalid(field="quantity")
    wish = Wish(
        pieces=[(sku_id, request.quantity)],
        is_from_cart=False,
        address_id=request.address_id,
        shipping=dict(request.shipping),
        notes=dict(request.notes),
        channel=channel,
        presale_id=presale_id,
    )
    quote = services_quotes.quote_wish(
        owner_id=buyer,
        buyer=buyer,
        wish=wish,
        asked=queries_offers.asked(buyer, has_cart=False, channel=channel, now=now),
        language=language,
        now=now,
        expires_at=min(now + LIFETIME, terms.deposit_until_at),
    )
    deposit = terms.deposit * request.quantity
    if deposit >= quote.total:  # the product became cheaper than its own deposit
        raise presales.PresaleOver
    return PresaleQuote(quote=quote, deposit=deposit, balance=quote.total - deposit, terms=terms)
