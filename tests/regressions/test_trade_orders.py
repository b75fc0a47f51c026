"""What buyers and merchants of other platforms suffered from, from cart to parcel: each by its report."""

import pytest

from jishi.flows.cancel import cancel_order
from jishi.flows.refund import request_refund
from jishi.flows.tests.shopping import LATER, NOW, make_goods, make_shopper, send, stock_of
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.money import Money
from jishi.money.payments import queries as payments
from jishi.money.payments.types import PiecesToRefund, RefundRequest
from jishi.offering.coupons import services_giving
from jishi.offering.coupons.tests.factories import make_template as make_coupon_template
from jishi.trade.orders import queries, services
from jishi.trade.orders.queries_pages import order_of_merchant
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_paid_order
from jishi.trade.orders.types import OrderAtSale, OrderPaymentStatus, OrderStatus, PiecesWish
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def refund(order: OrderAtSale, quantity: int) -> None:
    """Let the merchant refund some pieces of the first line."""
    lines = [PiecesToRefund(order_line_id=order.lines[0].id, quantity=quantity)]
    request_refund(
        merchant_id=order.merchant_id,
        order_id=order.id,
        request=RefundRequest(lines=lines),
        staff=UserId(new_id()),
        now=LATER,
    )


def _some(order: OrderAtSale, quantity: int) -> PiecesWish:
    return PiecesWish(order_line_id=order.lines[0].id, quantity=quantity)


# -- checkout -----------------------------------------------------------------------------------------------


def test_medusa_13301_the_order_exists_before_the_buyer_is_sent_to_pay() -> None:
    me, tea = make_shopper(), make_goods(6_800)

    trade = me.buy((tea.sku_id, 1))

    assert queries.orders_at_sale(trade.id)[0].status is OrderStatus.AWAITING_PAYMENT
    assert payments.summary(trade.id).amount == trade.total


def test_crmeb_56_the_free_freight_threshold_is_measured_on_what_the_goods_cost() -> None:
    me, tea = make_shopper(), make_goods(4_950)
    make_template(tea.merchant_id, make_rate(first_minor=800, next_minor=0, free_from_minor=9_900))

    below, reached = me.quote((tea.sku_id, 1)), me.quote((tea.sku_id, 2))

    assert (below.freight_amount, below.total) == (cny(800), cny(5_750))
    assert (reached.freight_amount, reached.total) == (cny(0), cny(9_900))


# -- merchants ------------------------------------------------------------------------------------------------


def test_vendure_2176_a_merchant_sees_his_own_shipping() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    make_template(tea.merchant_id, make_rate(first_minor=800))
    order_id = me.buy_and_pay((tea.sku_id, 1)).orders[0].id
    parcel = send(order_id)

    shown = order_of_merchant(order_id=order_id, merchant_id=tea.merchant_id, language="zh", now=LATER)

    assert shown.freight_amount == cny(800)
    assert [one.tracking_number for one in shown.parcels] == [parcel.tracking_number]
    assert shown.recipient.city == "上海市"


def test_spree_14622_a_refunded_order_does_not_read_as_paid() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    order = queries.orders_at_sale(me.buy_and_pay((tea.sku_id, 1)).id)[0]

    services.note_refund(order_id=order.id, lines=[], amount=order.total, now=LATER)

    after = queries.order_at_sale(order.id)
    assert (after.payment_status, after.status) == (OrderPaymentStatus.REFUNDED, OrderStatus.CLOSED)


def test_spree_14622_the_freight_of_an_order_is_charged_once_for_all_its_parcels() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    make_template(tea.merchant_id, make_rate(first_minor=800, next_minor=0))
    trade = me.buy_and_pay((tea.sku_id, 3))
    order = queries.orders_at_sale(trade.id)[0]

    for _ in range(2):
        send(order.id, _some(order, 1))
    send(order.id)

    assert (order.freight, order.total) == (cny(800), cny(3 * 6_800 + 800))
    assert queries.order_at_sale(order.id).total == order.total


def test_spree_14622_what_is_left_of_a_split_order_can_always_be_fulfilled() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    order = queries.orders_at_sale(me.buy_and_pay((tea.sku_id, 3)).id)[0]
    send(order.id, _some(order, 1))

    refund(order, 1)
    send(order.id)

    assert queries.order_at_sale(order.id).status is OrderStatus.SHIPPED
    assert stock_of(tea.sku_id) == (8, 0)


def test_spree_14622_pieces_whose_money_goes_back_are_not_sent() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    order = queries.orders_at_sale(me.buy_and_pay((tea.sku_id, 3)).id)[0]

    refund(order, 2)
    with pytest.raises(services.PiecesGone):
        send(order.id, _some(order, 2))
    send(order.id)

    assert stock_of(tea.sku_id) == (9, 0)


# -- refunds --------------------------------------------------------------------------------------------------


def test_spree_10099_cancelling_before_shipment_gives_the_freight_back() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    make_template(tea.merchant_id, make_rate(first_minor=800))
    trade = me.buy_and_pay((tea.sku_id, 1))

    cancel_order(order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=LATER)

    (back,) = payments.refunds_of([trade.orders[0].id])[trade.orders[0].id]
    assert back.amount == cny(7_600)


def test_vendure_3885_refunding_one_line_leaves_the_others_as_they_were() -> None:
    order = make_paid_order(
        OrderWish(
            lines=[
                LineWish(unit_price_minor=10_000, merchant_discount_minor=1_000),
                LineWish(unit_price_minor=5_000, merchant_discount_minor=500),
            ]
        )
    )
    services.reserve_refund_pieces(
        order_id=order.id,
        lines=[PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)],
        now=LATER,
    )

    after = queries.order_at_sale(order.id)

    assert [line.payable for line in after.lines] == [line.payable for line in order.lines]
    assert after.total == order.total


def test_litemall_163_a_coupon_comes_back_with_the_cancelled_order_and_buys_again() -> None:
    me, tea = make_shopper(), make_goods(10_000)
    services_giving.claim(buyer=me.buyer, template_id=make_coupon_template(None), key="litemall-163", now=NOW)
    with_coupon = me.quote((tea.sku_id, 1)).total
    trade = me.buy((tea.sku_id, 1))
    without = me.quote((tea.sku_id, 1)).total

    cancel_order(order_id=trade.orders[0].id, buyer=me.buyer, reason="", now=LATER)

    assert without - with_coupon == Money(500, "CNY")
    assert me.buy((tea.sku_id, 1)).total == with_coupon
