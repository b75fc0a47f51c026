"""Writes of refunds: ask, send, finish. Each runs inside its caller's transaction, the trade locked first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel.db import execute, require_transaction, row, rows
from jishi.kernel.errors import Conflict, ProgrammingError
from jishi.kernel.ids import OrderId, RefundId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.money.payments.queries import REFUND_COLUMNS, refund_from
from jishi.money.payments.rules import refund_number, refund_sources
from jishi.money.payments.rules_refund import (
    RefundTooMuch,
)
from jishi.money.payments.types import (
    ChannelName,
    DoneRefund,
    PaymentStatus,
    Refund,
    RefundLine,
    RefundPlan,
    RefundReason,
    RefundStatus,
    RefundTask,
)

FAILURE_LENGTH_MAX = 300


__all__ = [
    "RefundNotStuck",
    "RefundTooMuch",
    "ask_refund",
    "ask_return_of_capture",
    "done_refunds",
    "has_open_refunds",
    "is_released",
    "lock_refund",
    "note_done",
    "note_unsent",
    "refund_lines",
    "release_part",
    "start_sending",
    "take_new_number",
]


class RefundNotStuck(Conflict):
    """Only a refund that its channel gave up may begin anew."""

    code = "refund_not_stuck"
    message = Text(
        zh="只有渠道已放弃的退款才能重新发起", en="Only a refund that its channel gave up can begin anew"
    )


def ask_refund(
    *,
    order_id: OrderId,
    plan: RefundPlan,
    capture_part_id: UUID | None,
    reason: RefundReason,
    note: str,
    requested_by: UserId | None,
    now: datetime,
) -> Refund:
    """Keep a refund of an order out of one capture, to be sent by a job; none is needed for nothing. Two statements.

    Raises: RefundTooMuch when the order's part of the payment does not hold that much any more.
    """
    require_transaction("a refund")
    refund_id = RefundId(new_id())
    found = row(
        "INSERT INTO payments_refund (id, payment_id, part_id, capture_part_id, order_id, merchant_id, "
        "buyer_id, status, "
        "reason, is_suspense, note, amount_minor, freight_minor, currency, out_refund_no, requested_by, "
        "requested_at) "
        "SELECT %(id)s, part.payment_id, part.id, %(capture_part)s::uuid, part.order_id, "
        "part.merchant_id, part.buyer_id, 'requested', %(reason)s, false, %(note)s, %(amount)s, %(freight)s, "
        "part.currency, %(number)s, %(by)s, %(now)s FROM payments_part part WHERE part.order_id = %(order)s "
        "AND part.currency = %(currency)s AND part.amount_minor >= %(amount)s + (SELECT "
        "coalesce(sum(amount_minor), 0) "
        "FROM payments_refund WHERE part_id = part.id AND NOT is_suspense) "
        f"RETURNING {REFUND_COLUMNS.replace('r.', '')}",
        {
            "id": refund_id,
            "capture_part": capture_part_id,
            "reason": reason.value,
            "note": note,
            "amount": plan.amount.amount_minor,
            "freight": plan.freight.amount_minor,
            "number": refund_number(refund_id, 0),
            "by": requested_by,
            "now": now,
            "order": order_id,
            "currency": plan.amount.currency,
        },
    )
    if found is None:
        raise RefundTooMuch
    _keep_lines(refund_id, order_id, plan.lines)
    return refund_from(found)


def _keep_lines(refund_id: RefundId, order_id: OrderId, lines: Sequence[RefundLine]) -> None:
    if not lines:
        return
    execute(
        "INSERT INTO payments_refund_line (id, refund_id, order_id, order_line_id, quantity, payable_minor, "
        "platform_discount_minor, points_discount_minor, commission_minor, merchant_discount_minor, "
        "is_claw_back) SELECT line.id, %s, %s, "
        "line.order_line_id, "
        "line.quantity, line.payable, line.platform, line.points, line.commission, line.merchant, line.claw "
        "FROM unnest(%s::uuid[], %s::uuid[], "
        "%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bool[]) "
        "AS line(id, order_line_id, quantity, payable, platform, points, commission, merchant, claw)",
        [
            refund_id,
            order_id,
            [new_id() for _ in lines],
            [line.order_line_id for line in lines],
            [line.quantity for line in lines],
            [line.payable.amount_minor for line in lines],
            [line.platform_discount.amount_minor for line in lines],
            [line.points_discount.amount_minor for line in lines],
            [line.commission.amount_minor for line in lines],
            [line.merchant_discount.amount_minor for line in lines],
            [line.is_claw_back for line in lines],
        ],
    )


def ask_return_of_capture(*, capture_id: UUID, reason: RefundReason, now: datetime) -> list[RefundId]:
    """Keep the refunds that send a whole capture back to where it came from, one per part of it."""
    require_transaction("a refund")
    parts = rows("SELECT id FROM payments_capture_part WHERE capture_id = %s ORDER BY id", [capture_id])
    ids = [RefundId(new_id()) for _ in parts]
    execute(
        "INSERT INTO payments_refund (id, payment_id, part_id, capture_part_id, merchant_id, buyer_id, "
        "status, reason, "
        "is_suspense, note, amount_minor, freight_minor, currency, out_refund_no, requested_at) "
        "SELECT wish.id, part.payment_id, part.id, cp.id, part.merchant_id, part.buyer_id, 'requested', %s, "
        "true, '', "
        "cp.amount_minor, 0, part.currency, wish.number, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) "
        "AS wish(id, capture_part_id, number) JOIN payments_capture_part cp ON cp.id = wish.capture_part_id "
        "JOIN payments_part part ON part.id = cp.part_id",
        [
            reason.value,
            now,
            ids,
            [capture_part_id for (capture_part_id,) in parts],
            [refund_number(refund_id, 0) for refund_id in ids],
        ],
    )
    return ids


_TASK = (
    "r.id, r.payment_id, part.trade_id, r.order_id, r.part_id, r.merchant_id, c.channel, "
    "cp.channel_transaction_id, "
    "coalesce(cp.transaction_amount_minor, 0), r.out_refund_no, r.amount_minor, r.freight_minor, "
    "r.currency, r.reason, "
    "r.note, r.status, r.is_suspense, r.tries FROM payments_refund r JOIN payments_part part ON part.id = "
    "r.part_id "
    "LEFT JOIN payments_capture_part cp ON cp.id = r.capture_part_id LEFT JOIN payments_capture c ON c.id = "
    "cp.capture_id"
)


def start_sending(refund_id: RefundId, *, now: datetime) -> RefundTask | None:
    """Move a refund to processing and return what to send; None when it is done or unknown. One statement."""
    found = row(
        "WITH moved AS (UPDATE payments_refund SET status = 'processing', tries = tries + 1, tried_at = %s "
        "WHERE id = %s AND status <> 'done' RETURNING id) "
        f"SELECT {_TASK} WHERE r.id = (SELECT id FROM moved)",
        [now, refund_id],
    )
    return _task(found) if found else None


def lock_refund(refund_id: RefundId) -> RefundTask:
    """Lock a refund and return it as it is now. Raises: ProgrammingError outside a transaction."""
    require_transaction("the lock of a refund")
    found = row(f"SELECT {_TASK} WHERE r.id = %s FOR UPDATE OF r", [refund_id])
    if found is None:
        raise LookupError(f"there is no refund {refund_id}")
    return _task(found)


def _task(found: tuple[Any, ...]) -> RefundTask:
    (refund_id, payment_id, trade_id, order_id, part_id, merchant_id, channel, transaction, whole, *rest) = (
        found
    )
    number, amount, freight, currency, reason, note, status, is_suspense, tries = rest
    return RefundTask(
        id=refund_id,
        payment_id=payment_id,
        trade_id=trade_id,
        order_id=order_id,
        part_id=part_id,
        merchant_id=merchant_id,
        channel=ChannelName(channel) if channel else None,
        channel_transaction_id=transaction,
        transaction_amount=Money(whole, currency),
        out_refund_no=number,
        amount=Money(amount, currency),
        freight=Money(freight, currency),
        reason=RefundReason(reason),
        note=note,
        status=RefundStatus(status),
        is_suspense=is_suspense,
        tries=tries,
    )


def refund_lines(refund_id: RefundId, currency: str) -> list[RefundLine]:
    """Return the lines of a refund."""
    found = rows(
        "SELECT order_line_id, quantity, payable_minor, platform_discount_minor, points_discount_minor, "
        "commission_minor, merchant_discount_minor, is_claw_back FROM payments_refund_line "
        "WHERE refund_id = %s ORDER BY id",
        [refund_id],
    )
    return [_refund_line(line, currency) for line in found]


def _refund_line(found: Sequence[Any], currency: str) -> RefundLine:
    line_id, quantity, payable, platform, points, commission, merchant, is_claw_back = found
    return RefundLine(
        order_line_id=line_id,
        quantity=quantity,
        payable=Money(payable, currency),
        platform_discount=Money(platform, currency),
        points_discount=Money(points, currency),
        commission=Money(commission, currency),
        merchant_discount=Money(merchant, currency),
        is_claw_back=is_claw_back,
    )


def note_unsent(refund_id: RefundId, *, failure: str) -> None:
    """Note why a refund did not go. It is tried again under the same number."""
    execute(
        "UPDATE payments_refund SET status = 'failed', failure = %s WHERE id = %s AND status = ANY(%s)",
        [failure[:FAILURE_LENGTH_MAX], refund_id, refund_sources(RefundStatus.FAILED)],
    )


def take_new_number(refund_id: RefundId, *, given_up: str) -> None:
    """Give a refund that failed for the reason `given_up` another number at its channel.

    Raises: RefundNotStuck when it did not fail so.
    """
    found = row(
        "SELECT round_number FROM payments_refund WHERE id = %s AND status = 'failed' AND failure = %s FOR "
        "UPDATE",
        [refund_id, given_up],
    )
    if found is None:
        raise RefundNotStuck
    following = found[0] + 1
    execute(
        "UPDATE payments_refund SET round_number = %s, out_refund_no = %s, tries = 0, status = 'requested', "
        "failure = NULL WHERE id = %s",
        [following, refund_number(refund_id, following), refund_id],
    )


def note_done(
    task: RefundTask, *, from_escrow: Money, channel_refund_id: str | None, done_at: datetime
) -> None:
    """Mark a locked refund as done and bring its part and payment up to date; `from_escrow` left the escrow.

    One statement. The database refuses a part or payment that would be refunded above what was paid.
    """
    execute(
        _NOTE_SUSPENSE_DONE if task.is_suspense else _NOTE_DONE,
        {
            "id": task.id,
            "done_at": done_at,
            "channel_refund_id": channel_refund_id,
            "part": task.part_id,
            "payment": task.payment_id,
            "amount": task.amount.amount_minor,
            "escrow": from_escrow.amount_minor,
            "late": RefundReason.LATE_PAYMENT.value,
        },
    )


_MARK_DONE = """
    UPDATE payments_refund SET status = 'done', done_at = %(done_at)s, failure = NULL,
        channel_refund_id = coalesce(%(channel_refund_id)s, channel_refund_id) WHERE id = %(id)s
