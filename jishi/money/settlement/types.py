"""What a merchant is owed for a period, and the money sent."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from jishi.identity.accounts.types import FILLED_LINE
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


class StatementSort(StrEnum):
    """How a merchant's statements are ordered: by their period, by what was sold, or by what is due."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SALES_UP = "sales_up"
    SALES_DOWN = "sales_down"
    DUE_UP = "due_up"
    DUE_DOWN = "due_down"


class EntrySort(StrEnum):
    """How the lines of a statement are ordered: as they happened, or by their amount."""

    OLDEST = "oldest"
    NEWEST = "newest"
    AMOUNT_UP = "amount_up"
    AMOUNT_DOWN = "amount_down"


class EntryKind(StrEnum):
    SALE = "sale"
    DEPOSIT = "deposit"  # kept of a pre-sale whose balance never came
    REFUND = "refund"
    FREIGHT = "freight"
    COMMISSION = "commission"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A statement in a list. The period is half open: from_date ≤ day < to_date; `due` may be negative
    (carried on).

    due = opening + sales + refunds − commission + adjustments; sales and refunds are goods + freight +
    subsidy, the refunds negative; the commission is what is left of it after refunds.
    """

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
    """One order line, freight, refunded line or adjustment; amount = goods + freight + subsidy − commission.

    `goods` is what the buyer paid, `subsidy` what the platform added (its discounts, points). Refunds are
    negative. `merchant_discount` is what the merchant gave up of the price: it moves no money and is no part of
    the amount.
    """

    id: UUID
    kind: EntryKind
    order_line_id: UUID | None
    refund_id: UUID | None
    order_id: UUID | None
    order_number: str | None
    goods: Money
    freight: Money
    subsidy: Money
    commission: Money
    amount: Money
    at: datetime
    merchant_discount: Money


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantBalance:
    """Where a merchant's money stands.

    `in_escrow`: buyers' money of orders not completed yet, before subsidy and commission. `owed`: his by
    completed orders and not on its way, negative when he owes us. `on_its_way`: given to the bank.
    `paid_out`: sent, ever.
    """

    in_escrow: Money
    owed: Money
    on_its_way: Money
    paid_out: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A line for a future statement, written in the transaction that books it in the ledger."""

    merchant_id: MerchantId
    kind: EntryKind
    order_id: UUID | None
    order_number: str | None
    order_line_id: UUID | None = None
    refund_id: UUID | None = None
    goods: Money
    freight: Money
    subsidy: Money
    commission: Money
    merchant_discount: Money

    @property
    def amount(self) -> Money:
        """What it adds to what the merchant is owed."""
        return self.goods + self.freight + self.subsidy - self.commission


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why a merchant does not agree with a statement."""

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=FILLED_LINE)]
