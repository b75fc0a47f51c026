"""The rules of a machine of payments: tries to pay, and money that comes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound, ProgrammingError
from jishi.kernel.ids import TradeId, new_id
from jishi.kernel.tests.machines import Machine, Verbs, outcome
from jishi.money.payments import (
    queries,
    services,
    services_attempts,
    services_books,
    services_channels,
    services_plan,
    services_refund,
)
from jishi.money.payments.channels.types import NextStep
from jishi.money.payments.rules import PAYABLE, disposition
from jishi.money.payments.services import AlreadyPaid, LockedPayment, PaymentClosed
from jishi.money.payments.tests.known import (
    ACCOUNT,
    BUYER,
    CLERK,
    MERCHANT,
    NOW,
    OPEN,
    KnownOrder,
    KnownRefund,
    KnownTrade,
    cny,
    some_orders,
)
from jishi.money.payments.types import (
    Attempt,
    Captured,
    ChannelName,
    Disposition,
    PartWish,
    PaymentRequest,
    PaymentStatus,
    RefundReason,
)

NO_STATE = dict.fromkeys(
    ("connect", "in_use", "names_in_use"), "holds the connections to the channels, and keeps nothing"
)


class MoneyIn(Machine):
    """What payments, attempts and captures should be, verb by verb."""

    verbs = Verbs(
        services,
        services_attempts,
        services_books,
        services_channels,
        services_plan,
        services_refund,
        without=NO_STATE,
    )
    numbers: ClassVar[int] = 0

    @initialize(orders=some_orders, channel=st.sampled_from(ChannelName))
    def begin(self, orders: list[KnownOrder], channel: ChannelName) -> None:
        """Begin with something paid, as most of what can happen happens to that."""
        self.trades: list[KnownTrade] = []
        self.statuses: dict[TradeId, PaymentStatus] = {}
        self.sell(orders, channel)

    @rule(orders=some_orders, channel=st.sampled_from(ChannelName))
    def sell(self, orders: list[KnownOrder], channel: ChannelName) -> None:
        """Open a payment and take the money at once."""
        self.create(orders)
        trade = self.trades[-1]
        if trade.amount:
            attempt = self._open_attempt(trade, self.verbs.lock(trade_id=trade.id), channel)
            self._capture(trade, attempt)

    @rule(orders=some_orders)
    def create(self, orders: list[KnownOrder]) -> None:
        trade = KnownTrade(TradeId(new_id()), orders)
        parts = [PartWish(order_id=one.id, merchant_id=MERCHANT, amount=cny(one.amount)) for one in orders]
        made = self.verbs.create(trade_id=trade.id, buyer_id=BUYER, parts=parts, now=NOW)
        assert made == queries.summary(trade.id)
        found = queries.parts([one.id for one in orders])
        for order in orders:
            order.part = found[order.id]
        self.trades.append(trade)

    def _some(
        self, data: st.DataObject, is_fit: Callable[[KnownTrade], bool] = lambda _: True
    ) -> KnownTrade | None:
        fit = [trade for trade in self.trades if is_fit(trade)]
        return data.draw(st.sampled_from(fit)) if fit else None

    # -- attempts --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.trades)
    @rule(data=st.data(), channel=st.sampled_from(ChannelName), late=st.booleans())
    def open_attempt(self, data: st.DataObject, channel: ChannelName, late: bool) -> None:
        trade = self._some(data, lambda one: bool(one.amount))
        if trade is None:
            return
        payment = self.verbs.lock(trade_id=trade.id, buyer_id=BUYER)
        assert outcome(lambda: self.verbs.lock(trade_id=trade.id, buyer_id=CLERK), NotFound)
        at = payment.pay_before_at if late else NOW
        refused = outcome(lambda: self.verbs.check_payable(payment, now=at), AlreadyPaid, PaymentClosed)
        assert (refused is None) == (trade.status in PAYABLE and not late)
        if refused is None:
            self._open_attempt(trade, payment, channel)

    def _open_attempt(self, trade: KnownTrade, payment: LockedPayment, channel: ChannelName) -> Attempt:
        """Who presses Pay twice goes on with the attempt that he has."""
        request = PaymentRequest(channel=channel)
        before = [
            number
            for number, attempt in trade.known.items()
            if attempt.channel is channel and trade.attempts[number] in OPEN
        ]
        made: Attempt = self.verbs.open_attempt(payment, request=request, merchant_account=ACCOUNT, now=NOW)
        assert before in ([], [made.out_trade_no])
        trade.known[made.out_trade_no] = made
        trade.attempts.setdefault(made.out_trade_no, "created")
        return made

    @precondition(lambda self: any(one.known for one in self.trades))
    @rule(data=st.data(), what=st.sampled_from(["started", "failed", "closed"]))
    def hear_of_an_attempt(self, data: st.DataObject, what: str) -> None:
        trade = self._some(data, lambda one: bool(one.known))
        assert trade is not None
        number = data.draw(st.sampled_from(list(trade.known)))
        attempt, status = trade.known[number], trade.attempts[number]
        if what == "started":
            step = NextStep(kind="redirect", redirect_url="https://cashier.example/1", qr_code=None)
            self.verbs.note_started(attempt=attempt, step=step)
            trade.attempts[number] = "pending" if status in OPEN else status
            if trade.status in PAYABLE:
                trade.status = PaymentStatus.PENDING
        elif what == "failed":
            self.verbs.note_failed(attempt=attempt)
            trade.attempts[number] = "failed" if status == "pending" else status
            if trade.status is PaymentStatus.PENDING:
                trade.status = PaymentStatus.FAILED
        else:
            self.verbs.note_closed(attempt=attempt, now=NOW)
            trade.attempts[number] = "closed" if status in OPEN else status

    @precondition(lambda self: self.trades)
    @rule(data=st.data(), seconds=st.integers(0, 5), everybody=st.booleans())
    def ask(self, data: st.DataObject, seconds: int, everybody: bool) -> None:
        """Nobody asks a channel about a trade again before it has rested, unless a wrong clock noted the asking."""
        trade, rest = self._some(data), timedelta(seconds=2)
        assert trade is not None
        at = NOW + timedelta(seconds=seconds)
        if everybody:
            self.verbs.note_all_asked([one.id for one in self.trades], now=at)
            for one in self.trades:
                one.asked_at = at
            return
        may = trade.asked_at is None or not at - rest < trade.asked_at <= at + rest
        assert self.verbs.note_asked(trade_id=trade.id, now=at, rest=rest) == may
        trade.asked_at = at if may else trade.asked_at

    # -- money in --------------------------------------------------------------------------------------------

    @precondition(lambda self: any(one.known for one in self.trades))
    @rule(data=st.data(), revives=st.booleans(), lies=st.booleans())
    def capture(self, data: st.DataObject, revives: bool, lies: bool) -> None:
        """A channel tells of money: for an open payment, a closed one, or one that is paid."""
        trade = self._some(data, lambda one: bool(one.known))
        assert trade is not None
        attempt = trade.known[data.draw(st.sampled_from(list(trade.known)))]
        self._capture(trade, attempt, revives=revives, lies=lies)

    def _capture(
        self, trade: KnownTrade, attempt: Attempt, *, revives: bool = False, lies: bool = False
    ) -> None:
        captured = self._captured(attempt, trade.amount + lies)
        assert bool(self.verbs.mismatch(attempt, captured)) == lies
        payment = self.verbs.lock(
            trade_id=trade.id, transaction=(captured.channel, captured.channel_transaction_id)
        )
        assert not payment.is_known
        if lies:
            return
        meant = disposition(payment.status)
        is_own = meant is Disposition.APPLIED or (meant is Disposition.LATE and revives)
        status = PaymentStatus.PAID if is_own else trade.status
        if meant is Disposition.LATE and not is_own:
            status = PaymentStatus.LATE_PAID
        kind = Disposition.APPLIED if is_own else meant
        capture_id = self.verbs.record_capture(
            payment=payment,
            attempt=attempt,
            captured=captured,
            disposition=kind,
            status=status,
            escrows={one.part.id: cny(one.held) for one in trade.orders if one.part} if is_own else {},
            now=NOW,
        )
        trade.status = status
        trade.attempts[attempt.out_trade_no] = "paid"
        trade.captures.append((captured, kind))
        if is_own:
            for order in trade.orders:
                order.escrow = order.held
        else:
            self._send_back(trade, capture_id, kind)

    def _captured(self, attempt: Attempt, amount: int) -> Captured:
        type(self).numbers += 1
        return Captured(
            out_trade_no=attempt.out_trade_no,
            channel=attempt.channel,
            channel_transaction_id=f"T{self.numbers:08d}",
            amount=cny(amount),
            merchant_account=ACCOUNT,
            paid_at=NOW,
            source="webhook",
        )

    def _send_back(self, trade: KnownTrade, capture_id: Any, kind: Disposition) -> None:
        reason = RefundReason.LATE_PAYMENT if kind is Disposition.LATE else RefundReason.SECOND_CAPTURE
        asked = self.verbs.ask_return_of_capture(capture_id=capture_id, reason=reason, now=NOW)
        amounts = dict(rows("SELECT id, amount_minor FROM payments_refund WHERE id = ANY(%s)", [asked]))
        assert sum(amounts.values()) == trade.amount
        trade.refunds += [KnownRefund(one, None, amounts[one], reason) for one in asked]

    @precondition(lambda self: any(one.captures for one in self.trades))
    @rule(data=st.data())
    def hear_of_known_money(self, data: st.DataObject) -> None:
        """A transaction that is told of again is recognised, and the database keeps no second one."""
        trade = self._some(data, lambda one: bool(one.captures))
        assert trade is not None
        captured, _ = data.draw(st.sampled_from(trade.captures))
        transaction = (captured.channel, captured.channel_transaction_id)
        assert self.verbs.lock(trade_id=trade.id, transaction=transaction).is_known

    @precondition(lambda self: self.trades)
    @rule(data=st.data())
    def mark_paid_with_nothing(self, data: st.DataObject) -> None:
        trade = self._some(data, lambda one: one.status is PaymentStatus.CREATED)
        if trade is None:
            return
        payment = self.verbs.lock(trade_id=trade.id)
        escrows = {one.part.id: cny(one.held) for one in trade.orders if one.part}

        def act() -> None:
            self.verbs.mark_paid_with_nothing(payment=payment, escrows=escrows, now=NOW)

        refused = outcome(act, ProgrammingError)
        assert (refused is None) == (trade.amount == 0)
        if refused is None:
            trade.status = PaymentStatus.PAID
            for order in trade.orders:
                order.escrow = order.held

    @precondition(lambda self: self.trades)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        trade = self._some(data)
        assert trade is not None
        if trade.status in PAYABLE:
            trade.status = PaymentStatus.CLOSED
        assert self.verbs.close(trade_id=trade.id, now=NOW) == (trade.status is PaymentStatus.CLOSED)