"""
_NOTE_DONE = f"""
WITH refund AS ({_MARK_DONE}), part AS (
    UPDATE payments_part SET refunded_minor = refunded_minor + %(amount)s, escrow_minor = escrow_minor -
    %(escrow)s WHERE id = %(part)s
)
UPDATE payments_payment SET refunded_minor = refunded_minor + %(amount)s, status = CASE
    WHEN amount_minor = 0 OR status = 'closed' THEN status
    WHEN refunded_minor + %(amount)s >= amount_minor THEN '{PaymentStatus.REFUNDED}'
    WHEN refunded_minor + %(amount)s > 0 THEN '{PaymentStatus.PARTIALLY_REFUNDED}' ELSE status END
WHERE id = %(payment)s
"""
# A late payment is refunded once all of its parts are back; a second capture leaves the payment as it is.
_NOTE_SUSPENSE_DONE = f"""
WITH refund AS ({_MARK_DONE})
UPDATE payments_payment SET status = '{PaymentStatus.REFUNDED}', refunded_minor = amount_minor
WHERE id = %(payment)s AND status = '{PaymentStatus.LATE_PAID}' AND NOT EXISTS (
    SELECT 1 FROM payments_refund other WHERE other.payment_id = %(payment)s AND other.id <> %(id)s
    AND other.reason = %(late)s AND other.status <> 'done')
