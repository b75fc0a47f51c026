"""Cases of discounts and their refunds that other platforms' users suffered from, by where they were reported."""

from itertools import permutations

import pytest

from jishi.flows.tests import factories
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, SkuId
from jishi.money.ledger import queries as ledger
from jishi.money.ledger.rules import merchant_payable
from jishi.money.payments.types import PiecesToRefund
from jishi.offering.pricing.tests.offers import off, spend
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import EveryPieces, PieceOff, Refunding
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.types import OrderPaymentStatus
from tests.regressions.test_speed import brought

pytestmark = pytest.mark.django_db

BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


def bought(*pieces: tuple[SkuId, int]) -> OrderId:
    return make_shopper().buy_and_pay(*pieces).orders[0].id


def give_back(order_id: OrderId, place: int, quantity: int) -> int:
    """Refund pieces of the line at a place; return what went back."""
    line = order_at_sale(order_id).lines[place]
    opened = factories.ask_refund(
        order_id, lines=[PiecesToRefund(order_line_id=line.id, quantity=quantity)], freight=False
    )
    factories.finish_refund(opened.id)
    return opened.amount.amount_minor


def test_medusa_13265_every_full_set_counts() -> None:
    """Buy two, get one: of seven pieces two are free, not one."""
    tea = make_goods(1_000)
    make_promotion(tea.merchant_id, EveryPieces(every=3, reduced=1, basis_points=10_000))

    assert make_shopper().quote((tea.sku_id, 7)).discount_amount.amount_minor == 2_000


def test_medusa_13431_the_order_of_the_lines_changes_nothing() -> None:
    goods = make_goods(1_000, 2_500, 700)
    make_promotion(goods.merchant_id, EveryPieces(every=2, reduced=1, basis_points=5_000))
    me = make_shopper()

    found = {
        me.quote(*[(sku_id, 1) for sku_id in wish]).discount_amount.amount_minor
        for wish in permutations(goods.sku_ids)
    }

    assert found == {500}


def test_saleor_14920_rules_of_one_group_do_not_stack() -> None:
    """Two rules of a group: the better one alone, unless their owner says that they add up."""
    tea = make_goods(10_000)
    make_promotion(tea.merchant_id, spend((10_000, off(1_000))))
    make_promotion(tea.merchant_id, spend((10_000, off(1_500))))
    me = make_shopper()
    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 1_500

    make_promotion(tea.merchant_id, spend((5_000, off(200))), stack_group="welcome")
    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 1_700


def test_vendure_3003_ten_percent_by_a_promotion_comes_back_to_the_cent() -> None:
    tea = make_goods(333, stock=100)
    make_promotion(tea.merchant_id, spend((1, off(0, 1_000))))
    order_id = bought((tea.sku_id, 97))
    paid = order_at_sale(order_id).lines[0].payable.amount_minor

    assert paid == 333 * 97 - 3_230
    assert sum(give_back(order_id, 0, pieces) for pieces in (1, 31, 7, 58)) == paid


def test_medusa_12429_a_promotion_that_takes_everything_off() -> None:
    tea = make_goods(5_000)
    make_promotion(tea.merchant_id, PieceOff(off=off(0, 10_000)))

    trade = make_shopper().buy((tea.sku_id, 1))

    order = order_at_sale(trade.orders[0].id)
    assert order.lines[0].payable.amount_minor == 0
    assert order.total == order.freight


def test_vendure_3885_only_a_rule_that_says_so_is_measured_again() -> None:
    """The discount of what stays is kept, or taken back, as its promotion says; never by what holds today."""
    tea, cups = make_goods(20_000, 10_000), make_goods(20_000, 10_000)
    for goods, refunding in ((tea, Refunding.KEEP), (cups, Refunding.CLAW_BACK)):
        make_promotion(goods.merchant_id, spend((30_000, off(3_000))), refunding=refunding)
    kept = bought(*[(sku_id, 1) for sku_id in tea.sku_ids])
    clawed = bought(*[(sku_id, 1) for sku_id in cups.sku_ids])

    assert give_back(kept, 1, 1) == 9_000
    assert give_back(clawed, 1, 1) == 9_000 - 2_000
    assert give_back(clawed, 0, 1) == 20_000


def test_openmage_4396_a_clawed_back_order_returns_exactly_what_was_paid() -> None:
    goods = make_goods(9_999, 101, 5_003)
    make_promotion(goods.merchant_id, spend((15_000, off(3_333))), refunding=Refunding.CLAW_BACK)
    order_id = bought(*[(sku_id, 1) for sku_id in goods.sku_ids])
    paid = sum(line.payable.amount_minor for line in order_at_sale(order_id).lines)

    assert sum(give_back(order_id, place, 1) for place in (1, 0, 2)) == paid
    assert order_at_sale(order_id).payment_status is not OrderPaymentStatus.PAID


@pytest.mark.parametrize("refunding", Refunding)
def test_lilishop_the_platforms_discount_leaves_the_merchant_at_zero(refunding: Refunding) -> None:
    """The platform pays its discount at the sale and takes it back at the refund, piece by piece."""
    tea = make_goods(10_000)
    make_promotion(None, spend((20_000, off(6_001))), funders=BY_PLATFORM, refunding=refunding)
    order_id = bought((tea.sku_id, 3))
    factories.complete(order_id)
    for _ in range(3):
        give_back(order_id, 0, 1)

    order = order_at_sale(order_id)
    assert ledger.balance(merchant_payable(order.merchant_id)) == order.freight
    assert ledger.balance("promotion_expense").amount_minor == 0
    ((subsidy, commission, own),) = rows(
        "SELECT sum(subsidy_minor)::int, sum(commission_minor)::int, sum(merchant_discount_minor)::int "
        "FROM settlement_entry WHERE order_id = %s",
        [order_id],
    )
    assert (subsidy, commission, own) == (0, 0, 0)


def test_sylius_9882_a_quote_looks_at_the_promotions_of_its_goods_only() -> None:
    """Promotions are read once for each change of them, not for each cart; a cart looks up those of its goods."""
    tea, me = make_goods(10_000), make_shopper()
    make_promotion(tea.merchant_id, spend((10_000, off(1_000))))
    me.quote((tea.sku_id, 1))
    few = brought(lambda: me.quote((tea.sku_id, 1)))
    for _ in range(40):
        make_promotion(make_merchant(), spend((1, off(1))))
    me.quote((tea.sku_id, 1))

    assert brought(lambda: me.quote((tea.sku_id, 1))) == few
    assert me.quote((tea.sku_id, 1)).discount_amount.amount_minor == 1_000
