"""However many promotions a market has, a cart is priced with those that cover it."""

from benchmarks import prices
from jishi.kernel.words import CURRENCY
from jishi.offering.pricing.rules import PromotionIndex, price


def test_a_cart_looks_at_what_covers_it_only() -> None:
    offer, lines = prices.market(), prices.cart()
    covering = [rule for rule, _ in offer.index.covering(lines)]
    assert (len(offer.index.by_id), len(covering)) == (prices.PROMOTIONS, 59)

    small = prices.priced(offer, lines)
    alone = price(
        lines,
        freight=[],
        currency=CURRENCY,
        offer=prices.offer_of(PromotionIndex(covering)),
    )
    assert small == alone
    assert small.total.amount_minor < sum(line.amount.amount_minor for line in small.lines)
