"""Whatever buyers, merchants, channels and the clock do to a pre-sale: every promise holds after every step."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jishi.flows import invariants, take_payment
from jishi.flows.cancel import CannotCancel, cancel_order
from jishi.flows.close_unpaid import close_unpaid
from jishi.flows.presale import PresaleShareUsed, give_up
from jishi.flows.tests import factories
from jishi.flows.tests.ahead import IN_WINDOW, buy_ahead
from jishi.flows.tests.shopping import NOW, Shopper, capture_of, make_goods, make_shopper
from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId, TradeId, UserId, new_id
from jishi.kernel.money import Money
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.types import Captured
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.presale import services as presales
from jishi.offering.presale.queries import PresaleOver
from jishi.offering.presale.tests.factories import BALANCE_UNTIL, DAY, make_presale
from jishi.trade.orders.queries import order_at_sale

STAFF = UserId(new_id())
ENDS = (NOW + timedelta(minutes=31), BALANCE_UNTIL)


class Ahead(RuleBasedStateMachine):
    """A pre-sale of three pieces that lives through anything in any order."""

    @initialize(returns=st.booleans())
    def open_shop(self, returns: bool) -> None:
        self.goods = make_goods(10_000, stock=5)
        self.presale = make_presale(self.goods, quota=3, per_buyer_max=2, returns_deposit=returns)
        self.buyers: list[Shopper] = [make_shopper(), make_shopper()]
        self.orders: list[tuple[OrderId, TradeId, Shopper]] = []
        self.captures: list[Captured] = []

    @rule(who=st.integers(0, 1), pieces=st.integers(1, 2))
    def order(self, who: int, pieces: int) -> None:
        me = self.buyers[who]
        try:
            trade = buy_ahead(me, self.presale, pieces)
        except (OutOfStock, PresaleShareUsed, PresaleOver):
            return
        self.orders.append((trade.orders[0].id, trade.id, me))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def begin_to_pay(self, data: st.DataObject) -> None:
        """Open a way to pay what is due, whoever pays it later."""
        _, trade_id, _ = data.draw(st.sampled_from(self.orders))
        self.captures.append(capture_of(trade_id, at=NOW))

    @precondition(lambda self: self.captures)
    @rule(data=st.data(), is_late=st.booleans())
    def channel_takes_money(self, data: st.DataObject, is_late: bool) -> None:
        now = BALANCE_UNTIL + DAY if is_late else IN_WINDOW
        take_payment.learn(data.draw(st.sampled_from(self.captures)), now=now)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), end=st.sampled_from(ENDS))
    def time_is_over(self, data: st.DataObject, end: object) -> None:
        _, trade_id, _ = data.draw(st.sampled_from(self.orders))
        close_unpaid(trade_id=trade_id, now=end)  # type: ignore[arg-type]

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), by_merchant=st.booleans())
    def end(self, data: st.DataObject, by_merchant: bool) -> None:
        order_id, _, me = data.draw(st.sampled_from(self.orders))
        try:
            if by_merchant:
                merchant_id = self.goods.merchant_id
                give_up(merchant_id=merchant_id, order_id=order_id, reason="", staff=STAFF, now=IN_WINDOW)
            else:
                cancel_order(order_id=order_id, buyer=me.buyer, reason="", now=IN_WINDOW)
        except CannotCancel:
            return

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amount=st.one_of(st.none(), st.integers(1, 9_500)))
    def refund(self, data: st.DataObject, amount: int | None) -> None:
        order_id, _, _ = data.draw(st.sampled_from(self.orders))
        try:
            factories.ask_refund(
                order_id, amount=None if amount is None else Money(amount, "CNY"), now=IN_WINDOW
            )
        except (NothingToRefund, RefundTooMuch):
            return

    @rule()
    def channel_sends_back(self) -> None:
        for (refund_id,) in rows("SELECT id FROM payments_refund WHERE status <> 'done' ORDER BY id"):
            factories.finish_refund(refund_id, now=IN_WINDOW)

    @rule()
    def stop(self) -> None:
        presales.stop(
            merchant_id=self.goods.merchant_id, presale_id=self.presale, staff_id=STAFF, now=IN_WINDOW
        )

    @invariant()
    def every_promise_holds(self) -> None:
        assert invariants.check() == []

    @invariant()
    def nobody_gets_back_more_than_he_paid(self) -> None:
        for order_id, trade_id, _ in getattr(self, "orders", []):
            ((taken, asked),) = rows(
                "SELECT (SELECT coalesce(sum(c.amount_minor), 0) FROM payments_capture c JOIN payments_payment p "
                "ON p.id = c.payment_id WHERE p.trade_id = %s), (SELECT coalesce(sum(r.amount_minor), 0) "
                "FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id WHERE p.trade_id = %s)",
                [trade_id, trade_id],
            )
            assert asked <= taken
            assert order_at_sale(order_id).total.amount_minor > 0


@pytest.mark.django_db(transaction=True)
def test_the_promises_hold_in_any_sequence() -> None:
    run_state_machine_as_test(
        Ahead,
        settings=settings(
            max_examples=5,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
