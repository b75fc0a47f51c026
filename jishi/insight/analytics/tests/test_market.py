"""What came of a promotion in the whole market: by merchant and by who bears it, adding up to the orders."""

import pytest

from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.insight.analytics.queries_market import market_results
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import PromotionId, new_id
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.orders.types_promotions import SoldByMerchant

pytestmark = pytest.mark.django_db
LATER = NOW.replace(year=2027)
UNEVEN = (
    FunderShare(funder=Funder.PLATFORM, basis_points=3_334),
    FunderShare(funder=Funder.MERCHANT, basis_points=6_666),
)


def borne(sold: SoldByMerchant) -> dict[Funder, int]:
    return {one.funder: one.amount.amount_minor for one in sold.by_funder}


def test_each_merchants_part_is_borne_as_the_promotion_says_and_adds_up() -> None:
    tea, pots = make_goods(100_00), make_goods(50_00)
    made = make_promotion(None, spend((200_00, off(10_01))), funders=UNEVEN)
    me, other = make_shopper(), make_shopper()
    sold = [
        *me.buy_and_pay((tea.sku_id, 2), (pots.sku_id, 2)).orders,
        *other.buy_and_pay((tea.sku_id, 2)).orders,
        *me.buy_and_pay((tea.sku_id, 3)).orders,
    ]
    me.place(me.quote((tea.sku_id, 2)))  # not paid
    other.buy_and_pay((pots.sku_id, 1))  # below the threshold

    found = market_results(made, now=LATER)

    assert found is not None
    assert (found.whole.orders, found.whole.buyers, found.whole.discount.amount_minor) == (4, 2, 3 * 10_01)
    assert found.whole.sales.amount_minor == sum(order.total.amount_minor for order in sold)
    first, second = found.merchants
    assert (first.merchant_id, first.orders, first.buyers) == (tea.merchant_id, 3, 2)
    assert (second.merchant_id, second.orders, second.buyers) == (pots.merchant_id, 1, 1)
    # 10.01 over 200 and 100: 6.67 and 3.34; the platform's third of each order is rounded by largest remainder
    assert borne(first) == {Funder.PLATFORM: 222 + 334 + 334, Funder.MERCHANT: 445 + 667 + 667}
    assert borne(second) == {Funder.PLATFORM: 111, Funder.MERCHANT: 223}
    for one in (found.whole, first, second):
        assert sum(borne(one).values()) == one.discount.amount_minor


def test_one_that_nobody_used_has_results_of_nothing() -> None:
    found = market_results(make_promotion(None, funders=UNEVEN), now=LATER)
    assert found is not None
    assert (found.whole.orders, found.whole.discount.amount_minor, found.merchants) == (0, 0, [])


def test_prices_of_their_own_leave_nothing_to_count_and_nothing_is_not_found() -> None:
    tea = make_goods(100_00)
    own = make_promotion(tea.merchant_id, LowerPrice(prices={tea.sku_id: 77_00}))
    assert market_results(own, now=LATER) is None
    with pytest.raises(NotFound):
        market_results(PromotionId(new_id()), now=LATER)
