"""Send a buyer's money back: planned to the cent, sent exactly once, booked when the channel has it.

A refund is a row before it is a request: it survives a channel that is down, is tried again with growing
rests, and carries one number at its channel, so that no repetition sends the money twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.conf import settings

from jishi.flows import sides
from jishi.flows.take_back import take_back_codes
from jishi.kernel import audit, idempotency, metrics
from jishi.kernel.db import atomic, require_transaction
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import MerchantId, OrderId, RefundId, UserId
from jishi.kernel.jobs import Retry, job
from jishi.kernel.money import Money, zero
from jishi.kernel.network import network
from jishi.kernel.outbox import publish
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.ledger.rules_instalments import deposit_returned
from jishi.money.payments import queries as payment_queries
from jishi.money.payments import services_plan as plans
from jishi.money.payments import services_refund as refunds
from jishi.money.payments.events import RefundDone, RefundFailed
from jishi.money.payments.queries_instalments import over_captures
from jishi.money.payments.services_channels import (
    ChannelError,
    RefundNotice,
    RefundProgress,
    RefundState,
    in_use,
)
from jishi.money.payments.services_channels import RefundRequest as ChannelRefund
from jishi.money.payments.types import (
    Outcome,
    PiecesToRefund,
    Refund,
    RefundPlan,
    RefundReason,
    RefundRequest,
    RefundStatus,
    RefundTask,
)
from jishi.money.settlement import services as settlement
from jishi.offering.inventory import services as inventory
from jishi.trade.orders import queries as orders
from jishi.trade.orders import services as order_services
from jishi.trade.orders.types import OrderAtSale, OrderPaymentStatus, OrderStatus

REFUNDABLE = frozenset({OrderPaymentStatus.PAID, OrderPaymentStatus.PARTIALLY_REFUNDED})
LOOK_AGAIN = timedelta(seconds=5)  # after a channel said that it is working on it; doubled with every look
LOOK_AGAIN_LONGEST = timedelta(hours=1)
STUCK = "the channel gave it up (closed, or stuck at the buyer's account)"
# About a day of tries; then a dead letter asks for a person, and the sweep goes on once an hour.
RETRY = Retry(attempts=30, first=timedelta(seconds=5), longest=timedelta(hours=1))


class RefundNotSent(Exception):
    """A try failed; the job runner tries again."""


# -- ask -----------------------------------------------------------------------------------------------------


def open_refund(
    *,
    order: OrderAtSale,
    lines: Sequence[PiecesToRefund] | None = None,
    amount: Money | None = None,
    freight: bool | None = None,
    reason: RefundReason,
    note: str = "",
    requested_by: UserId | None = None,
    now: datetime,
) -> Refund:
    """Open a refund inside the caller's transaction, the trade locked; a job sends it after the commit.

    Of pieces, of an amount, or, with neither, of all that is left with its freight. Stock is the caller's. What an
    order's last capture does not hold is another refund, of the one before.
    Raises: NothingToRefund, RefundTooMuch (409), Invalid (422).
    """
    require_transaction("a refund")
    plan = plan_of(order, lines=lines, amount=amount, freight=freight)
    asked = [
        refunds.ask_refund(
            order_id=order.id,
            plan=share,
            capture_part_id=capture_part_id,
            reason=reason,
            note=note,
            requested_by=requested_by,
            now=now,
        )
        for capture_part_id, share in over_captures(plan, order.id)
    ]
    execute.defer_many([{"refund_id": one.id} for one in asked])
    return asked[0]


def request_refund(
    *,
    merchant_id: MerchantId,
    order_id: OrderId,
    request: RefundRequest,
    staff: UserId,
    key: str | None = None,
    now: datetime,
) -> Refund:
    """Let a merchant refund pieces or an amount of one of his orders; unsent pieces go back on sale at once.

    The same `key` again is the same refund. Raises: NotFound, Invalid, NothingToRefund, RefundTooMuch,
    PiecesGone, KeyReused.
    """
    check_wish(request)
    with atomic():
        claimed = _claim(merchant_id, key, order_id, request) if key else None
        if claimed and not claimed.is_new:
            return payment_queries.refund(RefundId(claimed.the_result))
        order_services.lock_order_trade(order_id)
        order = order_of_merchant(merchant_id, order_id)
        refund = open_refund(
            order=order,
            lines=request.lines,
            amount=request.amount,
            freight=request.freight or None,
            reason=RefundReason.PARTIAL if request.lines else RefundReason.GOODWILL,
            note=request.reason,
            requested_by=staff,
            now=now,
        )
        if request.lines:
            unsent = order_services.reserve_refund_pieces(order_id=order_id, lines=request.lines, now=now)
            inventory.release_lines(unsent, now=now)
            take_back_codes(order, now=now)
        audit.record(
            actor=staff,
            actor_kind="staff",
            action="refund.requested",
            subject_kind="order",
            subject_id=order_id,
            merchant_id=merchant_id,
            data={"refund_id": refund.id, "amount_minor": refund.amount.amount_minor},
            now=now,
        )
        if claimed:
            idempotency.finish(claimed, refund.id)
    return refund


def _claim(merchant_id: MerchantId, key: str, order_id: OrderId, request: RefundRequest) -> idempotency.Claim:
    return idempotency.claim(
        owner=merchant_id, key=key, request=msgspec.json.encode(["refund", order_id, request])
    )


def plan_of(
    order: OrderAtSale,
    *,
    lines: Sequence[PiecesToRefund] | None,
    amount: Money | None,
    freight: bool | None,
) -> RefundPlan:
    """Plan a refund as it is sent and previewed. Raises: Invalid, RefundTooMuch, NothingToRefund."""
    if order.payment_status not in REFUNDABLE:
        raise plans.NothingToRefund
    return plans.plan_refund(sides.sold(order), lines=lines, amount=amount, freight=freight)


def check_wish(request: RefundRequest) -> None:
    """Check that pieces or an amount are asked for. Raises: Invalid."""
    if (request.lines is None) == (request.amount is None):
        raise Invalid(field="lines")


def order_of_merchant(merchant_id: MerchantId, order_id: OrderId) -> OrderAtSale:
    """Return an order of a merchant. Raises: NotFound, also when it is not his."""
    order = orders.order_at_sale(order_id)
    if order.merchant_id != merchant_id:
        raise NotFound
    return order


# -- send ----------------------------------------------------------------------------------------------------


@job(retry=RETRY, lock="refund:{refund_id}", name="flows.refund.execute")
def execute(*, refund_id: RefundId, now: datetime) -> None:
    """Send one refund through its channel and book it when it is done. Safe to run again at any point.

    Raises: RefundNotSent when the channel did not take it; the refund then shows why, and is tried again.
    """
    with atomic():
        task = refunds.start_sending(refund_id, now=now)
    if task is None:
        return
    if task.amount.amount_minor == 0:
        _finish(task, RefundState(out_refund_no=task.out_refund_no, status=RefundProgress.DONE), now=now)
        return
    try:
        state = _send(task)
    except ChannelError as error:
        _note_failure(task, str(error), now=now)
        raise RefundNotSent(str(refund_id)) from error
    _take_in(task, state, now=now)


def _send(task: RefundTask) -> RefundState:
    """Ask what became of an earlier try, and send the refund when the channel knows of none."""
    if task.channel is None or task.channel_transaction_id is None:
        raise LookupError(f"refund {task.id} has money to send and no transaction to send it to")
    channel = in_use(task.channel).channel
    with network():
        if task.tries:
            state = channel.query_refund(
                channel_transaction_id=task.channel_transaction_id, out_refund_no=task.out_refund_no
            )
            if state.status is not RefundProgress.NOT_FOUND:
                return state
        return channel.refund(
            ChannelRefund(
                channel_transaction_id=task.channel_transaction_id,
                out_refund_no=task.out_refund_no,
                amount_minor=task.amount.amount_minor,
                total_minor=task.transaction_amount.amount_minor,
                currency=task.amount.currency,
                reason=task.note or task.reason.value,
                notify_url=f"{settings.ENV.public_url}/api/v1/hooks/payments/{task.channel}",
            )
        )


def _take_in(task: RefundTask, state: RefundState, *, now: datetime) -> None:
    match state.status:
        case RefundProgress.DONE:
            _finish(task, state, now=now)
        case RefundProgress.PROCESSING:
            with atomic():
                execute.defer(at=now + _rest_of(task), refund_id=task.id)
        case RefundProgress.FAILED:
            _note_failure(task, STUCK, now=now)
            raise RefundNotSent(str(task.id))
        case RefundProgress.NOT_FOUND:
            _note_failure(task, "the channel does not know it", now=now)
            raise RefundNotSent(str(task.id))


def _rest_of(task: RefundTask) -> timedelta:
    return min(LOOK_AGAIN * (1 << min(task.tries, 10)), LOOK_AGAIN_LONGEST)


def learn_refund(notice: RefundNotice, *, now: datetime) -> tuple[Outcome, str]:
    """Learn from a channel's own word what became of a refund; returns the outcome and, if refused, why."""
    refund_id = payment_queries.refund_by_number(notice.refund.out_refund_no)
    if refund_id is None:
        return Outcome.REFUSED, "no such out_refund_no"
    with atomic():
        task = refunds.lock_refund(refund_id)
    if task.out_refund_no != notice.refund.out_refund_no:
        return Outcome.NOTED, "about an earlier number of the refund"
    if task.channel_transaction_id != notice.channel_transaction_id:
        return Outcome.REFUSED, "transaction differs"
    if notice.refund.amount_minor not in {None, task.amount.amount_minor}:
        return Outcome.REFUSED, "amount differs"
    if task.status is RefundStatus.DONE:
        return Outcome.REPEATED, ""
    if notice.refund.status is RefundProgress.DONE:
        _finish(task, notice.refund, now=now)
        return Outcome.REFUND_NOTED, ""
    if notice.refund.status is RefundProgress.FAILED:
        _note_failure(task, STUCK, now=now)
    return Outcome.NOTED, ""


