"""Writes of payments in two instalments. Each runs inside its caller's transaction, the trade locked first."""

from datetime import datetime

from jishi.kernel.db import execute, require_transaction, row
from jishi.kernel.ids import PaymentId, RefundId, TradeId, new_id
from jishi.kernel.money import Money
from jishi.money.payments.rules import PAYABLE, disposition, refund_number
from jishi.money.payments.services import LockedPayment
from jishi.money.payments.types import Attempt, Disposition, PaymentStatus, RefundReason
from jishi.money.payments.types_instalments import HeldDeposit


def disposition_of(payment: LockedPayment, attempt: Attempt) -> Disposition:
    """Say what a new capture is to its payment. One in instalments takes each once, in its turn; whatever else comes
    goes back, after closing too: its pieces may be somebody else's by then.
    """
    if payment.instalments is None:
        return disposition(payment.status)
    is_open = payment.status in PAYABLE | {PaymentStatus.DEPOSIT_PAID}
    return Disposition.APPLIED if is_open and attempt.instalment == payment.instalment else Disposition.SECOND


def note_deposit(payment_id: PaymentId, *, now: datetime) -> None:
    """Note that a payment's deposit is here: its balance can be paid until its window is over."""
    execute(
        "UPDATE payments_payment SET deposit_paid_at = %s, pay_before_at = balance_until_at WHERE id = %s",
        [now, payment_id],
    )


def held_deposit(trade_id: TradeId) -> HeldDeposit | None:
    """Return the deposit that the escrow holds for a trade whose payment was closed; None when it holds none."""
    require_transaction("ending a deposit")
    found = row(
        "SELECT part.id, part.order_id, part.merchant_id, part.escrow_minor, part.currency, p.returns_deposit "
        "FROM payments_payment p JOIN payments_part part ON part.payment_id = p.id WHERE p.trade_id = %s "
        "AND p.status = 'closed' AND p.deposit_paid_at IS NOT NULL AND part.escrow_minor > 0 "
        "AND NOT EXISTS (SELECT FROM payments_refund r WHERE r.part_id = part.id AND NOT r.is_suspense) "
        "FOR UPDATE OF part",
        [trade_id],
    )
    if found is None:
        return None
    part_id, order_id, merchant_id, amount, currency, returns_deposit = found
    return HeldDeposit(
        part_id=part_id,
        order_id=order_id,
        merchant_id=merchant_id,
        amount=Money(amount, currency),
        returns_deposit=returns_deposit,
    )


def forfeit(held: HeldDeposit, *, now: datetime) -> None:
    """Take a deposit out of escrow for good: its merchant keeps it."""
    execute(
        "UPDATE payments_part SET escrow_minor = 0, forfeited_minor = %s, released_at = %s WHERE id = %s",
        [held.amount.amount_minor, now, held.part_id],
    )


def ask_return(held: HeldDeposit, *, note: str, now: datetime) -> RefundId:
    """Keep the refund of a whole deposit, to be sent by a job."""
    refund_id = RefundId(new_id())
    execute(
        "INSERT INTO payments_refund (id, payment_id, part_id, capture_part_id, order_id, merchant_id, buyer_id, "
        "status, reason, is_suspense, note, amount_minor, freight_minor, currency, out_refund_no, requested_at) "
        "SELECT %s, part.payment_id, part.id, cp.id, part.order_id, part.merchant_id, part.buyer_id, 'requested', "
        "%s, false, %s, cp.amount_minor, 0, part.currency, %s, %s FROM payments_part part "
        "JOIN payments_capture_part cp ON cp.part_id = part.id JOIN payments_capture c ON c.id = cp.capture_id "
        "WHERE part.id = %s AND c.disposition = 'applied' AND c.instalment = 1",
        [refund_id, RefundReason.DEPOSIT.value, note, refund_number(refund_id, 0), now, held.part_id],
    )
    return refund_id
