"""Double entry: accounts, postings and journals that sum to zero."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jishi.kernel.money import Money


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    EQUITY = "equity"


class JournalKind(StrEnum):
    PAYMENT_CAPTURED = "payment_captured"
    ORDER_COMPLETED = "order_completed"
    REFUNDED = "refunded"
    LATE_PAYMENT = "late_payment"
    SECOND_CAPTURE = "second_capture"
    SUSPENSE_REFUNDED = "suspense_refunded"
    CHANNEL_SETTLED = "channel_settled"
    PAYOUT_STARTED = "payout_started"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"
    SUBSIDY_FUNDED = "subsidy_funded"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount on one account (`order_escrow`, `merchant_payable:{merchant_id}` …): debit > 0, credit < 0."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Postings that belong together and sum to zero per currency; `key` makes posting it twice a no-op."""

    kind: JournalKind
    key: str
    reference_id: UUID
    postings: tuple[Posting, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What stands on an account, in the direction natural to its kind (an asset's debit, a liability's credit)."""

    account: str
    kind: AccountKind
    balance: Money
