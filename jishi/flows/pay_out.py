"""Send merchants their money: one person prepares, another approves, the bank's word ends it."""

from datetime import datetime

from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import PayoutId, StatementId, UserId
from jishi.money.settlement import services as settlement
from jishi.money.settlement.types import Payout

REFERENCE_LENGTH_MAX = 64


def prepare(*, statement_id: StatementId, by: UserId, now: datetime) -> Payout:
    """Make the payout of a confirmed statement, or make one again that failed or came back.

    Raises: NotFound, StatementMoved, NothingDue, PayoutMoved.
    """
    with atomic():
        payout = settlement.prepare_payout(statement_id=statement_id, by=by, now=now)
        _note("payout.prepared", payout, by, now)
    return payout


def approve(*, payout_id: PayoutId, by: UserId, now: datetime) -> Payout:
    """Release a payout that somebody else prepared. Raises: NotFound, PayoutMoved, SameEyes."""
    with atomic():
        payout = settlement.approve_payout(payout_id=payout_id, by=by, now=now)
        _note("payout.approved", payout, by, now)
    return payout


def mark_paid(*, payout_id: PayoutId, bank_reference: str, by: UserId, now: datetime) -> Payout:
    """Note that the bank made the transfer, with its reference. Raises: NotFound, PayoutMoved, Invalid."""
    reference = bank_reference.strip()
    if not 1 <= len(reference) <= REFERENCE_LENGTH_MAX:
        raise Invalid(field="bank_reference")
    with atomic():
        payout = settlement.payout_paid(payout_id=payout_id, bank_reference=reference, now=now)
        _note("payout.paid", payout, by, now)
    return payout


def mark_failed(*, payout_id: PayoutId, reason: str, by: UserId, now: datetime) -> Payout:
    """Note that the bank did not make the transfer; it can be prepared again.

    Raises: NotFound, PayoutMoved.
    """
    with atomic():
        payout = settlement.payout_failed(payout_id=payout_id, reason=reason, now=now)
        _note("payout.failed", payout, by, now)
    return payout


def mark_returned(*, payout_id: PayoutId, reason: str, by: UserId, now: datetime) -> Payout:
    """Note that the money came back; it can be prepared again. Raises: NotFound, PayoutMoved."""
    with atomic():
        payout = settlement.payout_returned(payout_id=payout_id, reason=reason, now=now)
        _note("payout.returned", payout, by, now)
    return payout


def _note(action: str, payout: Payout, by: UserId, now: datetime) -> None:
    audit.record(
        actor=by,
        actor_kind="platform",
        action=action,
        subject_kind="payout",
        subject_id=payout.id,
        merchant_id=payout.merchant_id,
        data={"amount_minor": payout.amount.amount_minor, "status": payout.status},
        now=now,
    )