def _note_failure(task: RefundTask, failure: str, *, now: datetime) -> None:
    """Keep why a refund did not go; tell of it once, not at every try."""
    metrics.REFUND_OUTCOMES.labels(channel=str(task.channel), outcome="failed").inc()
    with atomic():
        refunds.note_unsent(task.id, failure=failure)
        if task.status is not RefundStatus.FAILED:
            publish(
                RefundFailed(
                    refund_id=task.id, trade_id=task.trade_id, order_id=task.order_id, occurred_at=now
                )
            )


def begin_anew(*, refund_id: RefundId, by: UserId, now: datetime) -> None:
    """Send a refund that its channel has closed under a new number, after a person has looked at the channel.

    Only a person may decide it: a refund that is merely stuck there may still go through under its old
    number, and then the money would go twice. Raises: NotFound, RefundNotStuck when the channel did not give
    it up.
    """
    with atomic():
        refunds.take_new_number(refund_id, given_up=STUCK)
        audit.record(
            actor=by,
            actor_kind="platform",
            action="refund.begun_anew",
            subject_kind="refund",
            subject_id=refund_id,
            merchant_id=None,
            data={},
            now=now,
        )
        execute.defer(refund_id=refund_id)


# -- book ----------------------------------------------------------------------------------------------------


def _finish(sent: RefundTask, state: RefundState, *, now: datetime) -> None:
    """Book a refund that its channel has made, once."""
    with atomic():
        order_services.lock_trade(sent.trade_id)
        task = refunds.lock_refund(sent.id)
        if task.status is RefundStatus.DONE:
            return
        done_at = state.refunded_at or now
        if task.is_suspense or task.order_id is None:
            _book_suspense(task, state, done_at=done_at, now=now)
        else:
            _book_order(task, task.order_id, state, done_at=done_at, now=now)
        publish(
            RefundDone(refund_id=task.id, trade_id=task.trade_id, order_id=task.order_id, occurred_at=now)
        )
    metrics.REFUND_OUTCOMES.labels(channel=str(task.channel), outcome="done").inc()


