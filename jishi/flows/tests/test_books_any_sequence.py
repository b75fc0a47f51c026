"""Whatever the order of captures, completions, refunds, statements and payouts: the books hold at every
step.
"""

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

from jishi.flows import invariants, pay_out, settle
from jishi.flows.invariants_sql import STOCK
from jishi.flows.release import RefundUnderWay
from jishi.flows.tests import factories
from jishi.flows.tests.factories import NOW
from jishi.kernel.ids import OrderId, RefundId, UserId, new_id
from jishi.kernel.money import Money
from jishi.money.ledger import queries as ledger
from jishi.money.ledger.rules import merchant_payable
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.types import ChannelName, PiecesToRefund
from jishi.money.settlement import queries as settlement
from jishi.money.settlement import services, transactions
from jishi.money.settlement.types import Payout
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.services import PiecesGone
from jishi.trade.orders.tests.factories import LineWish, OrderWish
from jishi.trade.orders.types import OrderStatus

ANNE, BEN = UserId(new_id()), UserId(new_id())


@st.composite
def line_wishes(draw: st.DrawFn) -> LineWish:
    price, quantity = draw(st.integers(0, 20_000)), draw(st.integers(1, 4))
    left = price * quantity
    discounts = []
    for _ in range(3):
        discounts.append(draw(st.integers(0, left)))
        left -= discounts[-1]
    merchant, platform, points = discounts
    return LineWish(
        unit_price_minor=price,
        quantity=quantity,
        merchant_discount_minor=merchant,
        platform_discount_minor=platform,
        points_discount_minor=points,
        commission_basis_points=draw(st.sampled_from([0, 1, 333, 500, 2_000])),
    )


wishes = st.builds(
    OrderWish,
    lines=st.lists(line_wishes(), min_size=1, max_size=3).map(tuple),
    freight_minor=st.integers(1, 2_000),
)


class Books(RuleBasedStateMachine):
    """A shop that lives through anything in any order."""

    @initialize()
    def open_shop(self) -> None:
        self.now = NOW
        self.orders: list[OrderId] = []
        self.refunds: list[RefundId] = []
        self.payouts: list[Payout] = []

    @rule(wish=wishes, channel=st.sampled_from(list(ChannelName)))
    def sell(self, wish: OrderWish, channel: ChannelName) -> None:
        order = factories.make_order_with_money(wish, channel=channel, now=self.now)
        self.orders.append(order.id)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        if order_at_sale(order_id).status is OrderStatus.AWAITING_SHIPMENT:
            try:
                factories.complete(order_id, now=self.now)
            except (RefundUnderWay, PiecesGone):
                return

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), freight=st.sampled_from([None, True, False]))
    def refund_pieces(self, data: st.DataObject, freight: bool | None) -> None:
        order = order_at_sale(data.draw(st.sampled_from(self.orders)))
        line = data.draw(st.sampled_from(order.lines))
        wish = PiecesToRefund(order_line_id=line.id, quantity=data.draw(st.integers(1, line.quantity)))
        self.ask(order.id, lines=[wish], freight=freight)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amount=st.integers(1, 9_000))
    def refund_amount(self, data: st.DataObject, amount: int) -> None:
        self.ask(data.draw(st.sampled_from(self.orders)), amount=Money(amount, "CNY"))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def refund_rest(self, data: st.DataObject) -> None:
        self.ask(data.draw(st.sampled_from(self.orders)))

    def ask(
        self,
        order_id: OrderId,
        *,
        lines: list[PiecesToRefund] | None = None,
        amount: Money | None = None,
        freight: bool | None = None,
    ) -> None:
        try:
            opened = factories.ask_refund(order_id, lines=lines, amount=amount, freight=freight, now=self.now)
        except (RefundTooMuch, NothingToRefund, PiecesGone):
            return
        self.refunds.append(opened.id)

    @precondition(lambda self: self.refunds)
    @rule(data=st.data())
    def channel_says_done(self, data: st.DataObject) -> None:
        factories.finish_refund(data.draw(st.sampled_from(self.refunds)), now=self.now)

    @rule(days=st.integers(1, 40))
    def settle(self, days: int) -> None:
        self.now += timedelta(days=days)
        for statement_id in settle.run_cycle(self.now):
            row = settlement.statement_row(statement_id=statement_id, merchant_id=None)
            transactions.confirm(statement_id=row.id, merchant_id=row.merchant_id, by=ANNE, now=self.now)
            if row.due.amount_minor > 0:
                self.payouts.append(pay_out.prepare(statement_id=row.id, by=ANNE, now=self.now))

    @precondition(lambda self: self.payouts)
    @rule(data=st.data(), ending=st.sampled_from(["paid", "failed", "returned", "again", "approve"]))
    def bank(self, data: st.DataObject, ending: str) -> None:
        payout = data.draw(st.sampled_from(self.payouts))
        known = {"payout_id": payout.id, "now": self.now}
        try:
            if ending == "approve":
                pay_out.approve(by=BEN, **known)  # type: ignore[arg-type]
            elif ending == "paid":
                pay_out.mark_paid(bank_reference="B", by=ANNE, **known)  # type: ignore[arg-type]
            elif ending == "failed":
                pay_out.mark_failed(reason="no", by=ANNE, **known)  # type: ignore[arg-type]
            elif ending == "returned":
                pay_out.mark_returned(reason="back", by=ANNE, **known)  # type: ignore[arg-type]
            else:
                pay_out.prepare(statement_id=payout.statement_id, by=ANNE, now=self.now)
        except (services.PayoutMoved, services.StatementMoved):
            return

    @invariant()
    def every_promise_holds(self) -> None:
        assert [one for one in invariants.check() if one.promise not in STOCK] == []

    @invariant()
    def what_a_merchant_was_paid_and_is_owed_is_what_his_lines_say(self) -> None:
        for order_id in getattr(self, "orders", []):
            merchant_id = order_at_sale(order_id).merchant_id
            found = settlement.balance(merchant_id)
            said = sum(
                entry.amount.amount_minor
                for row in settlement.statements(merchant_id=merchant_id, cursor=None, limit=100).items
                for entry in settlement.entries_of(statement_id=row.id, cursor=None, limit=100).items
            )
            waiting = settlement.waiting(merchant_id).amount_minor
            assert found.owed == ledger.balance(merchant_payable(merchant_id))
            assert (
                found.owed.amount_minor + found.on_its_way.amount_minor + found.paid_out.amount_minor
                == said + waiting
            )


@pytest.mark.django_db
def test_the_books_hold_in_any_sequence() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
