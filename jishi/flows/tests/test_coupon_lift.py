"""What coupons bring, from real orders of those who got one and of those who were held out."""

from datetime import timedelta

import pytest

from jishi.flows import coupon_lift
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import LATER, NOW, Shopper, make_goods, make_shopper
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import CouponTemplateId, MerchantId, new_id
from jishi.money.payments.types import PiecesToRefund
from jishi.offering.coupons import services, services_giving
from jishi.offering.coupons.rules_lift import is_held_out
from jishi.offering.coupons.services_giving import NotDrawn
from jishi.offering.coupons.tests.factories import make_template, template_wish
from jishi.offering.coupons.types_lift import CouponLift, LiftGroup
from jishi.trade.orders.queries import orders_at_sale

pytestmark = pytest.mark.django_db
SHARE = 40


def shoppers(template: CouponTemplateId, *, held: bool, count: int) -> list[Shopper]:
    """Make shoppers who ask for the coupon, each of whom is held out or is not."""
    found: list[Shopper] = []
    while len(found) < count:
        one = make_shopper()
        if is_held_out(template, one.buyer, SHARE) is held:
            ask(template, one)
            found.append(one)
    return found


def ask(template: CouponTemplateId, who: Shopper) -> None:
    try:
        services_giving.claim(buyer=who.buyer, template_id=template, key=f"key-{new_id()}", now=NOW)
    except NotDrawn:
        assert is_held_out(template, who.buyer, SHARE)


def lift_of(
    merchant: MerchantId, template: CouponTemplateId, now: timedelta = timedelta(days=1)
) -> CouponLift:
    found = coupon_lift.figures(merchant, template, now=NOW + now).lift
    assert found is not None
    return found


def said(group: LiftGroup) -> tuple[int, int, int]:
    return group.people, group.buyers, group.revenue_each_minor


def test_what_both_groups_bought_is_counted_from_the_same_moment() -> None:
    tea, elsewhere = make_goods(20_00), make_goods(20_00)
    merchant = tea.merchant_id
    template = make_template(merchant, holdout_percent=SHARE)
    given, held = shoppers(template, held=False, count=3), shoppers(template, held=True, count=2)
    for who in (given[0], given[1], held[0]):
        who.buy_and_pay((tea.sku_id, 1), now=LATER)
    given[2].buy((tea.sku_id, 1), now=LATER)  # never paid
    held[1].buy_and_pay((elsewhere.sku_id, 1), now=LATER)  # another merchant's
    make_shopper().buy_and_pay((tea.sku_id, 1), now=LATER)  # never asked for the coupon
    paid = dict(
        rows(
            "SELECT buyer_id, sum(total_minor)::int FROM orders_order "
            "WHERE merchant_id = %s AND paid_at IS NOT NULL GROUP BY 1",
            [merchant],
        )
    )

    found = lift_of(merchant, template)

    with_coupon = paid[given[0].buyer] + paid[given[1].buyer]
    assert paid[given[0].buyer] == paid[held[0].buyer] - 5_00
    assert said(found.given) == (3, 2, round(with_coupon / 3))
    assert said(found.held_out) == (2, 1, round(paid[held[0].buyer] / 2))
    assert (found.holdout_percent, found.conversion_bp, found.revenue_minor) == (SHARE, None, None)


def test_what_came_back_was_not_bought_and_what_came_after_the_end_is_not_the_coupons() -> None:
    tea = make_goods(20_00)
    template = make_template(
        tea.merchant_id, holdout_percent=SHARE, valid_from=None, valid_until=None, valid_days=2
    )
    (back, late), (out,) = shoppers(template, held=False, count=2), shoppers(template, held=True, count=1)
    trade = back.buy_and_pay((tea.sku_id, 1), now=LATER)
    order = orders_at_sale(trade.id)[0]
    lines = [PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)]
    factories.finish_refund(factories.ask_refund(order.id, lines=lines, freight=True).id)
    late.buy_and_pay((tea.sku_id, 1), now=NOW + timedelta(days=2))
    out.buy_and_pay((tea.sku_id, 1), now=NOW + timedelta(days=2))
    found = lift_of(tea.merchant_id, template, timedelta(days=5))
    assert (said(found.given), said(found.held_out)) == ((2, 0, 0), (1, 0, 0))


def test_another_share_begins_anew_and_the_last_one_stays_to_be_read() -> None:
    merchant = make_goods(20_00).merchant_id
    template = make_template(merchant, holdout_percent=SHARE)
    shoppers(template, held=False, count=2)
    for percent, people in ((50, 0), (0, 0), (SHARE, 2)):
        wish = template_wish(holdout_percent=percent)
        services.change(merchant_id=merchant, template_id=template, wish=wish, staff_id=None, now=NOW)
        found = lift_of(merchant, template)
        assert (found.holdout_percent, found.given.people) == (percent or 50, people)


def test_without_a_share_there_is_nothing_to_compare_and_anothers_is_not_shown() -> None:
    merchant = make_goods().merchant_id
    template = make_template(merchant)
    assert coupon_lift.figures(merchant, template, now=NOW).lift is None
    with pytest.raises(NotFound):
        coupon_lift.figures(make_goods().merchant_id, template, now=NOW)
