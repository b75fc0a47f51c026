"""Double entry: accounts, postings and journals that sum to zero."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jishi.kernel.money import Money, zero


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Who brings what to an order, or to a part of it: everything that moves when it completes or goes back.

    `paid` is the buyer's money (goods and freight), `points` what his points were worth, `subsidy` the
    platform's discounts, `commission` the platform's fee at the rate of the sale. The merchant's own
    discounts move no money.
    """

    paid: Money
    points: Money
    subsidy: Money
    commission: Money

    @property
    def escrow(self) -> Money:
        """The buyer's whole side, held until completion."""
        return self.paid + self.points

    @property
    def merchant(self) -> Money:
        """The merchant's side: what the buyer and the platform bring, less the commission."""
        return self.escrow + self.subsidy - self.commission

    @property
    def is_nothing(self) -> bool:
        """Whether no money is in it at all."""
        return not any(side.amount_minor for side in (self.paid, self.points, self.subsidy, self.commission))

    def __add__(self, other: "Sides") -> "Sides":
        return Sides(
            paid=self.paid + other.paid,
            points=self.points + other.points,
            subsidy=self.subsidy + other.subsidy,
            commission=self.commission + other.commission,
        )

    def __neg__(self) -> "Sides":
        return Sides(paid=-self.paid, points=-self.points, subsidy=-self.subsidy, commission=-self.commission)

    def __sub__(self, other: "Sides") -> "Sides":
        return self + -other


def no_sides(currency: str) -> Sides:
    """Return sides without money, of `currency`."""
    nothing = zero(currency)
    return Sides(paid=nothing, points=nothing, subsidy=nothing, commission=nothing)


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount on one account (`order_escrow`, `merchant_payable:{merchant_id}` …): debit > 0, credit
    < 0.
    """

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
    """What stands on an account, in the direction natural to its kind (an asset's debit, a liability's
    credit).
    """

    account: str
    kind: AccountKind
    balance: Money
