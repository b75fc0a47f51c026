"""Cases of coupons, freight and refunds that other platforms' users suffered from, by where they were reported."""

from collections.abc import Callable

import pytest

from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import DEADLINE, NOW, Shopper, make_goods, make_shopper
from jishi.kernel.ids import CouponTemplateId, OrderId
from jishi.money.payments.types import PiecesToRefund
from jishi.offering.catalog.tests.factories import MadeProduct
from jishi.offering.coupons import services_giving
from jishi.offering.coupons.tests.factories import make_template as make_coupon_template
from jishi.offering.coupons.tests.factories import off_from
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import NotApplied
from jishi.offering.pricing.types_promotions import FreightOff, LowerPrice, PieceOff
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import OrderPaymentStatus, OrderStatus
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db
FREIGHT, FREE_FROM = 800, 9_900


def claim(me: Shopper, template: CouponTemplateId) -> None:
    services_giving.claim(buyer=me.buyer, template_id=template, key=f"key-{template}", now=NOW)


def give_back(order_id: OrderId, place: int, quantity: int = 1) -> int:
    """Refund pieces of the line at a place; return what went back."""
    line = order_at_sale(order_id).lines[place]
    opened = factories.ask_refund(
        order_id, lines=[PiecesToRefund(order_line_id=line.id, quantity=quantity)], freight=False
    )
    factories.finish_refund(opened.id)
    return opened.amount.amount_minor


def piece_off(tea: MadeProduct, _: Shopper) -> None:
    make_promotion(tea.merchant_id, PieceOff(off=off(200)))


def own_price(tea: MadeProduct, _: Shopper) -> None:
    make_promotion(tea.merchant_id, LowerPrice(prices={tea.sku_id: 9_800}))


def spend_and_save(tea: MadeProduct, _: Shopper) -> None:
    make_promotion(tea.merchant_id, spend((5_000, off(200))))


def merchants_coupon(tea: MadeProduct, me: Shopper) -> None:
    claim(me, make_coupon_template(tea.merchant_id, effect=off_from(5_000, 200)))


def platforms_coupon(_: MadeProduct, me: Shopper) -> None:
    claim(me, make_coupon_template(None, effect=off_from(5_000, 200)))


@pytest.mark.parametrize("is_promotion", [False, True], ids=["template", "promotion"])
@pytest.mark.parametrize(
    "lower",
    [piece_off, own_price, spend_and_save, merchants_coupon, platforms_coupon],
    ids=lambda one: one.__name__,
)
def test_crmeb_56_the_threshold_is_measured_on_what_every_discount_leaves(
    lower: Callable[[MadeProduct, Shopper], None], is_promotion: bool
) -> None:
    """100.00 pass 99.00; what is left of them after 2.00 off does not, whoever asks and whatever took it off."""
    me, tea = make_shopper(), make_goods(10_000)
    free_from = None if is_promotion else FREE_FROM
    make_template(tea.merchant_id, make_rate(first_minor=FREIGHT, next_minor=0, free_from_minor=free_from))
    if is_promotion:
        make_promotion(tea.merchant_id, FreightOff(off=off(0, 10_000), threshold=FREE_FROM))
    before = me.quote((tea.sku_id, 1))

    lower(tea, me)
    after = me.quote((tea.sku_id, 1))

    assert (before.freight_amount.amount_minor, before.total.amount_minor) == (0, 10_000)
    assert (after.freight_amount.amount_minor, after.total.amount_minor) == (FREIGHT, 9_800 + FREIGHT)
    assert me.place(after).total == after.total


def test_solidus_512_a_refund_under_two_coupons_is_what_was_paid_for_the_piece() -> None:
    """The merchant's 40.00 and the platform's 36.00 lie on both lines by what each costs."""
    me, goods = make_shopper(), make_goods(10_000, 30_000)
    claim(me, make_coupon_template(goods.merchant_id, effect=off_from(30_000, 4_000)))
    claim(me, make_coupon_template(None, effect=off_from(30_000, 3_600)))

    trade = me.buy_and_pay(*[(sku_id, 1) for sku_id in goods.sku_ids])

    order_id = trade.orders[0].id
    prices = [line.amount.amount_minor for line in order_at_sale(order_id).lines]
    back = [give_back(order_id, place) for place in range(2)]
    assert sorted(zip(prices, back, strict=True)) == [(10_000, 8_100), (30_000, 24_300)]
    assert sum(back) == trade.total.amount_minor == 32_400


def test_lilishop_partial_refunds_under_a_coupon_return_the_line_once() -> None:
    """Three of 33.33 less 10.00 cost 89.99: thirds of a cent are never given twice, nor kept."""
    me, tea = make_shopper(), make_goods(3_333)
    claim(me, make_coupon_template(tea.merchant_id, effect=off_from(5_000, 1_000)))
    order_id = me.buy_and_pay((tea.sku_id, 3)).orders[0].id

    assert [give_back(order_id, 0) for _ in range(3)] == [3_000, 2_999, 3_000]
    assert order_at_sale(order_id).payment_status is OrderPaymentStatus.REFUNDED


def test_medusa_12429_a_coupon_that_takes_everything_off() -> None:
    me, tea = make_shopper(), make_goods(5_000)
    claim(me, make_coupon_template(tea.merchant_id, effect=spend((1, off(0, 10_000)))))

    trade = me.buy((tea.sku_id, 1))

    order = order_at_sale(trade.orders[0].id)
    assert trade.total.amount_minor == 0
    assert (order.payment_status, order.status) == (OrderPaymentStatus.PAID, OrderStatus.AWAITING_SHIPMENT)


def test_saleor_14920_of_each_owner_one_coupon_counts() -> None:
    """Two of the merchant's and two of the platform's: the best of each, unless their owner lets one stand beside."""
    me, tea = make_shopper(), make_goods(20_000)
    for owner in (tea.merchant_id, None):
        for amount in (500, 700):
            claim(me, make_coupon_template(owner, effect=off_from(1_000, amount)))

    quote = me.quote((tea.sku_id, 1))
    assert quote.discount_amount.amount_minor == 1_400
    assert sorted(one.reason for one in quote.coupons if one.reason) == [NotApplied.NO_BETTER] * 2

    claim(me, make_coupon_template(tea.merchant_id, effect=off_from(1_000, 300), stack_group="extra"))
    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 1_700


def test_litemall_163_a_coupon_comes_back_when_nobody_pays() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    claim(me, make_coupon_template(None, effect=off_from(5_000, 500)))
    trade = me.buy((tea.sku_id, 1))
    assert (trade.total.amount_minor, me.quote((tea.sku_id, 1)).total.amount_minor) == (9_500, 10_000)

    close_unpaid(trade_id=trade.id, now=DEADLINE)

    assert me.quote((tea.sku_id, 1)).total == trade.total
