"""Whatever channels, buyers and clerks do in whatever order: no money comes twice, and none is lost."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from benchmarks.rows import Row
from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.tests.machines import LONG, SHORT, outcome
from jishi.money.payments.rules import PAYMENT_MOVES
from jishi.money.payments.services_books import BillSettled, BillTotals, FoundBreak, Heard
from jishi.money.payments.tests.known import CLERK, NOW, KnownTrade, cny
from jishi.money.payments.tests.machine_back import MoneyBack
from jishi.money.payments.types import (
    ChannelName,
    Disposition,
    Outcome,
    PaymentStatus,
    RefundStatus,
)

DAY = NOW.date()


class Payments(MoneyBack):
    """What the books of payments should be, and what always holds."""

    # -- books -----------------------------------------------------------------------------------------------

    @rule(outcome=st.sampled_from(Outcome), amount=st.none() | st.integers(0, 900))
    def record_callback(self, outcome: Outcome, amount: int | None) -> None:
        heard = Heard(out_trade_no="N" * 80, amount_minor=amount, currency="CNY")
        self.verbs.record_callback(
            channel="alipay", body=b"{}", heard=heard, outcome=outcome, reason="", now=NOW
        )

    @rule(channel=st.sampled_from(ChannelName))
    def read_a_bill(self, channel: ChannelName) -> None:
        """What our books say of a day is every capture and every done refund of it."""
        start, end = self.verbs.day_bounds(DAY)
        assert start <= NOW < end
        booked = Counter(
            (one.subject, one.amount_minor) for one in self.verbs.booked_on(channel=channel, day=DAY)
        )
        taken = [
            one.amount.amount_minor
            for trade in self.trades
            for one, _ in trade.captures
            if one.channel is channel
        ]
        back = self._sent_back_by(channel)
        assert booked == Counter([("payment", one) for one in taken] + [("refund", one) for one in back])
        totals = BillTotals(
            channel=channel,
            day_date=DAY,
            payment_count=len(taken),
            refund_count=len(back),
            captured_minor=sum(taken),
            refunded_minor=sum(back),
            fee_minor=1,
        )
        difference = FoundBreak(
            kind="amount",
            subject="payment",
            reference="T",
            out_trade_no="N",
            our_amount_minor=1,
            their_amount_minor=2,
        )
        bill_id = self.verbs.keep_bill(totals, [difference], now=NOW)
        assert bill_id == self.verbs.keep_bill(totals, [difference], now=NOW)

    def _sent_back_by(self, channel: ChannelName) -> list[int]:
        found = rows(
            "SELECT r.id FROM payments_refund r JOIN payments_capture_part cp ON cp.id = r.capture_part_id "
            "JOIN payments_capture c ON c.id = cp.capture_id WHERE c.channel = %s",
            [channel],
        )
        through = {refund_id for (refund_id,) in found}
        return [
            one.amount
            for trade in self.trades
            for one in trade.refunds
            if one.id in through and one.status is RefundStatus.DONE and one.amount
        ]

    @rule()
    def work_at_the_bills(self) -> None:
        """A break is explained once, a transfer booked once, for what the bill says."""
        for break_id, closed_at in rows("SELECT id, closed_at FROM payments_break"):
            close = partial(self.verbs.close_break, break_id, note="", by=CLERK, now=NOW)
            assert bool(outcome(close, NotFound)) == (closed_at is not None)
        for bill_id, net, settled_at in rows(
            "SELECT id, captured_minor - refunded_minor, settled_at FROM payments_bill"
        ):
            settle = partial(self.verbs.note_settled, bill_id, bank_reference="B", now=NOW)
            if settled_at is None:
                assert settle()[1:] == (cny(net), cny(1))
            else:
                assert outcome(settle, BillSettled)

    # -- promises --------------------------------------------------------------------------------------------

    @invariant()
    def every_payment_is_as_it_should_be(self) -> None:
        shown = rows(
            "SELECT trade_id, status, refunded_minor FROM payments_payment WHERE trade_id = ANY(%s)",
            [[one.id for one in self.trades]],
        )
        assert {one[0]: one[1:] for one in shown} == {
            one.id: (one.status, one.refunded) for one in self.trades
        }
        for trade in self.trades:
            before = self.statuses.get(trade.id, PaymentStatus.CREATED)
            through = {trade.status} & PAYMENT_MOVES[PaymentStatus.LATE_PAID]
            is_late = before is PaymentStatus.CLOSED and through
            assert trade.status is before or trade.status in PAYMENT_MOVES[before] or is_late
            self.statuses[trade.id] = trade.status

    @invariant()
    def every_part_is_as_it_should_be(self) -> None:
        shown = rows(
            "SELECT order_id, refunded_minor, escrow_minor, released_at IS NOT NULL FROM payments_part "
            "WHERE trade_id = ANY(%s)",
            [[one.id for one in self.trades]],
        )
        known = {
            one.id: (one.refunded, one.escrow, one.is_released)
            for trade in self.trades
            for one in trade.orders
        }
        assert {one[0]: one[1:] for one in shown} == known

    @invariant()
    def no_money_comes_twice_and_none_is_lost(self) -> None:
        for trade in self.trades:
            own = [one for one, kind in trade.captures if kind is Disposition.APPLIED]
            others = [
                one.amount.amount_minor for one, kind in trade.captures if kind is not Disposition.APPLIED
            ]
            assert len(own) <= 1
            assert sum(others) == sum(one.amount for one in trade.refunds if one.order is None)
            for order in trade.orders:
                assert self._asked_of(trade, order) <= order.amount

    def teardown(self) -> None:
        try:
            for trade in self.trades:
                self._look_again(trade)
        finally:
            super().teardown()

    def _look_again(self, trade: KnownTrade) -> None:
        """What the books read back is what was written."""
        shown = dict(rows("SELECT id, status FROM payments_refund WHERE payment_id = "
                          "(SELECT id FROM payments_payment WHERE trade_id = %s)", [trade.id]))  # fmt: skip
        assert shown == {one.id: one.status for one in trade.refunds}
        for order in trade.orders:
            own = [one for one in trade.refunds if one.order is order]
            done = [one for one in own if one.status is RefundStatus.DONE]
            assert {one.id for one in self.verbs.done_refunds(order.id, "CNY")} == {one.id for one in done}
            assert self.verbs.has_open_refunds(order.id) == (len(done) < len(own))


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [SHORT, pytest.param(LONG, marks=pytest.mark.proof)])
def test_no_money_comes_twice_and_none_is_lost(examples: int, figures: Callable[[Row], None]) -> None:
    Payments.prove("payment machine", figures, examples=examples)