"""


def release_part(*, order_id: OrderId, held: Money, now: datetime) -> bool:
    """Take an order's part out of escrow, which must hold exactly `held`; False when it was released before.

    Raises: ProgrammingError when the escrow holds another amount: the books are wrong, nothing may move.
    """
    found = row(
        "UPDATE payments_part SET escrow_minor = 0, released_at = %s WHERE order_id = %s AND released_at IS "
        "NULL "
        "RETURNING old.escrow_minor",
        [now, order_id],
    )
    if found is not None and found[0] != held.amount_minor:
        raise ProgrammingError(f"the escrow of order {order_id} holds {found[0]}, not {held.amount_minor}")
    return found is not None


def done_refunds(order_id: OrderId, currency: str) -> list[DoneRefund]:
    """Return the refunds of an order that went through, oldest first, with their lines (two statements)."""
    lines: dict[UUID, list[RefundLine]] = {}
    for refund_id, *line in rows(
        "SELECT l.refund_id, l.order_line_id, l.quantity, l.payable_minor, l.platform_discount_minor, "
        "l.points_discount_minor, l.commission_minor, l.merchant_discount_minor, l.is_claw_back "
        "FROM payments_refund_line l JOIN payments_refund r "
        "ON r.id = l.refund_id WHERE l.order_id = %s AND r.status = 'done' ORDER BY l.id",
        [order_id],
    ):
        lines.setdefault(refund_id, []).append(_refund_line(line, currency))
    found = rows(
        "SELECT id, freight_minor FROM payments_refund WHERE order_id = %s AND status = 'done' ORDER BY id",
        [order_id],
    )
    return [
        DoneRefund(
            id=RefundId(refund_id), lines=tuple(lines.get(refund_id, ())), freight=Money(freight, currency)
        )
        for refund_id, freight in found
    ]


def is_released(order_id: OrderId) -> bool:
    """Say whether an order's escrow went to its merchant."""
    return bool(
        row("SELECT 1 FROM payments_part WHERE order_id = %s AND released_at IS NOT NULL", [order_id])
    )


def has_open_refunds(order_id: OrderId) -> bool:
    """Say whether a refund of the order is not done yet."""
    return bool(
        row("SELECT 1 FROM payments_refund WHERE order_id = %s AND status <> 'done' LIMIT 1", [order_id])
    )
