"""A coupon from the claim to the refund: what it takes off, who has it when, and when it comes back."""

from datetime import timedelta

import pytest

from jishi.flows import coupons, take_payment
from jishi.flows.cancel import cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.place_order import CartChanged
from jishi.flows.refund_preview import preview_refund
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    NOW,
    Shopper,
    capture_of,
    make_goods,
    make_shopper,
    pay,
    queued,
)
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, SkuId, TradeId, UserId, new_id
from jishi.money.payments.events import RefundDone
from jishi.money.payments.types import Outcome, PiecesToRefund, RefundRequest
from jishi.offering.coupons import services_giving
from jishi.offering.coupons.tests.factories import make_template, off_from
from jishi.offering.coupons.types import Way
from jishi.offering.pricing.types import NotApplied, Off
from jishi.offering.pricing.types_promotions import FreightOff
from jishi.trade.checkout import services_quotes
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders import queries_coupons
from jishi.trade.orders.queries import order_at_sale, orders_at_sale
from jishi.trade.shipping.tests import factories as shipping

pytestmark = pytest.mark.django_db


def claim(me: Shopper, template: CouponTemplateId, key: str = "key-0001") -> CouponId:
    return services_giving.claim(buyer=me.buyer, template_id=template, key=key, now=NOW)


def status(coupon: CouponId) -> str:
    ((found,),) = rows("SELECT status FROM coupons_coupon WHERE id = %s", [coupon])
    return str(found)


def amounts(quote: Quote) -> dict[CouponId, int | None]:
    return {one.id: one.amount.amount_minor if one.amount else None for one in quote.coupons}


def choose(me: Shopper, sku_id: SkuId, *chosen: CouponId) -> Quote:
    request = QuoteRequest(
        lines=[CartLineWish(sku_id=sku_id, quantity=1)], address_id=me.address, coupons=list(chosen)
    )
    return services_quotes.quote(owner_id=me.buyer, buyer=me.buyer, request=request, language="en", now=NOW)


def cancel(trade_id: TradeId) -> None:
    ((order_id, buyer),) = rows("SELECT id, buyer_id FROM orders_order WHERE trade_id = %s", [trade_id])
    cancel_order(order_id=order_id, buyer=buyer, reason="", now=LATER)


def refund_pieces(trade_id: TradeId, pieces: int) -> None:
    ((order_id,),) = rows("SELECT id FROM orders_order WHERE trade_id = %s", [trade_id])
    (line,) = order_at_sale(order_id).lines
    asked = factories.ask_refund(
        order_id, lines=[PiecesToRefund(order_line_id=line.id, quantity=pieces)], freight=False
    )
    factories.finish_refund(asked.id)
    coupons.give_coupons_back(
        RefundDone(refund_id=asked.id, trade_id=trade_id, order_id=order_id, occurred_at=LATER)
    )


def test_the_best_coupons_are_used_and_the_others_say_why_not() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    great = claim(me, make_template(tea.merchant_id, effect=off_from(50_00, 20_00)))
    small = claim(me, make_template(tea.merchant_id, effect=off_from(50_00, 5_00)))
    far = claim(me, make_template(None, effect=off_from(92_00, 10_00)))

    quote = me.quote((tea.sku_id, 1))

    assert amounts(quote) == {great: 20_00, small: None, far: None}
    reasons = {one.id: (one.reason, one.missing) for one in quote.coupons}
    assert reasons[small] == (NotApplied.NO_BETTER, 0)
    assert reasons[far] == (NotApplied.NOT_COMBINED, 0)
    assert quote.discount_amount.amount_minor == 20_00
    assert me.place(quote).total == quote.total
    assert [status(one) for one in (great, small, far)] == ["locked", "held", "held"]


def test_what_is_missing_for_a_coupon_is_said() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    claim(me, make_template(None, effect=off_from(112_00, 10_00)))
    (shown,) = me.quote((tea.sku_id, 1)).coupons
    assert (shown.amount, shown.reason, shown.missing) == (None, NotApplied.BELOW_THRESHOLD, 12_00)


def test_the_buyer_may_choose_and_may_choose_none() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    great = claim(me, make_template(tea.merchant_id, effect=off_from(50_00, 20_00)))
    small = claim(me, make_template(tea.merchant_id, effect=off_from(50_00, 5_00)))

    assert amounts(choose(me, tea.sku_id, small)) == {small: 5_00, great: None}
    none = choose(me, tea.sku_id)
    assert amounts(none) == {great: None, small: None}
    trade = me.place(none)
    assert trade.total == none.total
    assert status(great) == "held"
    assert amounts(choose(make_shopper(), tea.sku_id, great)) == {}


def test_coupons_are_locked_used_and_returned() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    coupon = claim(me, make_template(None))

    trade = me.buy((tea.sku_id, 1))
    assert status(coupon) == "locked"
    assert me.quote((tea.sku_id, 1)).coupons == []
    cancel(trade.id)
    assert status(coupon) == "held"

    trade = me.buy((tea.sku_id, 1))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert status(coupon) == "held"

    trade = me.buy_and_pay((tea.sku_id, 1))
    drain(now=LATER)
    assert status(coupon) == "used"
    ((amount, revenue),) = rows("SELECT amount_minor, revenue_minor FROM coupons_coupon")
    assert (amount, revenue) == (5_00, 95_00)


@pytest.mark.parametrize(("is_returned", "after"), [(True, "held"), (False, "used")])
def test_a_refund_of_the_last_piece_returns_it_as_its_terms_say(is_returned: bool, after: str) -> None:
    me, tea = make_shopper(), make_goods(100_00)
    coupon = claim(me, make_template(None, is_returned_on_refund=is_returned))
    trade = me.buy_and_pay((tea.sku_id, 2))
    drain(now=LATER)

    refund_pieces(trade.id, 1)
    assert status(coupon) == "used"
    refund_pieces(trade.id, 1)
    assert status(coupon) == after


