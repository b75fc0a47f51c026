"""Take a buyer's money: send him to the channel, learn what came of it, whoever tells.

`learn` is the one function behind the webhook, the return page and the poll. It believes an amount only when it is
the one we asked for, and the same transaction changes something once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from jishi.flows import hand_over, instalments, late_money, sides
from jishi.kernel import metrics
from jishi.kernel.db import atomic
from jishi.kernel.ids import TradeId, UserId
from jishi.kernel.money import Money
from jishi.kernel.network import network
from jishi.kernel.outbox import publish
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.payments import queries as payment_queries
from jishi.money.payments import services as payments
from jishi.money.payments import services_attempts as attempts
from jishi.money.payments.events import PaymentCaptured
from jishi.money.payments.services_channels import (
    CaptureNotice,
    Channel,
    ChannelError,
    ChannelNotInUse,
    ChannelRefused,
    ChargeRef,
    ChargeRequest,
    ChargeState,
    ChargeStatus,
    NextStep,
    Part,
    in_use,
)
from jishi.money.payments.services_instalments import disposition_of
from jishi.money.payments.types import (
    Attempt,
    Captured,
    ChannelName,
    Disposition,
    Learnt,
    Outcome,
    PartCaptured,
    PaymentRequest,
    PaymentStart,
    PaymentStatus,
    PaymentSummary,
)
from jishi.trade.orders import queries as orders
from jishi.trade.orders import services as order_services

log = structlog.get_logger(__name__)

ASK_REST = timedelta(seconds=2)  # a page that polls us does not make us poll the channel faster than this
NUMBERS_MAX = 2  # a number that the channel refuses is replaced once; one that refuses both is in trouble
OPEN = frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED})  # a failed try may be paid after all


# -- start ---------------------------------------------------------------------------------------------------


def start(
    *, trade_id: TradeId, buyer: UserId, request: PaymentRequest, client_ip: str = "127.0.0.1", now: datetime
) -> PaymentStart:
    """Open a way for the buyer to pay a trade; pressing again gives the same way while it can be paid by.

    One that its channel refuses or has closed is replaced by another, under another number.
    Raises: NotFound, AlreadyPaid, PaymentClosed, ChannelNotInUse, ChannelDown (503).
    """
    connected = in_use(request.channel)
    for _ in range(NUMBERS_MAX):
        with atomic():
            payment = payments.lock(trade_id=trade_id, buyer_id=buyer)
            payments.check_payable(payment, now=now)
            if payment.amount.amount_minor:
                attempt = attempts.open_attempt(
                    payment, request=request, merchant_account=connected.merchant_account, now=now
                )
        if not payment.amount.amount_minor:
            return _start_with_nothing(trade_id, request, now=now)
        step = _known_step(attempt, now=now) if attempt.has_way else _new_step(attempt, client_ip, now=now)
        if step is not None:
            return _started(attempt, step)
    raise payments.ChannelDown(channel=request.channel)


def _known_step(attempt: Attempt, *, now: datetime) -> NextStep | None:
    """Return the way that the buyer was shown before; None when nobody can pay by it any more."""
    step = NextStep(
        kind="redirect" if attempt.redirect_url else "qr_code",
        redirect_url=attempt.redirect_url,
        qr_code=attempt.qr_code,
    )
    try:
        state = _ask(attempt)
    except payments.ChannelDown:
        return step  # the cashier may answer the buyer where the channel does not answer us
    _take_in(attempt, state, source="poll", now=now)
    return None if state.capture or state.status is ChargeStatus.CLOSED else step


def _new_step(attempt: Attempt, client_ip: str, *, now: datetime) -> NextStep | None:
    """Ask the channel for a way to pay; None when it refuses the number, which is then given up.

    Raises: ChannelDown.
    """
    charge = _charge(attempt, client_ip)
    try:
        with network():
            return _channel(attempt).start(charge)
    except ChannelRefused as refusal:
        metrics.payment(attempt.channel, "start_refused")
        log.warning("charge_refused", channel=attempt.channel, code=refusal.code)
    except ChannelError as error:
        metrics.payment(attempt.channel, "no_answer")
        raise payments.ChannelDown(channel=attempt.channel) from error
    _end(attempt, now=now)
    with atomic():  # whatever the channel says of the number, we do not come back to it
        attempts.note_closed(attempt=attempt, now=now)
    return None


def _started(attempt: Attempt, step: NextStep) -> PaymentStart:
    attempts.note_started(attempt=attempt, step=step)
    metrics.payment(attempt.channel, "started")
    return PaymentStart(
        payment_id=attempt.payment_id,
        status=PaymentStatus.PENDING,
        channel=attempt.channel,
        redirect_url=step.redirect_url,
        qr_code=step.qr_code,
        expires_at=attempt.expires_at,
    )


def _start_with_nothing(trade_id: TradeId, request: PaymentRequest, *, now: datetime) -> PaymentStart:
    with atomic():
        pay_nothing(trade_id=trade_id, now=now)
    paid = payment_queries.summary(trade_id)
    return PaymentStart(
        payment_id=paid.id,
        status=paid.status,
        channel=request.channel,
        redirect_url=None,
        qr_code=None,
        expires_at=now,
    )


def _charge(attempt: Attempt, client_ip: str) -> ChargeRequest:
    numbers = orders.numbers(attempt.trade_id)
    shop = settings.ENV.public_url
    return ChargeRequest(
        out_trade_no=attempt.out_trade_no,
        parts=tuple(
            Part(out_trade_no=part.out_trade_no, amount_minor=part.amount.amount_minor)
            for part in attempt.charged
        ),
        amount_minor=attempt.amount.amount_minor,
        currency=attempt.amount.currency,
        subject=f"集市订单 {numbers[0]}" + (" 等" if len(numbers) > 1 else ""),
        expires_at=attempt.expires_at,
        notify_url=f"{shop}/api/v1/hooks/payments/{attempt.channel}",
        return_url=f"{shop}/pay/{attempt.trade_id}",
        client="phone" if attempt.client == "phone" else "desktop",
        client_ip=client_ip,
    )


# -- learn ---------------------------------------------------------------------------------------------------


def learn(captured: Captured, *, now: datetime, note: Callable[[Learnt], None] | None = None) -> Learnt:
    """Learn that a channel took money, from whoever tells; safe to call any number of times, from many at once.

    What is not the amount, currency, channel and account we asked for changes nothing, nor does a transaction we
    know. The first one pays the trade; one after closing revives it or goes back; any other goes back. `note`
    writes down what came of it, in the same transaction.
    """
    attempt = payment_queries.attempt_of(captured.out_trade_no)
    reason = payments.mismatch(attempt, captured) if attempt else "no such out_trade_no"
    with atomic():
        learnt = Learnt(outcome=Outcome.REFUSED, status=None, reason=reason)
        if attempt and not reason:
            learnt = _learn(attempt, captured, now=now)
        if note:
            note(learnt)
    metrics.payment(captured.channel, learnt.outcome)
    return learnt


def _learn(attempt: Attempt, captured: Captured, *, now: datetime) -> Learnt:
    order_services.lock_trade(attempt.trade_id)
    told = (captured.channel, captured.channel_transaction_id)
    payment = payments.lock(trade_id=attempt.trade_id, transaction=told)
    if payment.is_known:
        return Learnt(outcome=Outcome.REPEATED, status=payment.status)
    arrival = late_money.Arrival(payment=payment, attempt=attempt, captured=captured)
    match disposition_of(payment, attempt):
        case Disposition.APPLIED:
            return (instalments.apply if payment.instalments else _apply)(arrival, now=now)
        case Disposition.LATE:
            return late_money.revive_or_return(arrival, now=now)
        case Disposition.SECOND:
            return late_money.return_second(arrival, now=now)


def _apply(arrival: late_money.Arrival, *, now: datetime) -> Learnt:
    """Book the money into escrow and mark the trade as paid, inside `learn`'s transaction."""
    at_sale = orders.orders_at_sale(arrival.attempt.trade_id)
    held = {part.order_id: part.part_id for part in arrival.attempt.parts}
    payments.record_capture(
        payment=arrival.payment,
        attempt=arrival.attempt,
        captured=arrival.captured,
        disposition=Disposition.APPLIED,
        status=PaymentStatus.PAID,
        escrows={held[order.id]: sides.order_sides(order).escrow for order in at_sale},
        now=now,
    )
    ledger.post_all(
        [
            ledger_rules.captured(
                part_id=held[order.id],
                order_id=order.id,
                channel=arrival.captured.channel,
                sides=sides.order_sides(order),
                at=now,
            )
            for order in at_sale
        ]
    )
    order_services.mark_paid(trade_id=arrival.payment.trade_id, now=now)
    hand_over.give(at_sale, now=now)
    publish(
        PaymentCaptured(payment_id=arrival.payment.id, trade_id=arrival.payment.trade_id, occurred_at=now)
    )
    return Learnt(outcome=Outcome.APPLIED, status=PaymentStatus.PAID)


