"""A try to pay that its channel will not go on with is followed by another, under another number."""

import pytest

from jishi.flows import take_payment
from jishi.flows.tests.money import BOTH_CHANNELS, Cash
from jishi.kernel.db import rows
from jishi.kernel.ids import TradeId
from jishi.money.payments import queries, services_channels
from jishi.money.payments.services import AlreadyPaid, ChannelDown
from jishi.money.payments.services_channels import ChargeRef, in_use
from jishi.money.payments.types import ChannelName, PaymentStatus
from jishi.trade.orders.queries import orders_at_sale
from jishi.trade.orders.types import OrderStatus

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)


def attempts(trade_id: TradeId) -> list[str]:
    """Return the states of a trade's attempts, oldest first."""
    found = rows(
        "SELECT a.status FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
        "WHERE p.trade_id = %s ORDER BY a.id",
        [trade_id],
    )
    return [status for (status,) in found]


def close_at_channel(trade_id: TradeId) -> None:
    """Close the one open attempt at its channel behind our back, as an operator there may."""
    (attempt,) = queries.open_attempts(trade_id)
    in_use(attempt.channel).channel.close(
        ChargeRef(
            out_trade_no=attempt.out_trade_no,
            part_numbers=tuple(part.out_trade_no for part in attempt.charged),
        )
    )


def forget_the_way(trade_id: TradeId) -> None:
    """Leave our attempt as if the channel's answer to its start had been lost."""
    rows(
        "UPDATE payments_attempt SET status = 'created', redirect_url = NULL, qr_code = NULL "
        "WHERE payment_id = (SELECT id FROM payments_payment WHERE trade_id = %s) RETURNING id",
        [trade_id],
    )


def test_a_number_that_the_channel_refuses_is_replaced_at_once(cash: Cash) -> None:
    trade = cash.place()
    cash.start(trade.id, ChannelName.WECHAT)
    close_at_channel(trade.id)
    forget_the_way(trade.id)

    started = cash.start(trade.id, ChannelName.WECHAT)

    assert attempts(trade.id) == ["closed", "pending"]
    cash.act(started)
    assert cash.status(trade.id) is PaymentStatus.PAID


def test_a_number_that_was_paid_under_is_not_replaced_but_believed(cash: Cash) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, ChannelName.WECHAT), mode="drop")
    forget_the_way(trade.id)

    with pytest.raises(AlreadyPaid):
        cash.start(trade.id, ChannelName.WECHAT)

    assert cash.status(trade.id) is PaymentStatus.PAID
    assert attempts(trade.id) == ["paid"]


def test_a_channel_that_refuses_whatever_the_number_is_said_to_be_down(cash: Cash) -> None:
    trade = cash.place()
    cash.control.fail_next("start", "refused", count=2)
    with pytest.raises(ChannelDown):
        cash.start(trade.id, ChannelName.WECHAT)
    assert set(attempts(trade.id)) == {"closed"}
    cash.act(cash.start(trade.id, ChannelName.WECHAT))
    assert cash.status(trade.id) is PaymentStatus.PAID


@each_channel
def test_a_way_that_was_closed_at_the_channel_is_not_shown_again(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    first = cash.start(trade.id, channel)
    if channel is ChannelName.ALIPAY:
        cash.act(first, "fail")  # the trade comes to be when the buyer opens the cashier
    close_at_channel(trade.id)

    second = cash.start(trade.id, channel)

    assert (second.redirect_url, second.qr_code) != (first.redirect_url, first.qr_code)
    cash.act(second)
    assert cash.status(trade.id) is PaymentStatus.PAID


@each_channel
def test_pressing_pay_after_paying_pays_nothing_twice(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    cash.act(cash.start(trade.id, channel), mode="drop")
    with pytest.raises(AlreadyPaid):
        cash.start(trade.id, channel)
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.AWAITING_SHIPMENT}


def test_a_channel_that_does_not_answer_leaves_the_way_as_it_is(cash: Cash) -> None:
    trade = cash.place()
    first = cash.start(trade.id, ChannelName.WECHAT)
    cash.control.fail_next("query")
    assert cash.start(trade.id, ChannelName.WECHAT) == first


def test_an_answer_that_was_lost_opens_no_second_charge(cash: Cash) -> None:
    trade = cash.place()
    cash.control.fail_next("start", "lost_answer")
    with pytest.raises(ChannelDown):
        cash.start(trade.id, ChannelName.WECHAT)
    cash.start(trade.id, ChannelName.WECHAT)
    assert attempts(trade.id) == ["pending"]


@each_channel
def test_money_after_a_failed_try_is_found_without_a_callback(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    cash.act(started, "fail")
    take_payment.poll(trade_id=trade.id, now=cash.now())
    cash.act(started, mode="drop")
    buyer = orders_at_sale(trade.id)[0].buyer_id
    seen = take_payment.look(trade_id=trade.id, buyer=buyer, has_returned=True, now=cash.now())
    assert seen.status is PaymentStatus.PAID


@each_channel
def test_the_sweep_asks_about_a_failed_try_too(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    cash.act(started, "fail")
    take_payment.poll(trade_id=trade.id, now=cash.now())
    cash.act(started, mode="drop")
    rows("UPDATE payments_payment SET created_at = created_at - interval '1 minute' RETURNING id")
    assert queries.trades_to_poll(now=cash.now()) == [trade.id]


def test_a_channel_that_was_given_up_keeps_no_trade_from_closing(
    cash: Cash, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = cash.place()
    cash.start(trade.id, ChannelName.WECHAT)
    left = {name: one for name, one in services_channels.connected().items() if name != "wechat"}
    monkeypatch.setattr(services_channels, "connected", lambda: left)
    cash.let_the_deadline_pass(trade.id)
    assert {order.status for order in orders_at_sale(trade.id)} == {OrderStatus.CLOSED}
