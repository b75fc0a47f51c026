"""A discount that is no longer earned goes when goods come back: to whom paid it, and only as long as that is so."""

import pytest

from jishi.flows import invariants, refund_preview
from jishi.flows.invariants_sql import STOCK
from jishi.flows.tests import factories
from jishi.flows.tests.shopping import NOW, make_goods, make_shopper
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId
from jishi.money.payments.services_plan import NothingToRefund
from jishi.money.payments.types import PiecesToRefund, Refund, RefundRequest
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import Effect, EveryPieces, Refunding
from jishi.offering.promotions import services as promotions
from jishi.offering.promotions.tests.factories import make_promotion, promotion_wish
from jishi.trade.orders.queries import order_at_sale

pytestmark = pytest.mark.django_db

CLAW_BACK = Refunding.CLAW_BACK
MIXED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=6_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=4_000),
)


def sold(effect: Effect, *prices_minor: int, pieces: int = 1, refunding: Refunding = CLAW_BACK) -> OrderId:
    """Sell so many pieces of goods at each price with one promotion of their merchant; paid, not sent."""
    goods = make_goods(*prices_minor)
    make_promotion(goods.merchant_id, effect, refunding=refunding)
    trade = make_shopper().buy_and_pay(*[(sku_id, pieces) for sku_id in goods.sku_ids])
    return trade.orders[0].id


def wish(order_id: OrderId, place: int, pieces: int = 1) -> list[PiecesToRefund]:
    return [PiecesToRefund(order_line_id=order_at_sale(order_id).lines[place].id, quantity=pieces)]


def back(order_id: OrderId, place: int, pieces: int = 1) -> Refund:
    """Refund pieces of the line at a place, goods only, through to the channel's word."""
    opened = factories.ask_refund(order_id, lines=wish(order_id, place, pieces), freight=False)
    factories.finish_refund(opened.id)
    return opened


def funders(order_id: OrderId) -> tuple[int, int, int]:
    """Return what the refunds of an order gave back: to the buyer, to the platform, to the merchant's discounts."""
    ((buyer, platform, merchant),) = rows(
        "SELECT sum(payable_minor)::int, sum(platform_discount_minor)::int, sum(merchant_discount_minor)::int "
        "FROM payments_refund_line WHERE order_id = %s",
        [order_id],
    )
    return buyer, platform, merchant


def test_what_is_kept_costs_what_it_would_have_cost_alone() -> None:
    """300.00 less 60.00; with 200.00 left the rule takes 30.00 off, so 70.00 of the 240.00 go back."""
    order_id = sold(spend((20_000, off(3_000)), (30_000, off(6_000))), 10_000, pieces=3)

    assert back(order_id, 0).amount.amount_minor == 24_000 - 17_000
    assert back(order_id, 0).amount.amount_minor == 17_000 - 10_000
    assert back(order_id, 0).amount.amount_minor == 10_000
    assert funders(order_id) == (24_000, 0, 6_000)


def test_a_promotion_that_keeps_gives_back_what_was_paid_for_the_piece() -> None:
    order_id = sold(spend((30_000, off(6_000))), 10_000, pieces=3, refunding=Refunding.KEEP)

    assert [back(order_id, 0).amount.amount_minor for _ in range(3)] == [8_000, 8_000, 8_000]


def test_of_two_for_the_price_of_one_the_free_one_alone_returns_nothing() -> None:
    order_id = sold(EveryPieces(every=2, reduced=1, basis_points=10_000), 10_000, pieces=2)

    assert [back(order_id, 0).amount.amount_minor for _ in range(2)] == [0, 10_000]


@pytest.mark.parametrize("first", [0, 1])
def test_never_below_zero_and_the_same_in_the_end_whichever_comes_first(first: int) -> None:
    """10.00 and 190.00 less 100.00: without the small one the discount is lost, which is more than it cost."""
    order_id = sold(spend((20_000, off(10_000))), 1_000, 19_000)
    alone = (0, 9_000)[first]

    assert back(order_id, first).amount.amount_minor == alone
    assert back(order_id, 1 - first).amount.amount_minor == 10_000 - alone
    assert funders(order_id) == (10_000, 0, 10_000)