def pay_nothing(*, trade_id: TradeId, now: datetime) -> bool:
    """Pay a trade whose total is zero, inside the caller's transaction; False when it was paid before.

    Raises: NotFound; ProgrammingError when something is to be paid.
    """
    order_services.lock_trade(trade_id)
    payment = payments.lock(trade_id=trade_id)
    if payment.status is not PaymentStatus.CREATED:
        return False
    at_sale = orders.orders_at_sale(trade_id)
    held = payment_queries.part_ids(trade_id)
    whole = {order.id: sides.order_sides(order) for order in at_sale}
    payments.mark_paid_with_nothing(
        payment=payment, escrows={held[order_id]: of.escrow for order_id, of in whole.items()}, now=now
    )
    ledger.post_all(
        [
            ledger_rules.captured(part_id=held[order_id], order_id=order_id, channel=None, sides=of, at=now)
            for order_id, of in whole.items()
        ]
    )
    order_services.mark_paid(trade_id=trade_id, now=now)
    hand_over.give(at_sale, now=now)
    publish(PaymentCaptured(payment_id=payment.id, trade_id=trade_id, occurred_at=now))
    return True


def captured_from(notice: CaptureNotice, *, channel: ChannelName, source: str) -> Captured:
    """Put a channel's verified words about money taken into ours."""
    return Captured(
        out_trade_no=notice.out_trade_no,
        channel=channel,
        channel_transaction_id=notice.channel_transaction_id,
        amount=Money(notice.amount_minor, notice.currency),
        merchant_account=notice.merchant_account,
        paid_at=notice.paid_at,
        source=source,
        parts=tuple(
            PartCaptured(
                out_trade_no=part.out_trade_no,
                channel_transaction_id=part.channel_transaction_id,
                amount=Money(part.amount_minor, notice.currency),
            )
            for part in notice.parts
        ),
    )


