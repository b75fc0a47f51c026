"""Compare a channel's own bill of a day with our books; what differs waits for a person in the break
queue.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import UserId
from jishi.kernel.network import network
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.payments import services_books as books
from jishi.money.payments.services import ChannelDown
from jishi.money.payments.services_books import BookedMoney, FoundBreak
from jishi.money.payments.services_channels import BillKind, BillRow, ChannelError, in_use, names_in_use
from jishi.money.payments.types import ChannelName


def run_day(day: date, *, now: datetime) -> list[FoundBreak]:
    """Reconcile one day (China time) with every channel in use; return all breaks.

    A channel that does not answer does not keep the others from being read.
    Raises: ExceptionGroup of ChannelDown, after the others were read.
    """
    found: list[FoundBreak] = []
    silent: list[ChannelDown] = []
    for channel in names_in_use():
        try:
            found += run_channel(channel=channel, day=day, now=now)
        except ChannelDown as error:
            silent.append(error)
    if silent:
        raise ExceptionGroup("channels that could not be reconciled", silent)
    return found


def run_channel(*, channel: ChannelName, day: date, now: datetime) -> list[FoundBreak]:
    """Read a channel's bill of one day, match it with our books, keep totals and breaks.

    Safe to run again: the totals are replaced, known breaks stay as people left them.
    Raises: ChannelNotInUse, ChannelDown.
    """
    try:
        with network():
            lines = list(in_use(channel).channel.download_bill(day))
    except ChannelError as error:
        raise ChannelDown(channel=channel) from error
    breaks = compare(lines, books.booked_on(channel=channel, day=day))
    with atomic():
        books.keep_bill(_totals(channel, day, lines), breaks, now=now)
    return breaks


def compare(theirs: Sequence[BillRow], ours: Sequence[BookedMoney]) -> list[FoundBreak]:
    """Match a bill with our books by the channel's transaction or our refund number; return what differs.

    Pure.
    """
    booked = {(one.subject, one.reference): one for one in ours}
    billed = {_key(line): line for line in theirs}
    found = [one for key, line in billed.items() for one in _compare_one(line, booked.get(key))]
    found += [
        FoundBreak(
            kind="missing_there",
            subject=one.subject,
            reference=one.reference,
            out_trade_no=one.out_trade_no,
            our_amount_minor=one.amount_minor,
            their_amount_minor=None,
        )
        for key, one in booked.items()
        if key not in billed
    ]
    return found


def _key(line: BillRow) -> tuple[str, str]:
    if line.kind is BillKind.REFUND:
        return "refund", line.out_refund_no or line.channel_transaction_id
    return "payment", line.channel_transaction_id


def _compare_one(line: BillRow, ours: BookedMoney | None) -> Iterable[FoundBreak]:
    if ours is None:
        kind = "missing_here"
    elif ours.currency != line.currency:
        kind = "currency"
    elif ours.amount_minor != line.amount_minor:
        kind = "amount"
    else:
        return
    subject, reference = _key(line)
    yield FoundBreak(
        kind=kind,
        subject=subject,
        reference=reference,
        out_trade_no=line.out_trade_no,
        our_amount_minor=ours.amount_minor if ours else None,
        their_amount_minor=line.amount_minor,
    )


def _totals(channel: ChannelName, day: date, lines: Sequence[BillRow]) -> books.BillTotals:
    payments = [line for line in lines if line.kind is BillKind.PAYMENT]
    refunds = [line for line in lines if line.kind is BillKind.REFUND]
    return books.BillTotals(
        channel=channel,
        day_date=day,
        payment_count=len(payments),
        refund_count=len(refunds),
        captured_minor=sum(line.amount_minor for line in payments),
        refunded_minor=sum(line.amount_minor for line in refunds),
        fee_minor=sum(line.fee_minor for line in lines),
    )


def book_transfer(*, bill_id: UUID, bank_reference: str, by: UserId, now: datetime) -> None:
    """Note that a channel paid a day's bill into our bank, its fee kept; booked once.

    Raises: NotFound, BillSettled, Invalid.
    """
    if not bank_reference.strip():
        raise Invalid(field="bank_reference")
    with atomic():
        channel, amount, fee = books.note_settled(bill_id, bank_reference=bank_reference.strip(), now=now)
        ledger.post(
            ledger_rules.channel_settled(bill_id=bill_id, channel=channel, amount=amount, fee=fee, at=now)
        )
        audit.record(
            actor=by,
            actor_kind="platform",
            action="bill.settled",
            subject_kind="bill",
            subject_id=bill_id,
            merchant_id=None,
            data={"channel": channel, "amount_minor": amount.amount_minor, "fee_minor": fee.amount_minor},
            now=now,
        )


def close_break(*, break_id: UUID, note: str, by: UserId, now: datetime) -> None:
    """Close a break with an explanation. Raises: NotFound when it is not open, Invalid without a word."""
    if not note.strip():
        raise Invalid(field="note")
    with atomic():
        books.close_break(break_id, note=note.strip(), by=by, now=now)
        audit.record(
            actor=by,
            actor_kind="platform",
            action="break.closed",
            subject_kind="break",
            subject_id=break_id,
            merchant_id=None,
            data={"note": note.strip()},
            now=now,
        )
