"""A promotion from the cart to the refund: what people see, what they pay, who bears it."""

from datetime import timedelta

import pytest

from jishi.flows.place_order import CartChanged
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.kernel.db import execute, rows
from jishi.kernel.ids import MerchantId, OrderId, PromotionId
from jishi.kernel.words import Text
from jishi.money.payments.types import PiecesToRefund
from jishi.offering.catalog.tests.factories import make_category
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare, PriceStep
from jishi.offering.pricing.types_promotions import EveryPieces, LowerPrice, PieceOff
from jishi.offering.promotions import queries as promotions
from jishi.offering.promotions import services
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.offering.promotions.types import GoodsWish, PromotionStatus
from jishi.trade.checkout import queries as carts
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import Trade
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db

TIERS = spend((20_000, off(3_000)), (30_000, off(6_000)))
PLATFORM = (
    FunderShare(funder=Funder.PLATFORM, basis_points=6_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=4_000),
)


def only(trade: Trade) -> OrderId:
    (order,) = trade.orders
    return order.id


def end(merchant_id: MerchantId | None, promotion_id: PromotionId) -> None:
    services.move(
        merchant_id=merchant_id,
        promotion_id=promotion_id,
        to=PromotionStatus.ENDED,
        staff_id=None,
        now=NOW,
    )


def test_the_cart_shows_the_discount_and_what_is_missing_for_the_next() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    make_promotion(tea.merchant_id, TIERS)
    me.put(tea.sku_id, 2)

    cart = carts.cart(me.buyer, language="en", now=NOW)

    assert (cart.goods_amount.amount_minor, cart.total.amount_minor) == (20_000, 17_000)
    (group,) = cart.groups
    assert [(one.name, one.amount.amount_minor) for one in group.discounts] == [("Winter offer", 3_000)]
    assert [(one.missing, one.off.amount_minor, one.gain) for one in group.hints] == [
        (10_000, 6_000, "¥60 off")
    ]


def test_a_quote_names_its_rules_and_says_why_others_take_nothing_off() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    tiers = make_promotion(tea.merchant_id, TIERS)
    far = make_promotion(
        tea.merchant_id, spend((90_000, off(9_000))), name=Text("远", "Far"), stack_group="x"
    )

    quote = me.quote((tea.sku_id, 3))

    assert quote.rules == {str(tiers): "冬季优惠"}
    assert [(one.rule_id, one.name, one.why) for one in quote.passed] == [
        (str(far), "远 · 满 ¥900 减 ¥90", "未达到使用门槛")
    ]


def test_what_was_quoted_is_charged_and_kept_with_its_reason() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    made = make_promotion(tea.merchant_id, TIERS)

    quote = me.quote((tea.sku_id, 3))
    trade = me.place(quote)

    assert quote.orders[0].discount_amount.amount_minor == 6_000
    assert trade.total == quote.total
    order = order_at_sale(only(trade))
    (line,) = order.lines
    assert (line.merchant_discount.amount_minor, line.payable.amount_minor) == (6_000, 24_000)
    ((kept,),) = rows("SELECT discounts FROM orders_order")
    assert (str(made) in kept, "冬季优惠" in kept) == (True, True)
    step = next(one for one in quote.trace if one.step is PriceStep.STORE_PROMOTION)
    assert (step.rule_id, step.rule_version) == (str(made), 1)


def test_a_promotion_that_ends_before_the_order_asks_the_buyer_again() -> None:
    me, tea = make_shopper(), make_goods(30_000)
    made = make_promotion(tea.merchant_id, TIERS)
    quote = me.quote((tea.sku_id, 1))
    end(tea.merchant_id, made)

    with pytest.raises(CartChanged) as changed:
        me.place(quote)

    assert changed.value.data["quote"].total.amount_minor == quote.total.amount_minor + 6_000


def test_a_promotion_counts_until_its_last_moment() -> None:
    me, tea = make_shopper(), make_goods(30_000)
    make_promotion(tea.merchant_id, TIERS, ends_at=NOW + timedelta(minutes=5))
    last, after = NOW + timedelta(minutes=5, microseconds=-1), NOW + timedelta(minutes=5)

    assert me.quote((tea.sku_id, 1), now=last).discount_amount.amount_minor == 6_000
    assert me.quote((tea.sku_id, 1), now=after).discount_amount.amount_minor == 0


def test_free_freight_is_measured_on_what_the_discounts_left() -> None:
    """The goods reach the threshold, what is to be paid for them does not."""
    me, tea = make_shopper(), make_goods(9_900)
    make_template(tea.merchant_id, make_rate(free_from_minor=9_900))
    without = me.quote((tea.sku_id, 1))
    make_promotion(tea.merchant_id, PieceOff(off=off(1)))

    assert without.freight_amount.amount_minor == 0
    assert me.quote((tea.sku_id, 1)).freight_amount.amount_minor == 800


def test_partial_refunds_return_exactly_what_was_paid_and_every_share_of_it() -> None:
    """Three pieces, a store's and the platform's discount on them, sent back one by one."""
    me, tea = make_shopper(), make_goods(9_999)
    make_promotion(tea.merchant_id, EveryPieces(every=2, reduced=1, basis_points=5_000))
    make_promotion(None, spend((20_000, off(1_001))), funders=PLATFORM)
    trade = me.buy_and_pay((tea.sku_id, 3))
    order_id = only(trade)
    (line,) = order_at_sale(order_id).lines
    # 9999 / 2 rounded up off one piece; then 1001, of which the platform bears 60 %.
    assert (line.merchant_discount.amount_minor, line.platform_discount.amount_minor) == (5_000 + 400, 601)

    back = []
    for _ in range(3):
        opened = factories.ask_refund(
            order_id, lines=[PiecesToRefund(order_line_id=line.id, quantity=1)], freight=False
        )
        factories.finish_refund(opened.id)
        back.append(opened.amount.amount_minor)

    assert sum(back) == line.payable.amount_minor
    ((platform,),) = rows("SELECT sum(platform_discount_minor)::int FROM payments_refund_line")
    assert platform == 601


def test_prices_of_their_own_are_what_a_piece_costs_everywhere() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    make_promotion(tea.merchant_id, LowerPrice(prices={tea.sku_id: 7_700}))
    me.put(tea.sku_id, 2)

    cart = carts.cart(me.buyer, language="zh", now=NOW)
    (line,) = cart.groups[0].lines
    trade = me.buy_and_pay((tea.sku_id, 2))

    assert (line.price.amount_minor, cart.total.amount_minor) == (7_700, 15_400)
    (sold,) = order_at_sale(only(trade)).lines
    assert (sold.quantity, sold.payable.amount_minor) == (2, 15_400)


def test_a_category_above_covers_the_goods_below() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    above = make_category()
    execute("UPDATE catalog_category SET parent_id = %s WHERE id = %s", [above, tea.category_id])
    make_promotion(tea.merchant_id, PieceOff(off=off(100)), goods=GoodsWish(category_ids=frozenset({above})))

    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 100


def test_an_old_price_can_be_worked_out_again() -> None:
    """What the trace names is kept at its version, whatever became of the promotion."""
    me, tea = make_shopper(), make_goods(30_000)
    made = make_promotion(tea.merchant_id, TIERS)
    quote = me.quote((tea.sku_id, 1))
    services.change(
        merchant_id=tea.merchant_id,
        promotion_id=made,
        wish=promotion_wish(),
        staff_id=None,
        now=NOW,
    )

    step = next(one for one in quote.trace if one.step is PriceStep.STORE_PROMOTION)
    assert promotions.at_version(PromotionId(made), step.rule_version).effect == TIERS
