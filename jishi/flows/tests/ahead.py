"""Buyers of pre-sales, for tests of flows."""

from datetime import datetime, timedelta

from jishi.flows.tests.shopping import NOW, Shopper
from jishi.kernel.channels import Channel
from jishi.kernel.ids import PresaleId
from jishi.offering.presale.tests.factories import BALANCE_FROM
from jishi.trade.checkout.services_presale import presale_quote
from jishi.trade.checkout.types_presale import PresaleQuote, PresaleQuoteRequest
from jishi.trade.orders.types import Trade

IN_WINDOW = BALANCE_FROM + timedelta(hours=1)


def quote_ahead(
    shopper: Shopper, presale_id: PresaleId, pieces: int = 1, *, now: datetime = NOW
) -> PresaleQuote:
    """Price pieces of a pre-sale."""
    request = PresaleQuoteRequest(quantity=pieces, address_id=shopper.address)
    return presale_quote(
        presale_id=presale_id,
        buyer=shopper.buyer,
        request=request,
        channel=Channel.WEB,
        language="zh",
        now=now,
    )


def buy_ahead(shopper: Shopper, presale_id: PresaleId, pieces: int = 1, *, now: datetime = NOW) -> Trade:
    """Order pieces of a pre-sale, nothing paid yet."""
    return shopper.place(quote_ahead(shopper, presale_id, pieces, now=now).quote, now=now)
