"""Pre-sales from the deposit to the end: paid in two, closed without the balance, given back."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from jishi.flows import invariants, take_payment
from jishi.flows.cancel import CannotCancel, cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.presale import PresaleShareUsed, give_up
from jishi.flows.service_desk import cancel_order as cancel_at_desk
from jishi.flows.tests import factories
from jishi.flows.tests.ahead import IN_WINDOW, buy_ahead, quote_ahead
from jishi.flows.tests.shopping import (
    DEADLINE,
    LATER,
    capture_of,
    make_goods,
    make_shopper,
    pay,
    scheduled,
    stock_of,
)
from jishi.kernel.db import atomic, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import OrderId, UserId
from jishi.kernel.money import Money
from jishi.money.ledger import queries as ledger
from jishi.money.payments import queries as payments
from jishi.money.payments.services import BalanceNotDue, PaymentClosed, check_payable
from jishi.money.payments.services import lock as lock_payment
from jishi.money.payments.types import Outcome, PaymentStatus
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.presale import services as presales
from jishi.offering.presale.queries import PresaleOver
from jishi.offering.presale.tests.factories import BALANCE_FROM, BALANCE_UNTIL, DAY, make_presale
from jishi.offering.promotions.tests.factories import make_promotion
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.queries_pages import order_of_buyer
from jishi.trade.orders.types import CloseReason, OrderPaymentStatus, OrderStatus

pytestmark = pytest.mark.django_db(transaction=True)
STAFF = UserId(UUID(int=7))


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def status(order_id: OrderId) -> OrderStatus:
    return order_at_sale(order_id).status


def kinds(order_id: OrderId) -> list[str]:
    found = rows("SELECT kind FROM orders_event WHERE order_id = %s ORDER BY id", [order_id])
    return [kind for (kind,) in found]


def test_a_deposit_counts_for_more_and_the_balance_is_the_exact_rest() -> None:
    presale, me = make_presale(make_goods(12_000)), make_shopper()
    quoted = quote_ahead(me, presale, 2)
    assert (quoted.deposit, quoted.balance) == (cny(2_000), quoted.quote.total - cny(2_000))
    assert quoted.quote.total - quoted.quote.freight_amount == cny(2 * 9_000)


def test_the_deposit_opens_the_wait_for_the_balance_and_the_balance_pays_the_order() -> None:
    goods = make_goods(10_000, stock=10)
    presale, me = make_presale(goods), make_shopper()
    trade = buy_ahead(me, presale)
    order = trade.orders[0].id
    assert trade.payment.instalments is not None
    assert (trade.payment.instalments.due, stock_of(goods.sku_id)) == (cny(1_000), (10, 1))

    learnt = pay(trade.id)

    assert (learnt.outcome, learnt.status) == (Outcome.APPLIED, PaymentStatus.DEPOSIT_PAID)
    assert status(order) is OrderStatus.AWAITING_BALANCE
    assert ledger.balance("order_escrow") == cny(1_000)
    assert invariants.check() == []

    close_unpaid(trade_id=trade.id, now=DEADLINE)  # the deadline of the deposit changes nothing any more
    assert status(order) is OrderStatus.AWAITING_BALANCE
    assert BALANCE_UNTIL in scheduled("flows.close_unpaid.close_unpaid")

    pay(trade.id, now=IN_WINDOW)

    assert status(order) is OrderStatus.AWAITING_SHIPMENT
    assert order_at_sale(order).payment_status is OrderPaymentStatus.PAID
    assert ledger.balance("order_escrow") == trade.total
    assert payments.summary(trade.id).status is PaymentStatus.PAID
    assert kinds(order) == ["placed", "deposit_paid", "paid"]
    close_unpaid(trade_id=trade.id, now=BALANCE_UNTIL)
    assert status(order) is OrderStatus.AWAITING_SHIPMENT
    assert invariants.check() == []


def test_the_balance_can_be_paid_in_its_window_only() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    pay(trade.id)
    with atomic():
        payment = lock_payment(trade_id=trade.id)
    with pytest.raises(BalanceNotDue):
        check_payable(payment, now=BALANCE_FROM - timedelta(seconds=1))
    check_payable(payment, now=BALANCE_FROM)
    with pytest.raises(PaymentClosed):
        check_payable(payment, now=BALANCE_UNTIL)


def test_an_unpaid_deposit_closes_the_order_as_any_other() -> None:
    goods = make_goods(stock=10)
    trade = buy_ahead(make_shopper(), make_presale(goods))
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert status(trade.orders[0].id) is OrderStatus.CLOSED
    assert kinds(trade.orders[0].id) == ["placed", "closed_unpaid"]
    assert stock_of(goods.sku_id) == (10, 0)
    assert invariants.check() == []


@pytest.mark.parametrize("who", ["clock", "buyer"])
def test_without_the_balance_the_merchant_keeps_the_deposit_less_his_commission(who: str) -> None:
    goods, me = make_goods(stock=10), make_shopper()
    trade = buy_ahead(me, make_presale(goods))
    pay(trade.id)
    order = order_at_sale(trade.orders[0].id)
    _end(who, order.id, me.buyer)
    rate = order.lines[0].commission_basis_points
    kept = 1_000 - (2 * 1_000 * rate + 10_000) // 20_000
    assert ledger.balance(f"merchant_payable:{goods.merchant_id}") == cny(kept)
    assert ledger.balance("order_escrow") == cny(0)
    assert kinds(order.id)[-1] == "deposit_forfeited"
    assert (stock_of(goods.sku_id), payments.refunds_of([order.id])) == ((10, 0), {})
    assert invariants.check() == []


@pytest.mark.parametrize("who", ["clock", "buyer", "merchant", "desk"])
def test_a_deposit_goes_back_when_it_was_sold_so_or_the_merchant_ends_it(who: str) -> None:
    goods, me = make_goods(stock=10), make_shopper()
    trade = buy_ahead(me, make_presale(goods, returns_deposit=who in {"clock", "buyer"}), 2)
    pay(trade.id)
    order = trade.orders[0].id
    _end(who, order, me.buyer)
    (refund,) = payments.refunds_of([order])[order]
    assert refund.amount == cny(2_000)
    assert status(order) is OrderStatus.CLOSED
    assert stock_of(goods.sku_id) == (10, 0)
    assert invariants.check() == []


def _end(who: str, order: OrderId, buyer: UserId, now: datetime = BALANCE_UNTIL) -> None:
    at_sale = order_at_sale(order)
    match who:
        case "clock":
            close_unpaid(trade_id=at_sale.trade_id, now=now)
        case "buyer":
            cancel_order(order_id=order, buyer=buyer, reason="", now=now)
        case "merchant":
            give_up(merchant_id=at_sale.merchant_id, order_id=order, reason="缺货", staff=STAFF, now=now)
        case "desk":
            cause = CloseReason.CANCELLED_BY_MERCHANT
            cancel_at_desk(order_id=order, cause=cause, staff=STAFF, reason="", now=now)


def test_a_merchant_gives_up_only_his_own_orders_that_await_their_balance() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    order = order_at_sale(trade.orders[0].id)
    with pytest.raises(CannotCancel):
        give_up(merchant_id=order.merchant_id, order_id=order.id, reason="", staff=STAFF, now=LATER)
    pay(trade.id)
    with pytest.raises(NotFound):
        give_up(merchant_id=make_goods().merchant_id, order_id=order.id, reason="", staff=STAFF, now=LATER)


def test_money_for_a_deposit_that_is_paid_and_money_after_the_end_go_back() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    first = capture_of(trade.id, at=LATER, transaction="DEPOSIT")
    take_payment.learn(first, now=LATER)
    assert take_payment.learn(first, now=LATER).outcome is Outcome.REPEATED
    again = capture_of(trade.id, at=LATER)  # the way to pay the balance, taken later
    assert pay(trade.id, now=IN_WINDOW).outcome is Outcome.APPLIED
    assert take_payment.learn(again, now=IN_WINDOW).outcome is Outcome.SECOND_RETURNED
    assert invariants.check() == []


def test_a_balance_after_the_end_goes_back_and_revives_nothing() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    pay(trade.id)
    late = capture_of(trade.id, at=IN_WINDOW)
    close_unpaid(trade_id=trade.id, now=BALANCE_UNTIL)
    learnt = take_payment.learn(late, now=BALANCE_UNTIL + DAY)
    assert (learnt.outcome, status(trade.orders[0].id)) == (Outcome.LATE_RETURNED, OrderStatus.CLOSED)
    assert payments.summary(trade.id).refunded == cny(0)  # it was never the order's
    assert invariants.check() == []


def test_a_late_deposit_goes_back() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    late = capture_of(trade.id, at=LATER)
    close_unpaid(trade_id=trade.id, now=DEADLINE)
    assert take_payment.learn(late, now=DEADLINE).outcome is Outcome.LATE_RETURNED
    assert status(trade.orders[0].id) is OrderStatus.CLOSED
    assert invariants.check() == []


def test_a_buyer_has_no_more_than_his_share_and_a_stopped_presale_takes_no_deposits() -> None:
    goods, me = make_goods(stock=10), make_shopper()
    presale = make_presale(goods)
    buy_ahead(me, presale, 2)
    with pytest.raises(PresaleShareUsed):
        buy_ahead(me, presale)
    shopper = make_shopper()
    quoted = quote_ahead(shopper, presale)
    presales.stop(merchant_id=goods.merchant_id, presale_id=presale, staff_id=STAFF, now=LATER)
    with pytest.raises(PresaleOver):
        quote_ahead(make_shopper(), presale, now=LATER)
    with pytest.raises((PresaleOver, OutOfStock)):
        shopper.place(quoted.quote, now=LATER)
    assert invariants.check() == []


def test_other_promotions_do_not_lower_a_presale() -> None:
    goods = make_goods(20_000, stock=10)
    make_promotion(goods.merchant_id)
    quoted = quote_ahead(make_shopper(), make_presale(goods))
    assert quoted.quote.total - quoted.quote.freight_amount == cny(9_000)


def test_the_buyer_sees_what_he_may_do() -> None:
    me = make_shopper()
    trade = buy_ahead(me, make_presale(make_goods()))
    pay(trade.id)
    seen = order_of_buyer(order_id=trade.orders[0].id, buyer=me.buyer, language="zh", now=IN_WINDOW)
    assert (seen.status, seen.actions) == (OrderStatus.AWAITING_BALANCE, ["pay", "cancel"])
    assert seen.pay_before_at == BALANCE_UNTIL


def test_a_refund_comes_out_of_the_balance_first_and_then_out_of_the_deposit() -> None:
    trade = buy_ahead(make_shopper(), make_presale(make_goods()))
    pay(trade.id)
    pay(trade.id, now=IN_WINDOW)
    order = trade.orders[0].id
    part = factories.ask_refund(order, amount=cny(500), now=IN_WINDOW)
    rest = factories.ask_refund(order, now=IN_WINDOW)
    refunds = payments.refunds_of([order])[order]
    assert [one.amount.amount_minor for one in refunds] == [500, trade.total.amount_minor - 1_500, 1_000]
    assert {part.id, rest.id} < {one.id for one in refunds}
    for one in refunds:
        factories.finish_refund(one.id, now=IN_WINDOW)
        assert invariants.check() == []
    assert (status(order), payments.summary(trade.id).refunded) == (OrderStatus.CLOSED, trade.total)
