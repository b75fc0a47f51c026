"""Promotions that can be used up: a budget that holds under any rush, so many orders of one buyer, given back."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import transaction

from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.place_order import CartChanged
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import DEADLINE, NOW, Shopper, make_goods, make_shopper, pay
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, OrderId, PromotionId, TradeId, UserId, new_id
from jishi.kernel.tests.threads import in_threads
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import Audience, FreightOff, LowerPrice, PieceOff
from jishi.offering.promotions import queries, services, services_uses
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.offering.promotions.types import PromotionUsed
from jishi.trade.checkout import queries as carts
from jishi.trade.checkout.types import Quote
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import Trade
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db

TEN_OFF = PieceOff(off=off(1_000))
BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


def spent(merchant_id: MerchantId | None, promotion_id: PromotionId) -> int:
    return queries.promotion(merchant_id, promotion_id).spent_minor


def counted(promotion_id: PromotionId) -> int:
    ((found,),) = rows("SELECT spent_minor FROM promotions_promotion WHERE id = %s", [promotion_id])
    return int(found)


def discount(quote: Quote) -> int:
    return quote.discount_amount.amount_minor


def cancel(trade: Trade, me: Shopper) -> None:
    cancel_order(order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=NOW)


def test_a_budget_is_spent_as_a_whole_or_not_at_all() -> None:
    """25.00 pays for two orders; what is left does not pay for a third one, so it takes nothing off that."""
    tea = make_goods(10_000, stock=20)
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=2_500)
    for _ in range(2):
        make_shopper().buy((tea.sku_id, 1))
    me = make_shopper()

    quote = me.quote((tea.sku_id, 1))
    me.place(quote)

    assert (discount(quote), quote.used_up) == (0, ["冬季优惠"])
    assert spent(tea.merchant_id, made) == 2_000


def test_a_budget_that_goes_between_quote_and_order_asks_the_buyer_again() -> None:
    tea, first, second = make_goods(10_000, stock=20), make_shopper(), make_shopper()
    make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_500)
    mine, yours = first.quote((tea.sku_id, 1)), second.quote((tea.sku_id, 1))
    first.place(mine)

    with pytest.raises(CartChanged) as changed:
        second.place(yours)

    again = changed.value.data["quote"]
    assert (discount(again), again.used_up) == (0, ["冬季优惠"])
    assert second.place(again).total.amount_minor == again.total.amount_minor


def test_the_cart_knows_that_nothing_is_left() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_000)
    me.put(tea.sku_id, 1)
    before = carts.cart(me.buyer, language="zh", now=NOW).discount_amount.amount_minor
    make_shopper().buy((tea.sku_id, 1))

    after = carts.cart(me.buyer, language="zh", now=NOW).discount_amount.amount_minor

    assert (before, after) == (1_000, 0)


def test_one_buyer_uses_it_so_many_times_and_others_still_may() -> None:
    tea, me, other = make_goods(10_000, stock=20), make_shopper(), make_shopper()
    make_promotion(tea.merchant_id, TEN_OFF, per_buyer_max=2)

    discounts = [discount(me.quote((tea.sku_id, 1)))]
    for _ in range(2):
        me.buy_and_pay((tea.sku_id, 1))
        discounts.append(discount(me.quote((tea.sku_id, 1))))

    assert discounts == [1_000, 1_000, 0]
    assert discount(other.quote((tea.sku_id, 1))) == 1_000


def test_two_checkouts_of_one_buyer_cannot_both_have_his_only_one() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    make_promotion(tea.merchant_id, TEN_OFF, per_buyer_max=1)
    first, second = me.quote((tea.sku_id, 1)), me.quote((tea.sku_id, 1))
    me.place(first)

    with pytest.raises(CartChanged):
        me.place(second)


@pytest.mark.parametrize("is_paid", [False, True])
def test_cancelling_gives_back_once(is_paid: bool) -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_000, per_buyer_max=1)
    trade = me.buy_and_pay((tea.sku_id, 1)) if is_paid else me.buy((tea.sku_id, 1))
    assert (spent(tea.merchant_id, made), discount(me.quote((tea.sku_id, 1)))) == (1_000, 0)

    cancel(trade, me)
    with transaction.atomic():
        services_uses.give_back([trade.orders[0].id], now=NOW)

    assert (spent(tea.merchant_id, made), discount(me.quote((tea.sku_id, 1)))) == (0, 1_000)


def test_a_refund_gives_nothing_back() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_000)
    trade = me.buy_and_pay((tea.sku_id, 1))

    opened = factories.ask_refund(trade.orders[0].id)
    factories.finish_refund(opened.id)

    assert spent(tea.merchant_id, made) == 1_000


def test_an_order_that_is_not_paid_in_time_gives_back() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_000)
    trade = me.buy((tea.sku_id, 1))

    close_unpaid(trade_id=trade.id, now=DEADLINE)

    assert spent(tea.merchant_id, made) == 0


@pytest.mark.parametrize("is_taken", [False, True])
def test_late_money_uses_it_again_only_while_the_budget_lasts(is_taken: bool) -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=1_000)
    trade = me.buy((tea.sku_id, 1))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    if is_taken:
        make_shopper().buy((tea.sku_id, 1))

    learnt = pay(trade.id, now=DEADLINE + timedelta(minutes=1))

    assert learnt.outcome == ("late_returned" if is_taken else "late_revived")
    assert spent(tea.merchant_id, made) == 1_000


def test_without_a_budget_the_row_is_left_alone_until_it_is_counted() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, TEN_OFF)
    trade = me.buy((tea.sku_id, 2))
    assert (spent(tea.merchant_id, made), counted(made)) == (2_000, 0)

    services_uses.count_uses()
    services_uses.count_uses()
    assert (spent(tea.merchant_id, made), counted(made)) == (2_000, 2_000)

    cancel(trade, me)
    assert (spent(tea.merchant_id, made), counted(made)) == (0, 0)


def test_a_budget_given_later_knows_what_was_spent_before() -> None:
    tea = make_goods(10_000, stock=20)
    made = make_promotion(tea.merchant_id, TEN_OFF)
    make_shopper().buy((tea.sku_id, 1))

    services.change(
        merchant_id=tea.merchant_id,
        promotion_id=made,
        wish=promotion_wish(TEN_OFF, budget_minor=1_500),
        staff_id=None,
        now=NOW,
    )

    assert discount(make_shopper().quote((tea.sku_id, 1))) == 0
    assert counted(made) == 1_000


def test_a_lower_price_spends_what_the_piece_would_have_cost_more() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    made = make_promotion(tea.merchant_id, LowerPrice(prices={tea.sku_id: 7_700}), budget_minor=10_000)
    me.buy((tea.sku_id, 3))

    assert spent(tea.merchant_id, made) == 6_900
    assert me.quote((tea.sku_id, 2)).goods_amount.amount_minor == 20_000


def test_of_one_trade_each_order_has_its_share() -> None:
    tea, cup, me = make_goods(10_000), make_goods(10_000), make_shopper()
    made = make_promotion(None, spend((20_000, off(2_000))), funders=BY_PLATFORM, budget_minor=2_000)
    trade = me.buy_and_pay((tea.sku_id, 1), (cup.sku_id, 1))
    assert spent(None, made) == 2_000

    cancel(trade, me)

    assert spent(None, made) == 1_000


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_spend_more_than_there_is() -> None:
    tea = make_goods(10_000, stock=100)
    made = make_promotion(tea.merchant_id, TEN_OFF, budget_minor=17_300)

    def use() -> bool:
        used = PromotionUsed(order_id=OrderId(new_id()), promotion_id=made, version=1, amount_minor=1_000)
        try:
            with atomic():
                services_uses.take([used], trade_id=TradeId(new_id()), buyer_id=UserId(UUID(int=1)), now=NOW)
        except services_uses.PromotionUsedUp:
            return False
        return True

    answers = [done.result() for done in in_threads([partial(use) for _ in range(50)])]

    assert answers.count(True) == 17
    assert (counted(made), spent(tea.merchant_id, made)) == (17_000, 17_000)


def test_free_freight_is_neither_charged_nor_owed_and_spends_its_budget() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    make_template(tea.merchant_id, make_rate())
    made = make_promotion(tea.merchant_id, FreightOff(off=off(0, 10_000)), budget_minor=800)

    quote = me.quote((tea.sku_id, 1))
    trade = me.place(quote)
    pay(trade.id)

    (order,) = quote.orders
    assert (order.freight.amount.amount_minor, order.freight.payable.amount_minor) == (800, 0)
    assert (trade.total.amount_minor, spent(tea.merchant_id, made)) == (10_000, 800)
    assert order_at_sale(trade.orders[0].id).freight.amount_minor == 0
    assert make_shopper().quote((tea.sku_id, 1)).freight_amount.amount_minor == 800


def test_the_platform_cannot_give_away_a_merchants_freight() -> None:
    with pytest.raises(Invalid) as refused:
        make_promotion(None, FreightOff(off=off(0, 10_000)), funders=BY_PLATFORM)
    assert refused.value.data["field"] == "effect"


def test_a_price_for_new_customers_is_gone_with_the_first_order_and_back_when_it_is_cancelled() -> None:
    tea, me = make_goods(10_000, stock=20), make_shopper()
    make_promotion(tea.merchant_id, TEN_OFF, audience=Audience(is_new_only=True))
    me.put(tea.sku_id, 1)
    first, second = me.quote((tea.sku_id, 1)), me.quote((tea.sku_id, 1))
    assert (discount(first), discount(second)) == (1_000, 1_000)

    trade = me.place(first)
    with pytest.raises(CartChanged):
        me.place(second)
    assert carts.cart(me.buyer, language="zh", now=NOW).discount_amount.amount_minor == 0

    cancel(trade, me)
    assert discount(me.quote((tea.sku_id, 1))) == 1_000
    me.buy_and_pay((tea.sku_id, 1))
    assert discount(me.quote((tea.sku_id, 1))) == 0