# -- ask -----------------------------------------------------------------------------------------------------


def poll(*, trade_id: TradeId, now: datetime, source: str = "poll") -> PaymentSummary:
    """Ask the channels about every way to pay this trade that is still open, and learn what they say.

    A channel that does not answer leaves things as they are: money that it took is found by the next
    question, and after the deadline as a late payment. Raises: NotFound.
    """
    for attempt in payment_queries.open_attempts(trade_id):
        try:
            state = _ask(attempt)
        except payments.ChannelDown:
            log.warning("channel_silent", channel=attempt.channel, trade_id=str(trade_id))
            continue
        _take_in(attempt, state, source=source, now=now)
    return payment_queries.summary(trade_id)


def look(*, trade_id: TradeId, buyer: UserId, has_returned: bool, now: datetime) -> PaymentSummary:
    """Return a buyer's payment, asked anew at its channel while it is open; not oftener than every two
    seconds.

    Raises: NotFound, also when it is not his.
    """
    payment_queries.trade_of_buyer(trade_id=trade_id, buyer=buyer)
    known = payment_queries.summary(trade_id)
    if known.status not in OPEN or not _may_ask(trade_id, now=now):
        return known
    return poll(trade_id=trade_id, now=now, source="return" if has_returned else "poll")


def _may_ask(trade_id: TradeId, *, now: datetime) -> bool:
    with atomic():
        return attempts.note_asked(trade_id=trade_id, now=now, rest=ASK_REST)


def abandon(*, trade_id: TradeId, now: datetime) -> PaymentSummary:
    """Close at the channels every way to pay a trade that is paid or closed, or its paid deposit.

    Money that came meanwhile is learnt of. Raises: NotFound, ChannelDown.
    """
    for attempt in payment_queries.attempts_to_end(trade_id):
        _end(attempt, now=now)
    return payment_queries.summary(trade_id)


def _end(attempt: Attempt, *, now: datetime) -> None:
    """Learn of what was paid under an attempt, or close it at its channel. Raises: ChannelDown."""
    state = _ask(attempt)
    _take_in(attempt, state, source="poll", now=now)
    if state.capture is None:
        _close_at_channel(attempt, now=now)


def _channel(attempt: Attempt) -> Channel:
    """Return an attempt's channel; one we have no account with any more gives no answer.

    Raises: ChannelDown.
    """
    try:
        return in_use(attempt.channel).channel
    except ChannelNotInUse as error:
        raise payments.ChannelDown(channel=attempt.channel) from error


def _ask(attempt: Attempt) -> ChargeState:
    try:
        with network():
            return _channel(attempt).query(_ref(attempt))
    except ChannelError as error:
        raise payments.ChannelDown(channel=attempt.channel) from error


def _take_in(attempt: Attempt, state: ChargeState, *, source: str, now: datetime) -> None:
    """Act on what a channel says about an attempt."""
    if state.capture is not None:
        learn(captured_from(state.capture, channel=attempt.channel, source=source), now=now)
    elif state.status is ChargeStatus.FAILED:
        with atomic():
            payments.lock(trade_id=attempt.trade_id)
            attempts.note_failed(attempt=attempt)
        metrics.payment(attempt.channel, "failed")
    elif state.status is ChargeStatus.CLOSED:
        with atomic():
            attempts.note_closed(attempt=attempt, now=now)
        metrics.payment(attempt.channel, "closed")


def _close_at_channel(attempt: Attempt, *, now: datetime) -> None:
    try:
        with network():
            _channel(attempt).close(_ref(attempt))
    except ChannelRefused:
        # Paid between our question and now: the channel's next word brings the money, and it goes back.
        _take_in(attempt, _ask(attempt), source="poll", now=now)
        return
    except ChannelError as error:
        raise payments.ChannelDown(channel=attempt.channel) from error
    with atomic():
        attempts.note_closed(attempt=attempt, now=now)


def _ref(attempt: Attempt) -> ChargeRef:
    return ChargeRef(
        out_trade_no=attempt.out_trade_no,
        part_numbers=tuple(part.out_trade_no for part in attempt.charged),
    )
