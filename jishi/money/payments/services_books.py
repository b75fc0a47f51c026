"""Writes that keep us honest: the record of every callback, the channels' bills, the queue of breaks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jishi.kernel.db import execute, require_transaction, row, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.money.payments.types import ChannelName, Outcome

CHINA = ZoneInfo("Asia/Shanghai")


class BillSettled(Conflict):
    """The transfer of this bill is booked already."""

    code = "bill_settled"
    message = Text(zh="这张账单的到账已经登记", en="The transfer of this bill is booked already")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a callback claims, as far as it could be read; believed or not."""

    out_trade_no: str | None = None
    channel_transaction_id: str | None = None
    event_id: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTotals:
    """One day of a channel, added up."""

    channel: ChannelName
    day_date: date
    payment_count: int
    refund_count: int
    captured_minor: int
    refunded_minor: int
    fee_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedMoney:
    """A movement through a channel as our books have it; `reference` is what the bill knows it by."""

    subject: str  # payment | refund
    reference: str
    out_trade_no: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBreak:
    """A difference between a bill and our books."""

    kind: str  # missing_here | missing_there | amount | currency
    subject: str
    reference: str
    out_trade_no: str
    our_amount_minor: int | None
    their_amount_minor: int | None


REASON_MAX = 500  # characters: it may quote what was sent


def record_callback(
    *, channel: str, body: bytes, heard: Heard, outcome: Outcome, reason: str, now: datetime
) -> None:
    """Keep a word from outside, whatever became of it.

    The body is kept as a digest only: it names the payer.
    """
    execute(
        "INSERT INTO payments_callback (id, received_at, channel, outcome, reason, out_trade_no, "
        "channel_transaction_id, "
        "event_id, amount_minor, currency, body_digest) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            new_id(),
            now,
            channel[:16],
            outcome.value,
            _short(reason, REASON_MAX),
            _short(heard.out_trade_no, 64),
            _short(heard.channel_transaction_id, 64),
            _short(heard.event_id, 128),
            heard.amount_minor,
            _short(heard.currency, 16),
            hashlib.sha256(body).digest(),
        ],
    )