def test_what_is_withheld_goes_to_who_paid_the_discount() -> None:
    """Of 60.00 the platform paid 36.00. With one of three pieces back the others lose their 40.00 of it."""
    goods = make_goods(10_000)
    make_promotion(None, spend((30_000, off(6_000))), funders=MIXED, refunding=CLAW_BACK)
    order_id = make_shopper().buy_and_pay((goods.sku_id, 3)).orders[0].id

    assert back(order_id, 0).amount.amount_minor == 8_000 - 4_000
    assert funders(order_id) == (4_000, 3_600, 2_400)
    back(order_id, 0, 2)
    assert funders(order_id) == (24_000, 3_600, 2_400)


def test_the_statement_names_each_funders_part_of_sale_and_refund() -> None:
    """Completed after one of three pieces came back: the discount of both sides is in and out of the statement."""
    goods = make_goods(10_000)
    make_promotion(None, spend((30_000, off(6_000))), funders=MIXED, refunding=CLAW_BACK)
    order_id = make_shopper().buy_and_pay((goods.sku_id, 3)).orders[0].id
    back(order_id, 0)

    factories.complete(order_id)

    found = rows(
        "SELECT kind, goods_minor, subsidy_minor, merchant_discount_minor FROM settlement_entry "
        "WHERE order_id = %s AND order_line_id IS NOT NULL ORDER BY id",
        [order_id],
    )
    assert found == [("sale", 24_000, 3_600, 2_400), ("refund", -4_000, -3_600, -2_400)]
    assert [one for one in invariants.check() if one.promise not in STOCK] == []


def test_an_amount_in_between_changes_nothing_of_the_end() -> None:
    order_id = sold(spend((20_000, off(10_000))), 1_000, 19_000)
    back(order_id, 0)
    given = factories.ask_refund(order_id, amount=order_at_sale(order_id).lines[0].payable)
    factories.finish_refund(given.id)
    back(order_id, 1)

    assert funders(order_id) == (10_000, 0, 10_000)


def test_the_rule_counts_as_it_was_sold_whatever_became_of_it() -> None:
    goods = make_goods(10_000)
    made = make_promotion(goods.merchant_id, spend((30_000, off(6_000))), refunding=CLAW_BACK)
    order_id = make_shopper().buy_and_pay((goods.sku_id, 3)).orders[0].id
    promotions.change(
        merchant_id=goods.merchant_id,
        promotion_id=made,
        wish=promotion_wish(spend((10_000, off(6_000)))),
        staff_id=None,
        now=NOW,
    )

    assert back(order_id, 0).amount.amount_minor == 24_000 - 20_000


def test_the_preview_names_what_is_lost_and_equals_the_refund() -> None:
    order_id = sold(spend((30_000, off(6_000))), 10_000, pieces=3)
    merchant_id = order_at_sale(order_id).merchant_id
    request = RefundRequest(lines=wish(order_id, 0))

    seen = refund_preview.preview_refund(
        merchant_id=merchant_id, order_id=order_id, request=request, language="zh"
    )

    (discount,) = seen.discounts
    assert (discount.name, discount.clawed_back.amount_minor) == ("冬季优惠", 4_000)
    assert back(order_id, 0).amount == seen.amount


def test_the_buyer_sees_what_cancelling_returns() -> None:
    order_id = sold(spend((30_000, off(6_000))), 10_000, pieces=3)
    order = order_at_sale(order_id)

    seen = refund_preview.preview_cancellation(order_id=order_id, buyer=order.buyer_id, language="zh")

    assert (seen.amount, seen.goods) == (order.total, order.total - order.freight)
    assert [one.clawed_back.amount_minor for one in seen.discounts] == [0]
    with pytest.raises(NotFound):
        refund_preview.preview_cancellation(order_id=order_id, buyer=make_shopper().buyer, language="zh")
    assert factories.ask_refund(order_id).amount == seen.amount
    with pytest.raises(NothingToRefund):
        refund_preview.preview_cancellation(order_id=order_id, buyer=order.buyer_id, language="zh")
