"""Taking money through both channels, with everything that callbacks do to a shop."""

import pytest

from jishi.flows.tests.money import BOTH_CHANNELS, Cash, cash, total_of
from jishi.money.payments.types import ChannelName, PaymentStatus
from jishi.trade.orders.queries import orders_at_sale
from jishi.trade.orders.types import OrderStatus
from simulators.testing import simulators_server

__all__ = ["cash", "simulators_server"]

pytestmark = pytest.mark.django_db(transaction=True)
each_channel = pytest.mark.parametrize("channel", BOTH_CHANNELS)


@each_channel
def test_a_trade_of_two_merchants_is_paid_once(cash: Cash, channel: ChannelName) -> None:
    trade = cash.place()
    started = cash.start(trade.id, channel)
    assert cash.status(trade.id) is PaymentStatus.PENDING
    cash.act(started)
    assert cash.status(trade.id) is PaymentStatus.PAID
    orders = orders_at_sale(trade.id)
    assert {order.status for order in orders} == {OrderStatus.AWAITING_SHIPMENT}
    assert cash.books() == {
        f"channel_clearing:{channel}": total_of(orders),
        "order_escrow": total_of(orders),
    }
    assert cash.callbacks() == [("applied", "")]