def _book_suspense(task: RefundTask, state: RefundState, *, done_at: datetime, now: datetime) -> None:
    ledger.post(
        ledger_rules.suspense_refunded(
            refund_id=task.id,
            payment_id=task.payment_id,
            channel=str(task.channel),
            amount=task.amount,
            at=now,
        )
    )
    refunds.note_done(
        task,
        from_escrow=zero(task.amount.currency),
        channel_refund_id=state.channel_refund_id,
        done_at=done_at,
    )


def _book_order(
    task: RefundTask, order_id: OrderId, state: RefundState, *, done_at: datetime, now: datetime
) -> None:
    """Before completion the money comes out of escrow; afterwards every side gives back its own."""
    if task.reason is RefundReason.DEPOSIT:
        _book_deposit(task, order_id, state, done_at=done_at, now=now)
        return
    lines = refunds.refund_lines(task.id, task.amount.currency)
    back = sides.refund_sides(lines, task.freight)
    if refunds.is_released(order_id):
        order = orders.order_at_sale(order_id)
        from_escrow = zero(task.amount.currency)
        journal = ledger_rules.refunded_from_merchant(
            refund_id=task.id,
            order_id=order_id,
            channel=task.channel,
            merchant_id=task.merchant_id,
            sides=back,
            at=now,
        )
        settlement.add_entries(sides.refund_entries(order, task.id, lines, task.freight), now=now)
    else:
        from_escrow = back.escrow
        journal = ledger_rules.refunded_from_escrow(
            refund_id=task.id, order_id=order_id, channel=task.channel, sides=back, at=now
        )
    ledger.post(journal)
    refunds.note_done(
        task, from_escrow=from_escrow, channel_refund_id=state.channel_refund_id, done_at=done_at
    )
    status = order_services.note_refund(order_id=order_id, lines=lines, amount=task.amount, now=now)
    if status is OrderStatus.CLOSED:
        inventory.release([order_id], now=now)
        take_back_codes(orders.order_at_sale(order_id), now=now)
    elif orders.has_arrived(order_id):  # what this refund paid for was the last that was missing
        order_services.mark_delivered(order_id=order_id, now=now)


def _book_deposit(
    task: RefundTask, order_id: OrderId, state: RefundState, *, done_at: datetime, now: datetime
) -> None:
    ledger.post(
        deposit_returned(
            refund_id=task.id, order_id=order_id, channel=str(task.channel), amount=task.amount, at=now
        )
    )
    refunds.note_done(
        task, from_escrow=task.amount, channel_refund_id=state.channel_refund_id, done_at=done_at
    )
    order_services.note_deposit_back(order_id=order_id, amount=task.amount, now=now)
