"""The rules of a machine of payments: money that goes back, or to its merchant."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import RefundId
from jishi.kernel.tests.machines import outcome
from jishi.money.payments.queries_instalments import rooms
from jishi.money.payments.rules import refund_number
from jishi.money.payments.services_plan import NothingToRefund, RefundTooMuch
from jishi.money.payments.services_refund import RefundNotStuck
from jishi.money.payments.tests.known import (
    CLERK,
    NOW,
    REFUNDABLE,
    STUCK,
    KnownOrder,
    KnownRefund,
    KnownTrade,
    cny,
)
from jishi.money.payments.tests.machine_in import MoneyIn
from jishi.money.payments.types import (
    PaymentStatus,
    PiecesToRefund,
    RefundPlan,
    RefundReason,
    RefundStatus,
)


class MoneyBack(MoneyIn):
    """What refunds and released parts should be, verb by verb."""

    # -- money back ------------------------------------------------------------------------------------------

    @precondition(lambda self: any(one.status in REFUNDABLE for one in self.trades))
    @rule(
        data=st.data(),
        wish=st.none() | st.integers(1, 900) | st.lists(st.integers(1, 4), min_size=1, max_size=2),
        freight=st.sampled_from([None, True, False]),
    )
    def ask_refund(self, data: st.DataObject, wish: int | list[int] | None, freight: bool | None) -> None:
        """Of pieces, of an amount, or of all that is left: never more than is left."""
        trade = self._some(data, lambda one: one.status in REFUNDABLE)
        assert trade is not None
        order = data.draw(st.sampled_from(trade.orders))
        lines = None
        if isinstance(wish, list):
            lines = [
                PiecesToRefund(order_line_id=line.order_line_id, quantity=quantity)
                for line, quantity in zip(order.sold.lines, wish, strict=False)
            ]
        asked: list[tuple[RefundPlan, RefundId]] = []

        def act() -> None:
            amount = cny(wish) if isinstance(wish, int) else None
            plan = self.verbs.plan_refund(order.sold, lines=lines, amount=amount, freight=freight)
            made = self.verbs.ask_refund(
                order_id=order.id,
                plan=plan,
                capture_part_id=next((one for one, _ in rooms(order.id)), None),
                reason=RefundReason.PARTIAL,
                note="",
                requested_by=CLERK,
                now=NOW,
            )
            asked.append((plan, made.id))

        before = self._asked_of(trade, order)
        if outcome(act, RefundTooMuch, NothingToRefund) is None:
            ((plan, refund_id),) = asked
            assert before + plan.amount.amount_minor <= order.amount
            trade.refunds.append(
                KnownRefund(refund_id, order, plan.amount.amount_minor, RefundReason.PARTIAL, plan.lines)
            )
        elif wish is None:
            assert before == order.amount, "all that is left can always be asked for"

    @precondition(lambda self: any(one.status in REFUNDABLE for one in self.trades))
    @rule(data=st.data(), above=st.integers(1, 3))
    def ask_for_more_than_is_left(self, data: st.DataObject, above: int) -> None:
        """A plan that others have overtaken is refused, whatever it says."""
        trade = self._some(data, lambda one: one.status in REFUNDABLE)
        assert trade is not None
        order = data.draw(st.sampled_from(trade.orders))
        left = order.amount - self._asked_of(trade, order)
        refused = outcome(
            lambda: self.verbs.ask_refund(
                order_id=order.id,
                plan=RefundPlan(lines=(), freight=cny(left + above)),
                capture_part_id=next((one for one, _ in rooms(order.id)), None),
                reason=RefundReason.GOODWILL,
                note="",
                requested_by=CLERK,
                now=NOW,
            ),
            RefundTooMuch,
        )
        assert refused

    @staticmethod
    def _asked_of(trade: KnownTrade, order: KnownOrder) -> int:
        return sum(one.amount for one in trade.refunds if one.order is order)

    @precondition(lambda self: any(one.refunds for one in self.trades))
    @rule(data=st.data(), ending=st.sampled_from(["done", "done", "failed", "stuck", "anew"]))
    def send_refund(self, data: st.DataObject, ending: str) -> None:
        """Send a refund, once more whenever it is asked; a done one is never sent again."""
        trade = self._some(data, lambda one: bool(one.refunds))
        assert trade is not None
        refund = data.draw(st.sampled_from(trade.refunds))
        if ending == "anew":
            stuck = [one for one in trade.refunds if one.failure == STUCK]
            self._begin_anew(stuck[0] if stuck else refund)
            return
        task = self.verbs.start_sending(refund.id, now=NOW)
        assert (task is None) == (refund.status is RefundStatus.DONE)
        if task is None:
            return
        refund.status, refund.tries = RefundStatus.PROCESSING, refund.tries + 1
        assert task.out_refund_no == refund_number(refund.id, refund.round_number)
        assert (task.amount, task.tries) == (cny(refund.amount), refund.tries - 1)  # earlier tries
        if ending == "done":
            self._finish(trade, refund)
        else:
            refund.failure = STUCK if ending == "stuck" else "no answer"
            refund.status = RefundStatus.FAILED
            self.verbs.note_unsent(refund.id, failure=refund.failure)

    def _begin_anew(self, refund: KnownRefund) -> None:
        """Only a refund that its channel gave up gets another number."""
        refused = outcome(lambda: self.verbs.take_new_number(refund.id, given_up=STUCK), RefundNotStuck)
        is_stuck = refund.status is RefundStatus.FAILED and refund.failure == STUCK
        assert (refused is None) == is_stuck
        if is_stuck:
            refund.round_number += 1
            refund.status, refund.tries, refund.failure = RefundStatus.REQUESTED, 0, None

    def _finish(self, trade: KnownTrade, refund: KnownRefund) -> None:
        task = self.verbs.lock_refund(refund.id)
        lines = self.verbs.refund_lines(refund.id, "CNY")
        assert sorted(lines, key=str) == sorted(refund.lines, key=str)
        order, from_escrow = refund.order, 0
        if order is not None and not self.verbs.is_released(order.id):
            from_escrow = refund.amount + sum(line.points_discount.amount_minor for line in lines)
        self.verbs.note_done(task, from_escrow=cny(from_escrow), channel_refund_id="R", done_at=NOW)
        refund.status, refund.failure = RefundStatus.DONE, None
        if order is None:
            late = [one for one in trade.refunds if one.reason is RefundReason.LATE_PAYMENT]
            if trade.status is PaymentStatus.LATE_PAID and all(
                one.status is RefundStatus.DONE for one in late
            ):
                trade.status, trade.refunded = PaymentStatus.REFUNDED, trade.amount
            return
        order.refunded += refund.amount
        order.escrow -= from_escrow
        trade.refunded += refund.amount
        if trade.amount and trade.refunded:
            whole = trade.refunded == trade.amount
            trade.status = PaymentStatus.REFUNDED if whole else PaymentStatus.PARTIALLY_REFUNDED

    @precondition(lambda self: any(one.status in REFUNDABLE for one in self.trades))
    @rule(data=st.data(), wrong=st.booleans())
    def release_part(self, data: st.DataObject, wrong: bool) -> None:
        """The escrow of an order goes to its merchant once, and only the amount that both sides know."""
        trade = self._some(data, lambda one: one.status in REFUNDABLE)
        assert trade is not None
        order = data.draw(st.sampled_from(trade.orders))
        released: list[bool] = []

        def act() -> None:
            held = cny(order.escrow + wrong)
            released.append(self.verbs.release_part(order_id=order.id, held=held, now=NOW))

        refused = outcome(act, ProgrammingError)
        assert bool(refused) == (wrong and not order.is_released)
        if refused is None:
            assert released == [not order.is_released]
            order.is_released, order.escrow = True, 0
