"""What a merchant is owed for a period, and the money sent."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from jishi.kernel.ids import MerchantId, PayoutId, StatementId
from jishi.kernel.money import Money


class StatementStatus(StrEnum):
    OPEN = "open"
    ISSUED = "issued"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    PAID = "paid"


class PayoutStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


class EntryKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    FREIGHT = "freight"
    COMMISSION = "commission"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A statement in a list. The period is half open: from_date ≤ day < to_date; `due` may be negative (carried on)."""

    id: StatementId
    merchant_id: MerchantId
    from_date: date
    to_date: date
    status: StatementStatus
    opening: Money
    sales: Money
    refunds: Money
    commission: Money
    adjustments: Money
    due: Money
    order_count: int
    issued_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEntry:
    """One order, refund or adjustment of a statement; amount = goods + freight + subsidy − commission."""

    kind: EntryKind
    order_id: UUID | None
    order_number: str | None
    goods: Money
    freight: Money
    subsidy: Money
    commission: Money
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """Money sent to a merchant's bank account; made by one person, released by another."""

    id: PayoutId
    merchant_id: MerchantId
    statement_id: StatementId
    amount: Money
    status: PayoutStatus
    prepared_by: UUID
    approved_by: UUID | None
    bank_reference: str | None
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement with its entries' first page and its payout."""

    row: StatementRow
    entries: list[StatementEntry]
    next_cursor: str | None
    payout: Payout | None