@pytest.mark.parametrize("is_returned", [True, False])
def test_the_preview_of_a_refund_says_whether_its_coupon_comes_back(is_returned: bool) -> None:
    me, tea = make_shopper(), make_goods(100_00)
    coupon = claim(me, make_template(None, is_returned_on_refund=is_returned))
    trade = me.buy_and_pay((tea.sku_id, 2))
    (order_id,) = (order.id for order in trade.orders)
    (line,) = order_at_sale(order_id).lines

    def preview(pieces: int) -> bool | None:
        request = RefundRequest(lines=[PiecesToRefund(order_line_id=line.id, quantity=pieces)])
        (discount,) = preview_refund(
            merchant_id=tea.merchant_id, order_id=order_id, request=request, language="zh"
        ).discounts
        assert discount.rule_id == str(coupon)
        return discount.is_coupon_returned

    assert (preview(1), preview(2)) == (False, is_returned)
    refund_pieces(trade.id, 1)
    assert preview(1) is is_returned
    refund_pieces(trade.id, 1)
    assert (status(coupon) == "held") is is_returned


def test_a_coupon_that_another_device_used_asks_the_buyer_again() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    coupon = claim(me, make_template(None))
    first, second = me.quote((tea.sku_id, 1)), me.quote((tea.sku_id, 1))
    me.place(first)
    with pytest.raises(CartChanged) as changed:
        me.place(second)
    assert changed.value.data["quote"].total.amount_minor == first.total.amount_minor + 5_00
    assert rows("SELECT count(*) FROM coupons_coupon WHERE id = %s AND status = 'locked'", [coupon]) == [(1,)]


def test_a_coupon_that_ends_before_the_order_asks_the_buyer_again() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    claim(me, make_template(None, valid_until=LATER))
    quote = me.quote((tea.sku_id, 1))
    with pytest.raises(CartChanged):
        me.place(quote, now=LATER)


def test_late_money_takes_the_coupon_again_or_goes_back() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    coupon = claim(me, make_template(None))
    late = DEADLINE + timedelta(minutes=1)
    trade = me.buy((tea.sku_id, 1))
    money = capture_of(trade.id, at=LATER)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert take_payment.learn(money, now=late).outcome is Outcome.LATE_REVIVED
    assert status(coupon) == "used"

    again = claim(me, make_template(None))
    trade = me.buy((tea.sku_id, 1))
    money = capture_of(trade.id, at=LATER)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    me.buy((tea.sku_id, 1))  # the coupon goes with it
    assert take_payment.learn(money, now=late).outcome is Outcome.LATE_RETURNED
    assert status(again) == "locked"


def test_a_coupon_is_in_one_trade_and_takes_off_what_the_order_says() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    claim(me, make_template(None))
    trade = me.buy((tea.sku_id, 1))
    ((in_order,),) = rows("SELECT platform_discount_minor FROM orders_order WHERE trade_id = %s", [trade.id])
    ((in_coupon,),) = rows(
        "SELECT sum(amount_minor)::int FROM coupons_coupon WHERE trade_id = %s", [trade.id]
    )
    assert in_order == in_coupon == 5_00


def test_staff_give_goodwill_to_the_buyer_of_their_order() -> None:
    me, tea, neighbour = make_shopper(), make_goods(100_00), make_goods(1_00)
    template = make_template(tea.merchant_id, way=Way.GOODWILL)
    trade = me.buy((tea.sku_id, 1))
    (order,) = trade.orders
    staff = UserId(new_id())

    def give(merchant_id: MerchantId) -> CouponId:
        return coupons.give_goodwill(
            merchant_id=merchant_id,
            order_id=order.id,
            template_id=template,
            staff=staff,
            reason="Late",
            now=NOW,
        )

    with pytest.raises(coupons.GoodwillUnpaid):
        give(tea.merchant_id)
    assert queued("offering.coupons.tasks.tell_of_coupon") == 0
    pay(trade.id)
    assert give(tea.merchant_id) == give(tea.merchant_id)
    assert queued("offering.coupons.tasks.tell_of_coupon") == 1
    noted = rows("SELECT data ->> 'reason' FROM kernel_audit_entry WHERE action = 'coupon.given'")
    assert noted == [("Late",)]
    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 5_00
    with pytest.raises(NotFound):
        give(neighbour.merchant_id)


def test_a_coupon_off_freight_is_in_the_freight_and_comes_back_with_the_order() -> None:
    me, tea = make_shopper(), make_goods(100_00)
    shipping.make_template(tea.merchant_id)
    coupon = claim(me, make_template(tea.merchant_id, effect=FreightOff(off=Off(amount_minor=5_00))))

    quote = me.quote((tea.sku_id, 1))
    (order,) = quote.orders
    assert (order.freight.amount.amount_minor, order.freight.payable.amount_minor) == (8_00, 3_00)
    assert (quote.total.amount_minor, quote.discount_amount.amount_minor) == (103_00, 0)
    assert (amounts(quote), order.discounts) == ({coupon: 5_00}, [])

    trade = me.buy((tea.sku_id, 1))
    assert trade.total.amount_minor == 103_00
    (sold,) = orders_at_sale(trade.id)
    assert (sold.freight.amount_minor, status(coupon)) == (3_00, "locked")
    assert str(coupon) in queries_coupons.discount_rules(trade.id)  # a late payment takes it again
    cancel(trade.id)
    assert status(coupon) == "held"
    assert me.quote((tea.sku_id, 1)).total.amount_minor == 103_00
    assert choose(me, tea.sku_id).total.amount_minor == 108_00
