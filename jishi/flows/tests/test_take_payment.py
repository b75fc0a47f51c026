"""Taking money through both channels, with everything that callbacks do to a shop."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from jishi.flows import take_payment
from jishi.flows.tests.money import BOTH_CHANNELS, Cash, Client, captured, cny, statuses, total_of
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.money.payments import queries as payments
from jishi.money.payments.services import AlreadyPaid, ChannelDown, PaymentClosed
from jishi.money.payments.types import Captured, ChannelName, Learnt, Outcome, PaymentRequest, PaymentStatus
from jishi.trade.orders.queries import orders_at_sale
from jishi.trade.orders.tests.factories import LineWish, OrderWish
from jishi.trade.orders.types import OrderStatus

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)


# -- the ordinary way ----------------------------------------------------------------------------------------


@each_channel
@pytest.mark.parametrize("client", ["desktop", "phone"])
def test_a_trade_of_two_merchants_is_paid_once(cash: Cash, channel: ChannelName, client: Client) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel, client)
    assert cash.status(trade.id) is PaymentStatus.PENDING
    cash.act(started)
    assert cash.status(trade.id) is PaymentStatus.PAID
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    total = total_of(orders_at_sale(trade.id))
    assert cash.books() == {f"channel_clearing:{channel}": total, "order_escrow": total}
    assert cash.callbacks() == [("applied", "")]


@each_channel
def test_pressing_pay_twice_opens_one_cashier(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    assert cash.start(trade.id, channel) == cash.start(trade.id, channel)
    assert rows("SELECT count(*) FROM payments_attempt") == [(1,)]


@each_channel
def test_a_try_that_failed_can_be_tried_again(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    cash.act(started, "fail")
    take_payment.poll(trade_id=trade.id, now=cash.now())
    assert cash.status(trade.id) in {PaymentStatus.FAILED, PaymentStatus.PENDING}
    cash.act(cash.start(trade.id, channel))
    assert cash.status(trade.id) is PaymentStatus.PAID


def test_each_attempt_has_a_number_of_its_own_within_the_channels_limit(cash: Cash) -> None:
    trade = cash.place()
    for channel in BOTH_CHANNELS:
        cash.start(trade.id, channel, "desktop")
        cash.start(trade.id, channel, "phone")
    numbers = [number for (number,) in rows("SELECT out_trade_no FROM payments_attempt")]
    assert len(set(numbers)) == 4
    assert all(len(number) <= 32 for number in numbers)


def test_who_may_pay_and_when(cash: Cash) -> None:
    trade = cash.place()
    request = PaymentRequest(channel=ChannelName.ALIPAY)
    with pytest.raises(NotFound):
        take_payment.start(trade_id=trade.id, buyer=UserId(new_id()), request=request, now=cash.now())
    with pytest.raises(NotFound):
        take_payment.look(trade_id=trade.id, buyer=UserId(new_id()), has_returned=False, now=cash.now())
    buyer = orders_at_sale(trade.id)[0].buyer_id
    with pytest.raises(PaymentClosed):
        take_payment.start(
            trade_id=trade.id, buyer=buyer, request=request, now=cash.now() + timedelta(minutes=31)
        )
    cash.act(cash.start(trade.id))
    with pytest.raises(AlreadyPaid):
        cash.start(trade.id)


def test_a_channel_that_is_down_takes_nothing_and_loses_nothing(cash: Cash) -> None:
    trade = cash.place()
    cash.control.fail_next("start")
    with pytest.raises(ChannelDown):
        cash.start(trade.id, ChannelName.WECHAT)
    cash.act(cash.start(trade.id, ChannelName.WECHAT))
    assert cash.status(trade.id) is PaymentStatus.PAID


def test_a_total_of_zero_is_paid_at_once(cash: Cash) -> None:
    free = OrderWish(
        lines=(LineWish(unit_price_minor=10_000, platform_discount_minor=9_000, points_discount_minor=1_000),)
    )
    trade = cash.place(free)
    started = cash.start(trade.id)
    assert started.status is PaymentStatus.PAID
    assert started.redirect_url is None
    assert started.qr_code is None
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.books() == {"points_liability": -1_000, "order_escrow": 1_000}
    with atomic():
        assert not take_payment.pay_nothing(trade_id=trade.id, now=cash.now())


# -- callbacks that go astray --------------------------------------------------------------------------------


@each_channel
def test_a_lost_callback_is_found_by_the_poll(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode="drop")
    assert cash.status(trade.id) is PaymentStatus.PENDING
    rows("UPDATE payments_payment SET created_at = created_at - interval '1 minute' RETURNING id")
    cash.run_jobs()  # nothing is due by itself: the sweep is periodic
    from jishi.flows.payment_tasks import poll_payments

    poll_payments(now=cash.now())
    cash.run_jobs()
    assert cash.status(trade.id) is PaymentStatus.PAID
    assert statuses(trade) == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.callbacks() == []


def test_what_was_asked_while_the_clock_was_ahead_is_asked_again(cash: Cash) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, ChannelName.ALIPAY), mode="drop")
    ahead = timedelta(hours=3)
    execute("UPDATE payments_payment SET asked_at = %s, created_at = %s", [cash.now() + ahead] * 2)
    assert payments.trades_to_poll(now=cash.now()) == [trade.id]
    seen = take_payment.look(
        trade_id=trade.id, buyer=orders_at_sale(trade.id)[0].buyer_id, has_returned=False, now=cash.now()
    )
    assert seen.status is PaymentStatus.PAID


@each_channel
def test_a_lost_callback_is_found_when_the_buyer_comes_back(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode="drop")
    buyer = orders_at_sale(trade.id)[0].buyer_id
    seen = take_payment.look(trade_id=trade.id, buyer=buyer, has_returned=True, now=cash.now())
    assert seen.status is PaymentStatus.PAID
    assert rows("SELECT source FROM payments_capture") == [("return",)]


@each_channel
def test_a_repeated_callback_changes_something_once(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode="repeat")
    number = cash.attempt_number(trade.id)
    cash.control.settle(number)
    cash.control.resend(number)
    outcomes = [outcome for outcome, _ in cash.callbacks()]
    assert outcomes[0] == "applied"
    assert len(outcomes) >= 3
    assert set(outcomes[1:]) == {"repeated"}
    assert cash.books()["order_escrow"] == total_of(orders_at_sale(trade.id))


@each_channel
def test_callbacks_out_of_order_pay_the_right_trades(cash: Cash, channel: ChannelName) -> None:
    cash.control.set_callback_mode("reorder")
    trades = [cash.place(), cash.place()]
    for trade in trades:
        cash.control.buyer(
            (started := cash.start(trade.id, channel)).redirect_url or started.qr_code or "",
            "pay",
            wait=False,
        )
    assert {cash.status(trade.id) for trade in trades} == {PaymentStatus.PENDING}
    cash.control.release()
    for trade in trades:
        cash.control.settle(cash.attempt_number(trade.id))
    assert {cash.status(trade.id) for trade in trades} == {PaymentStatus.PAID}


@each_channel
@pytest.mark.parametrize(
    "how", ["forge_signature", "forge_amount", "forge_currency", "forge_merchant", "old_timestamp"]
)
def test_a_forged_callback_changes_nothing_and_is_recorded(
    cash: Cash, channel: ChannelName, how: str
) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    cash.act(started, mode=how)  # the money is taken, and the only word of it is a lie
    assert cash.status(trade.id) is PaymentStatus.PENDING
    assert statuses(trade) == {OrderStatus.AWAITING_PAYMENT}
    assert cash.books() == {}
    recorded = cash.callbacks()
    assert recorded
    assert {outcome for outcome, _ in recorded} <= {"forged", "refused"}
    assert all(reason for _, reason in recorded)
    take_payment.poll(trade_id=trade.id, now=cash.now())
    assert cash.status(trade.id) is PaymentStatus.PAID


def test_money_that_is_told_is_booked_and_recorded_together_or_not_at_all(cash: Cash) -> None:
    trade = cash.place()
    cash.start(trade.id)
    words = captured(cash, trade)

    def unrecorded(_: Learnt) -> None:
        raise OSError("the record cannot be written")

    with pytest.raises(OSError, match="cannot be written"):
        take_payment.learn(words, now=cash.now(), note=unrecorded)

    assert cash.status(trade.id) is PaymentStatus.PENDING
    assert cash.books() == {}
    assert take_payment.learn(words, now=cash.now()).outcome is Outcome.APPLIED


def test_a_record_of_a_callback_holds_no_body(cash: Cash) -> None:
    cash.paid()
    columns = {
        name
        for (name,) in rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'payments_callback'"
        )
    }
    assert not columns & {"body", "headers", "client_ip"}
    assert rows("SELECT octet_length(body_digest) FROM payments_callback") == [(32,)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": cny(1)}, "amount differs"),
        ({"merchant_account": "2021000000000666"}, "merchant account differs"),
        ({"channel": ChannelName.WECHAT}, "channel differs"),
        ({"out_trade_no": "NOTHINGLIKETHAT"}, "no such out_trade_no"),
    ],
)
def test_what_is_not_what_we_asked_for_is_refused(cash: Cash, change: dict[str, Any], reason: str) -> None:
    trade = cash.place()
    cash.start(trade.id)
    right = captured(cash, trade)
    learnt = take_payment.learn(replace(right, **change), now=cash.now())
    assert (learnt.outcome, learnt.reason) == ("refused", reason)
    assert cash.status(trade.id) is PaymentStatus.PENDING
    assert cash.books() == {}


# -- many at once, and at what cost --------------------------------------------------------------------------


def test_webhook_return_and_poll_at_once_take_the_money_once(cash: Cash) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id), mode="drop")
    number = cash.attempt_number(trade.id)

    def one(kind: int) -> None:
        try:
            if kind % 2:
                take_payment.poll(trade_id=trade.id, now=cash.now())
            else:
                cash.control.resend(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(6)))
    assert rows("SELECT count(*), min(disposition) FROM payments_capture") == [(1, "applied")]
    assert rows("SELECT count(*) FROM ledger_journal WHERE kind = 'payment_captured'") == [(2,)]
    assert cash.books()["order_escrow"] == total_of(orders_at_sale(trade.id))


def test_a_payment_and_the_deadline_at_once_never_leave_a_paid_trade_closed(cash: Cash) -> None:
    for _ in range(4):
        trade = cash.place()
        cash.start(trade.id)
        money = captured(cash, trade, transaction_id=str(new_id()))

        def pay(words: Captured = money) -> None:
            take_payment.learn(words, now=cash.now())
            connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            paying = pool.submit(pay)
            cash.let_the_deadline_pass(trade.id)
            paying.result()
        found = (cash.status(trade.id), *statuses(trade))
        assert found in {
            (PaymentStatus.PAID, OrderStatus.AWAITING_SHIPMENT),
            (PaymentStatus.LATE_PAID, OrderStatus.CLOSED),
        }


@pytest.mark.parametrize("lines", [1, 10])
def test_a_callback_takes_at_most_fifteen_statements(cash: Cash, lines: int) -> None:
    wish = OrderWish(lines=tuple(LineWish() for _ in range(lines)), freight_minor=800)
    trade = cash.place(wish, wish)
    cash.start(trade.id)
    words = captured(cash, trade)
    with CaptureQueriesContext(connection) as counted:
        take_payment.learn(words, now=cash.now())
    statements = len(counted) + 1  # the record of the callback
    assert statements <= 15, [query["sql"][:90] for query in counted.captured_queries]


def test_the_start_of_a_payment_takes_few_statements(cash: Cash) -> None:
    trade = cash.place()
    with CaptureQueriesContext(connection) as counted:
        cash.start(trade.id)
    assert len(counted) <= 11, [query["sql"][:90] for query in counted.captured_queries]
