"""The verbs of orders that are paid in two, for the machine of orders."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from jishi.kernel.money import Money
from jishi.kernel.tests.machines import Machine
from jishi.trade.orders.tests.factories import NOW, PAYMENT_WINDOW
from jishi.trade.orders.types import OrderPaymentStatus, OrderStatus


class Deposits(Machine):
    """A deposit may be paid instead of all of it; it may go back once its order is closed."""

    orders: list[Any]

    def _some(self, data: st.DataObject) -> Any:
        raise NotImplementedError

    def _of_trade(self, trade_id: Any) -> list[Any]:
        raise NotImplementedError

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def mark_deposit_paid(self, data: st.DataObject) -> None:
        trade_id = self._some(data).trade_id
        waiting = [one for one in self._of_trade(trade_id) if one.status is OrderStatus.AWAITING_PAYMENT]
        moved = self.verbs.mark_deposit_paid(trade_id=trade_id, until=NOW + 2 * PAYMENT_WINDOW, now=NOW)
        assert set(moved) == {one.id for one in waiting}
        for order in waiting:
            order.state = replace(order.state, payment=OrderPaymentStatus.DEPOSIT_PAID)
            order.timeline.append("deposit_paid")

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def note_deposit_back(self, data: st.DataObject) -> None:
        order = self._some(data)
        if order.refunded_minor:
            return
        self.verbs.note_deposit_back(order_id=order.id, amount=Money(1, "CNY"), now=NOW)
        is_alone = order.state.payment is OrderPaymentStatus.DEPOSIT_PAID
        if order.status is OrderStatus.CLOSED and is_alone:
            order.refunded_minor = 1
            order.timeline.append("deposit_returned")
