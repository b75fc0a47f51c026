"""Writes of attempts: each try to pay, under a number of its own. The payment is locked by the caller, or first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from jishi.kernel.db import execute, rows
from jishi.kernel.ids import TradeId, new_id
from jishi.money.payments import queries
from jishi.money.payments.channels.types import NextStep
from jishi.money.payments.rules import number_of, sources
from jishi.money.payments.services import LockedPayment
from jishi.money.payments.types import Attempt, PaymentRequest, PaymentStatus


def open_attempt(
    payment: LockedPayment, *, request: PaymentRequest, merchant_account: str, now: datetime
) -> Attempt:
    """Return the attempt that a buyer goes on with: the open one of this channel and client, else a new one.

    One payment never has two open attempts of the same kind, so pressing Pay twice opens one cashier.
    """
    attempt_id = new_id()
    (found,) = rows(
        _OPEN,
        {
            "id": attempt_id,
            "payment": payment.id,
            "channel": request.channel.value,
            "client": request.client,
            "number": number_of(attempt_id),
            "account": merchant_account,
            "amount": payment.due.amount_minor,
            "instalment": payment.instalment,
            "currency": payment.amount.currency,
            "expires_at": _expires_at(payment, now),
            "now": now,
        },
    )
    return queries.attempt_from(found)


def _expires_at(payment: LockedPayment, now: datetime) -> datetime:
    """Return until when a way to pay is good: of a balance not for the days that it may be paid on, which channels
    do not keep a cashier open for.
    """
    if payment.instalments is None:
        return payment.pay_before_at
    return min(payment.pay_before_at, now + timedelta(minutes=settings.ENV.payment_window_minutes))


_OPEN = f"""
WITH known AS (
    SELECT * FROM payments_attempt
    WHERE payment_id = %(payment)s AND status IN ('created', 'pending', 'failed')
      AND channel = %(channel)s::text AND client = %(client)s::text AND merchant_account = %(account)s::text
      AND instalment = %(instalment)s
    ORDER BY id DESC LIMIT 1
), made AS (
    INSERT INTO payments_attempt (id, payment_id, channel, client, out_trade_no, merchant_account, status,
        amount_minor, currency, instalment, expires_at, created_at)
    SELECT %(id)s, %(payment)s, %(channel)s::text, %(client)s::text, %(number)s, %(account)s::text, 'created',
        %(amount)s, %(currency)s, %(instalment)s, %(expires_at)s, %(now)s
    WHERE NOT EXISTS (SELECT FROM known)
    RETURNING *
), attempt AS (SELECT * FROM known UNION ALL SELECT * FROM made)
{queries.select_attempts("attempt")}
"""


def note_started(*, attempt: Attempt, step: NextStep) -> None:
    """Keep the way to the cashier; the payment, which is locked here and first, is pending from now on."""
    execute(
        "WITH payment AS (SELECT id FROM payments_payment WHERE id = %s FOR UPDATE), "
        "attempt AS (UPDATE payments_attempt a SET status = 'pending', redirect_url = %s, qr_code = %s "
        "FROM payment WHERE a.id = %s AND a.payment_id = payment.id "
        "AND a.status IN ('created', 'pending', 'failed')) "
        "UPDATE payments_payment p SET status = 'pending', channel = %s FROM payment WHERE p.id = payment.id "
        "AND p.status IN ('created', 'deposit_paid', 'pending', 'failed')",
        [attempt.payment_id, step.redirect_url, step.qr_code, attempt.id, attempt.channel.value],
    )


def note_failed(*, attempt: Attempt) -> None:
    """Note that a try failed at its channel; the buyer may try again. The payment is locked by the caller."""
    execute(
        "WITH attempt AS (UPDATE payments_attempt SET status = 'failed' WHERE id = %s AND status = "
        "'pending') "
        "UPDATE payments_payment SET status = 'failed' WHERE id = %s AND status = ANY(%s)",
        [attempt.id, attempt.payment_id, sources(PaymentStatus.FAILED)],
    )


def note_closed(*, attempt: Attempt, now: datetime) -> None:
    """Note that an attempt can no longer be paid at its channel."""
    execute(
        "UPDATE payments_attempt SET status = 'closed', closed_at = %s WHERE id = %s "
        "AND status IN ('created', 'pending', 'failed')",
        [now, attempt.id],
    )


def note_asked(*, trade_id: TradeId, now: datetime, rest: timedelta) -> bool:
    """Claim the right to ask the channels about a trade now; False when somebody did within `rest`.

    An instant further ahead than that was noted by a clock that was wrong.
    """
    return bool(
        execute(
            "UPDATE payments_payment SET asked_at = %s WHERE trade_id = %s AND (asked_at IS NULL OR "
            "asked_at <= %s OR asked_at > %s)",
            [now, trade_id, now - rest, now + rest],
        )
    )


def note_all_asked(trade_ids: Sequence[TradeId], *, now: datetime) -> None:
    """Note that the channels are about to be asked about these trades."""
    execute("UPDATE payments_payment SET asked_at = %s WHERE trade_id = ANY(%s)", [now, list(trade_ids)])
