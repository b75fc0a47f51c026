"""Cases of payment that other platforms' users suffered from, by the name of where they were reported."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from jishi.flows import hear_channel, take_payment
from jishi.flows.tests import factories
from jishi.flows.tests.money import BOTH_CHANNELS, Cash, total_of
from jishi.kernel.db import rows
from jishi.money.payments.types import ChannelName, PaymentStatus
from jishi.trade.orders.queries import orders_at_sale
from jishi.trade.orders.tests.factories import LineWish, OrderWish, make_trade
from jishi.trade.orders.types import OrderStatus

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)


def test_medusa_13301_double_capture(cash: Cash) -> None:
    """Two words about the same money, at the same time, capture it once."""
    trade = cash.place()
    money = factories.captured(trade.id, now=cash.now())

    def learn(_: int) -> str:
        try:
            return take_payment.learn(money, now=cash.now()).outcome
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(learn, range(5))) == ["applied", *["repeated"] * 4]
    assert cash.books()["order_escrow"] == total_of(orders_at_sale(trade.id))


def test_medusa_13301_two_attempts_that_are_both_paid(cash: Cash) -> None:
    """The buyer opens both cashiers and pays at each: the shop keeps one and gives the other back."""
    trade = cash.place()
    alipay, wechat = (cash.start(trade.id, channel) for channel in BOTH_CHANNELS)
    cash.act(alipay)
    cash.act(wechat)
    cash.run_jobs()
    cost = total_of(orders_at_sale(trade.id))
    assert cash.books() == {"order_escrow": cost, "channel_clearing:alipay": cost}
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.broken_promises() == []


@each_channel
def test_medusa_14114_the_order_exists_before_the_buyer_leaves_for_the_gateway(
    cash: Cash, channel: ChannelName
) -> None:
    """A buyer who pays and never comes back has bought: nothing waits for his return."""
    trade = cash.place()
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_PAYMENT}
    cash.act(cash.start(trade.id, channel))
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}


@each_channel
def test_medusa_10949_a_lost_webhook(cash: Cash, channel: ChannelName) -> None:
    """The channel's callback never arrives: the poll finds the money."""
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode="drop")
    assert take_payment.poll(trade_id=trade.id, now=cash.now()).status is PaymentStatus.PAID


@each_channel
def test_mercur_909_a_webhook_replayed_after_a_split(cash: Cash, channel: ChannelName) -> None:
    """The same callback again, when the trade is long split, partly refunded and completed, undoes
    nothing.
    """
    first, second = cash.paid(channel=channel)
    factories.ask_refund(first.id, now=cash.now())
    cash.run_jobs()
    cash.complete(second.id)
    before = cash.books()
    cash.control.resend(cash.attempt_number(first.trade_id))
    assert cash.books() == before
    assert {outcome for outcome, _ in cash.callbacks()} <= {"applied", "repeated", "refund_noted"}
    assert rows("SELECT count(*) FROM payments_refund") == [(1,)]
    assert cash.broken_promises() == []


@each_channel
@pytest.mark.parametrize("how", ["forge_amount", "forge_currency"])
def test_wrong_amount_or_currency_in_the_callback(cash: Cash, channel: ChannelName, how: str) -> None:
    """One fen does not pay for a trade, and neither does a foreign coin."""
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode=how)
    assert cash.status(trade.id) is PaymentStatus.PENDING
    assert cash.books() == {}
    assert {outcome for outcome, _ in cash.callbacks()} <= {"forged", "refused"}


@each_channel
def test_a_forged_signature(cash: Cash, channel: ChannelName) -> None:
    """Who cannot sign for the channel is not heard, and it is noted that he tried."""
    trade = cash.place()
    cash.start(trade.id, channel)
    reply = hear_channel.hear(
        name=channel,
        headers={"Wechatpay-Signature": "AAAA"},
        body=b"out_trade_no=1&trade_status=TRADE_SUCCESS&sign=AAAA&sign_type=RSA2",
        now=cash.now(),
    )
    assert reply.status >= 400
    assert [outcome for outcome, _ in cash.callbacks()] == ["forged"]
    assert cash.status(trade.id) is PaymentStatus.PENDING


@each_channel
def test_seckill_41_payment_after_the_deadline_when_the_stock_is_gone(
    cash: Cash, channel: ChannelName
) -> None:
    """Late money for goods that are gone goes back by itself, all of it, and the order stays closed."""
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), "pay-late")
    cash.let_the_deadline_pass(trade.id)
    cash.run_jobs()
    cash.control.settle(cash.attempt_number(trade.id))
    cash.run_jobs()
    assert cash.status(trade.id) is PaymentStatus.REFUNDED
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.CLOSED}
    assert cash.books() == {}


def test_medusa_12429_a_hundred_percent_discount(cash: Cash) -> None:
    """Nothing to pay is paid at once; no channel is asked for zero."""
    free = OrderWish(lines=(LineWish(platform_discount_minor=10_000),))
    trade = cash.place(free)
    assert cash.start(trade.id).status is PaymentStatus.PAID
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.control.payments() == [] or rows("SELECT count(*) FROM payments_attempt") == [(0,)]


def test_medusa_12429_one_free_order_beside_one_that_costs(cash: Cash) -> None:
    """Only what costs something is charged; both orders are paid."""
    free = OrderWish(lines=(LineWish(platform_discount_minor=10_000),))
    trade = cash.place(free, OrderWish())
    for channel in BOTH_CHANNELS:
        cash.start(trade.id, channel)
    cash.act(cash.start(trade.id, ChannelName.WECHAT))
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.broken_promises() == []


def test_mercur_the_shares_of_one_payment_add_up(cash: Cash) -> None:
    """Each order has its part of the payment, the parts make the whole, and each is refunded by itself."""
    trade = make_trade(
        [
            OrderWish(freight_minor=7),
            OrderWish(lines=(LineWish(unit_price_minor=3_333, quantity=3),)),
            OrderWish(),
        ],
        now=cash.now(),
    )
    cash.open_payment(trade.id)
    cash.act(cash.start(trade.id, ChannelName.WECHAT))
    orders = orders_at_sale(trade.id)
    assert rows("SELECT sum(amount_minor) FROM payments_part") == [(total_of(orders),)]
    assert len({one for (one,) in rows("SELECT channel_transaction_id FROM payments_capture_part")}) == 3
    factories.ask_refund(orders[1].id, now=cash.now())
    cash.run_jobs()
    assert rows("SELECT refunded_minor FROM payments_part ORDER BY position") == [(0,), (9_999,), (0,)]
    assert cash.broken_promises() == []
