"""The tables of the area, for Django to find; each context owns its own."""

from jishi.money.ledger.models import Account, Journal, Posting
from jishi.money.payments.models import (
    Attempt,
    Bill,
    Break,
    Callback,
    Capture,
    CapturePart,
    Payment,
    PaymentPart,
    Refund,
    RefundLine,
)
from jishi.money.settlement.models import Entry, Payout, Statement

__all__ = [
    "Account",
    "Attempt",
    "Bill",
    "Break",
    "Callback",
    "Capture",
    "CapturePart",
    "Entry",
    "Journal",
    "Payment",
    "PaymentPart",
    "Payout",
    "Posting",
    "Refund",
    "RefundLine",
    "Statement",
]
