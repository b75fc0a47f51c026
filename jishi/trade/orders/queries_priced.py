"""Where an order's price was worked out."""

from dataclasses import dataclass

from jishi.kernel.db import row
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, QuoteId, UserId
from jishi.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBy:
    """The quote that an order was bought from, whose share of it the order is, and what it came to."""

    quote_id: QuoteId
    merchant_id: MerchantId
    total: Money


def priced_by(order_id: OrderId, *, buyer: UserId) -> PricedBy:
    """Return where the price of a buyer's order was worked out. Raises: NotFound, also when it is not his."""
    found = row(
        "SELECT t.quote_id, o.merchant_id, o.total_minor, o.currency FROM orders_order o "
        "JOIN orders_trade t ON t.id = o.trade_id WHERE o.id = %s AND o.buyer_id = %s",
        [order_id, buyer],
    )
    if found is None:
        raise NotFound
    quote_id, merchant_id, total_minor, currency = found
    return PricedBy(
        quote_id=QuoteId(quote_id), merchant_id=MerchantId(merchant_id), total=Money(total_minor, currency)
    )
