"""What came of a promotion agrees with the orders it took something off."""

import pytest

from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.insight.analytics.queries_promotions import results
from jishi.kernel.errors import NotFound
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types_promotions import LowerPrice
from jishi.offering.promotions.tests.factories import make_promotion

pytestmark = pytest.mark.django_db


def test_only_paid_orders_with_the_discount_count_and_a_buyer_counts_once() -> None:
    tea = make_goods(10_000)
    made = make_promotion(tea.merchant_id, spend((20_000, off(3_000))))
    me, other = make_shopper(), make_shopper()
    sold = [
        me.buy_and_pay((tea.sku_id, 2)),
        me.buy_and_pay((tea.sku_id, 3)),
        other.buy_and_pay((tea.sku_id, 2)),
    ]
    other.buy_and_pay((tea.sku_id, 1))  # below the threshold
    me.place(me.quote((tea.sku_id, 2)))  # not paid

    found = results(tea.merchant_id, made, now=NOW.replace(year=2027)).sales

    assert found is not None
    assert (found.orders, found.buyers, found.discount.amount_minor) == (3, 2, 9_000)
    assert found.sales.amount_minor == sum(trade.total.amount_minor for trade in sold)
    (day,) = found.days
    assert (day.day.isoformat(), day.orders, day.discount) == ("2026-11-24", 3, found.discount)


def test_a_promotion_that_nobody_used_has_results_of_nothing() -> None:
    tea = make_goods(10_000)
    found = results(tea.merchant_id, make_promotion(tea.merchant_id), now=NOW).sales
    assert found is not None
    assert (found.orders, found.buyers, found.sales.amount_minor, found.days) == (0, 0, 0, [])


def test_prices_of_their_own_leave_no_discount_to_count() -> None:
    tea = make_goods(10_000)
    made = make_promotion(tea.merchant_id, LowerPrice(prices={tea.sku_id: 7_700}))
    assert results(tea.merchant_id, made, now=NOW).sales is None


def test_the_results_of_others_are_not_found() -> None:
    tea, others = make_goods(10_000), make_goods(10_000)
    with pytest.raises(NotFound):
        results(others.merchant_id, make_promotion(tea.merchant_id), now=NOW)