def _short(text: str | None, length_max: int) -> str | None:
    return text if text is None else text[:length_max]


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the half-open instants of a day in China time."""
    start = datetime.combine(day, time(), CHINA)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def booked_on(*, channel: ChannelName, day: date) -> list[BookedMoney]:
    """Return our captures (one per transaction of the channel) and done refunds of one day in China time.

    A capture is dated by its channel; a refund by the instant the channel gave, or we learnt of it.
    """
    start, end = day_bounds(day)
    captures = rows(
        "SELECT 'payment', cp.channel_transaction_id, min(a.out_trade_no), min(cp.transaction_amount_minor), "
        "min(c.currency) FROM payments_capture c JOIN payments_attempt a ON a.id = c.attempt_id "
        "JOIN payments_capture_part cp ON cp.capture_id = c.id WHERE c.channel = %s AND c.paid_at >= %s "
        "AND c.paid_at < %s GROUP BY cp.channel_transaction_id",
        [channel.value, start, end],
    )
    refunds = rows(
        "SELECT 'refund', r.out_refund_no, a.out_trade_no, r.amount_minor, r.currency FROM payments_refund r "
        "JOIN payments_capture_part cp ON cp.id = r.capture_part_id JOIN payments_capture c ON c.id = "
        "cp.capture_id "
        "JOIN payments_attempt a ON a.id = c.attempt_id WHERE c.channel = %s AND r.status = 'done' "
        "AND r.done_at >= %s AND r.done_at < %s AND r.amount_minor > 0",
        [channel.value, start, end],
    )
    return [_booked(one) for one in captures + refunds]


def _booked(found: tuple[Any, ...]) -> BookedMoney:
    subject, reference, number, amount, currency = found
    return BookedMoney(
        subject=subject, reference=reference, out_trade_no=number, amount_minor=amount, currency=currency
    )


def keep_bill(totals: BillTotals, breaks: Sequence[FoundBreak], *, now: datetime) -> UUID:
    """Keep a day's totals and its breaks; a second reading replaces the totals and adds only new breaks.

    The totals of a bill whose transfer is booked stay as they were booked.
    """
    require_transaction("a channel's bill")
    found = row(
        "INSERT INTO payments_bill (id, channel, day_date, payment_count, refund_count, captured_minor, "
        "refunded_minor, "
        "fee_minor, currency, read_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT "
        "(channel, day_date) "
        "DO UPDATE SET payment_count = EXCLUDED.payment_count, refund_count = EXCLUDED.refund_count, "
        "captured_minor = EXCLUDED.captured_minor, refunded_minor = EXCLUDED.refunded_minor, "
        "fee_minor = EXCLUDED.fee_minor, read_at = EXCLUDED.read_at WHERE payments_bill.settled_at IS NULL "
        "RETURNING id",
        [
            new_id(),
            totals.channel.value,
            totals.day_date,
            totals.payment_count,
            totals.refund_count,
            totals.captured_minor,
            totals.refunded_minor,
            totals.fee_minor,
            CURRENCY,
            now,
        ],
    )
    bill_id: UUID = found[0] if found else _settled_bill(totals)
    execute(
        "INSERT INTO payments_break (id, bill_id, kind, subject, reference, out_trade_no, our_amount_minor, "
        "their_amount_minor, found_at, note) SELECT found.id, %s, found.kind, found.subject, "
        "found.reference, "
        "found.out_trade_no, found.ours, found.theirs, %s, '' FROM unnest(%s::uuid[], %s::text[], "
        "%s::text[], %s::text[], "
        "%s::text[], %s::bigint[], %s::bigint[]) AS found(id, kind, subject, reference, out_trade_no, ours, "
        "theirs) "
        "ON CONFLICT (bill_id, subject, reference) DO NOTHING",
        [
            bill_id,
            now,
            [new_id() for _ in breaks],
            [one.kind for one in breaks],
            [one.subject for one in breaks],
            [one.reference for one in breaks],
            [one.out_trade_no for one in breaks],
            [one.our_amount_minor for one in breaks],
            [one.their_amount_minor for one in breaks],
        ],
    )
    return bill_id


def _settled_bill(totals: BillTotals) -> UUID:
    found = rows(
        "SELECT id FROM payments_bill WHERE channel = %s AND day_date = %s",
        [totals.channel.value, totals.day_date],
    )
    bill_id: UUID = found[0][0]
    return bill_id


def close_break(break_id: UUID, *, note: str, by: UserId, now: datetime) -> None:
    """Close a break with a person's explanation. Raises: NotFound when it is not open."""
    closed = execute(
        "UPDATE payments_break SET closed_at = %s, closed_by = %s, note = %s WHERE id = %s AND closed_at IS "
        "NULL",
        [now, by, note, break_id],
    )
    if not closed:
        raise NotFound


def note_settled(bill_id: UUID, *, bank_reference: str, now: datetime) -> tuple[ChannelName, Money, Money]:
    """Note that a bill's money reached our bank; return the channel, what left it (net) and its fee.

    Raises: NotFound, BillSettled.
    """
    found = row(
        "SELECT channel, captured_minor - refunded_minor, fee_minor, currency, settled_at FROM payments_bill "
        "WHERE id = %s FOR UPDATE",
        [bill_id],
    )
    if found is None:
        raise NotFound
    channel, net, fee, currency, settled_at = found
    if settled_at is not None:
        raise BillSettled
    execute(
        "UPDATE payments_bill SET settled_at = %s, bank_reference = %s WHERE id = %s",
        [now, bank_reference, bill_id],
    )
    return ChannelName(channel), Money(net, currency), Money(fee, currency)
