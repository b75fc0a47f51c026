"""Which accounts there are, and what each event books. Pure: an event and its money in, one journal out.

Debits are positive, credits negative. Every key names the event's own id, so the same event is booked once.
The worked examples are in docs/algorithms/ledger.md; each of its rows is a test.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.money.ledger.types import AccountKind, Journal, JournalKind, Posting, Sides

# Singular accounts by their whole name, plural ones by the word before the colon.
KIND_OF_ACCOUNT: dict[str, AccountKind] = {
    "channel_clearing": AccountKind.ASSET,
    "bank": AccountKind.ASSET,
    "order_escrow": AccountKind.LIABILITY,
    "merchant_payable": AccountKind.LIABILITY,
    "merchant_deposit": AccountKind.LIABILITY,
    "merchant_reserve": AccountKind.LIABILITY,
    "affiliate_payable": AccountKind.LIABILITY,
    "buyer_balance": AccountKind.LIABILITY,
    "gift_card_liability": AccountKind.LIABILITY,
    "points_liability": AccountKind.LIABILITY,
    "tax_payable": AccountKind.LIABILITY,
    "payout_clearing": AccountKind.LIABILITY,
    "suspense": AccountKind.LIABILITY,
    "commission_revenue": AccountKind.INCOME,
    "ad_revenue": AccountKind.INCOME,
    "breakage": AccountKind.INCOME,
    "promotion_expense": AccountKind.EXPENSE,
    "channel_fee_expense": AccountKind.EXPENSE,
    "points_expense": AccountKind.EXPENSE,
    "goodwill_expense": AccountKind.EXPENSE,
    "chargeback_loss": AccountKind.EXPENSE,
    "equity": AccountKind.EQUITY,
}
PLURAL = frozenset(
    {
        "channel_clearing",
        "merchant_payable",
        "merchant_deposit",
        "merchant_reserve",
        "affiliate_payable",
        "buyer_balance",
    }
)
_DEBIT_NATURED = frozenset({AccountKind.ASSET, AccountKind.EXPENSE})

BANK = "bank"
ORDER_ESCROW = "order_escrow"
POINTS_LIABILITY = "points_liability"
PAYOUT_CLEARING = "payout_clearing"
SUSPENSE = "suspense"
COMMISSION_REVENUE = "commission_revenue"
BREAKAGE = "breakage"
GOODWILL_EXPENSE = "goodwill_expense"
PROMOTION_EXPENSE = "promotion_expense"
CHANNEL_FEE_EXPENSE = "channel_fee_expense"
EQUITY = "equity"


def channel_clearing(channel: str) -> str:
    """Name the account of money that a channel holds for us."""
    return f"channel_clearing:{channel}"


def merchant_payable(merchant_id: MerchantId) -> str:
    """Name the account of what a merchant is owed."""
    return f"merchant_payable:{merchant_id}"


def kind_of(account: str) -> AccountKind:
    """Return the kind of an account by its name. Raises: ProgrammingError for a name outside the chart."""
    word, colon, owner = account.partition(":")
    if word not in KIND_OF_ACCOUNT or (word in PLURAL) != bool(colon and owner):
        raise ProgrammingError(f"{account!r} is no account of the chart")
    return KIND_OF_ACCOUNT[word]


def natural(kind: AccountKind, signed_minor: int) -> int:
    """Turn a sum of signed postings into the balance people expect to read: a liability's credit is
    positive.
    """
    return signed_minor if kind in _DEBIT_NATURED else -signed_minor


def imbalance(postings: Iterable[Posting]) -> dict[str, int]:
    """Return by how much the postings miss zero, per currency; empty when they balance."""
    sums: Counter[str] = Counter()
    for posting in postings:
        sums[posting.amount.currency] += posting.amount.amount_minor
    return {currency: amount for currency, amount in sums.items() if amount}


def _postings(*sides: tuple[str, Money]) -> tuple[Posting, ...]:
    return tuple(Posting(account, amount) for account, amount in sides if amount.amount_minor)


# -- a purchase --------------------------------------------------------------------------------------------


def captured(*, part_id: UUID, order_id: UUID, channel: str | None, sides: Sides, at: datetime) -> Journal:
    """Book the money taken for one order: the channel owes it to us, the escrow to the parties.

    `channel` is None when nothing had to be paid (points or discounts covered all of it).
    Raises: ProgrammingError for money without a channel.
    """
    return Journal(
        kind=JournalKind.PAYMENT_CAPTURED,
        key=f"captured:{part_id}",
        reference_id=order_id,
        postings=_postings(
            (_clearing(channel, sides.paid), sides.paid),
            (POINTS_LIABILITY, sides.points),
            (ORDER_ESCROW, -sides.escrow),
        ),
        at=at,
    )


def completed(*, order_id: UUID, merchant_id: MerchantId, sides: Sides, at: datetime) -> Journal:
    """Release an order's escrow to its merchant, the platform's subsidy added and its commission taken.

    `sides` is what is left of the order after the refunds made so far.
    """
    return Journal(
        kind=JournalKind.ORDER_COMPLETED,
        key=f"completed:{order_id}",
        reference_id=order_id,
        postings=_postings(
            (ORDER_ESCROW, sides.escrow),
            (PROMOTION_EXPENSE, sides.subsidy),
            (merchant_payable(merchant_id), -sides.merchant),
            (COMMISSION_REVENUE, -sides.commission),
        ),
        at=at,
    )


def refunded_from_escrow(
    *, refund_id: UUID, order_id: UUID, channel: str | None, sides: Sides, at: datetime
) -> Journal:
    """Book a refund made before completion: the escrow shrinks, nobody was paid yet."""
    return Journal(
        kind=JournalKind.REFUNDED,
        key=f"refunded:{refund_id}",
        reference_id=order_id,
        postings=_postings(
            (ORDER_ESCROW, sides.escrow),
            (_clearing(channel, sides.paid), -sides.paid),
            (POINTS_LIABILITY, -sides.points),
        ),
        at=at,
    )


def refunded_from_merchant(
    *,
    refund_id: UUID,
    order_id: UUID,
    channel: str | None,
    merchant_id: MerchantId,
    sides: Sides,
    at: datetime,
) -> Journal:
    """Book a refund made after completion: everyone gives back his side, at the rates of the sale."""
    return Journal(
        kind=JournalKind.REFUNDED,
        key=f"refunded:{refund_id}",
        reference_id=order_id,
        postings=_postings(
            (merchant_payable(merchant_id), sides.merchant),
            (COMMISSION_REVENUE, sides.commission),
            (_clearing(channel, sides.paid), -sides.paid),
            (POINTS_LIABILITY, -sides.points),
            (PROMOTION_EXPENSE, -sides.subsidy),
        ),
        at=at,
    )


def _clearing(channel: str | None, amount: Money) -> str:
    if channel is None and amount.amount_minor:
        raise ProgrammingError("money has to come from or go to a channel")
    return channel_clearing(channel or "none")


# -- money that nobody waits for ---------------------------------------------------------------------------


def late_payment(*, capture_id: UUID, payment_id: UUID, channel: str, amount: Money, at: datetime) -> Journal:
    """Book money that came after its trade was closed: ours to hold, nobody's yet."""
    return _to_suspense(JournalKind.LATE_PAYMENT, capture_id, payment_id, channel, amount, at)


def second_capture(
    *, capture_id: UUID, payment_id: UUID, channel: str, amount: Money, at: datetime
) -> Journal:
    """Book money taken once more for what is already paid."""
    return _to_suspense(JournalKind.SECOND_CAPTURE, capture_id, payment_id, channel, amount, at)


def _to_suspense(
    kind: JournalKind, capture_id: UUID, payment_id: UUID, channel: str, amount: Money, at: datetime
) -> Journal:
    return Journal(
        kind=kind,
        key=f"suspense:{capture_id}",
        reference_id=payment_id,
        postings=_postings((channel_clearing(channel), amount), (SUSPENSE, -amount)),
        at=at,
    )


def late_payment_revived(*, part_id: UUID, order_id: UUID, sides: Sides, at: datetime) -> Journal:
    """Book a late payment whose trade could be revived: out of suspense, into the order's escrow."""
    return Journal(
        kind=JournalKind.PAYMENT_CAPTURED,
        key=f"captured:{part_id}",
        reference_id=order_id,
        postings=_postings(
            (SUSPENSE, sides.paid), (POINTS_LIABILITY, sides.points), (ORDER_ESCROW, -sides.escrow)
        ),
        at=at,
    )


def suspense_refunded(
    *, refund_id: UUID, payment_id: UUID, channel: str, amount: Money, at: datetime
) -> Journal:
    """Book unmatched money sent back to where it came from."""
    return Journal(
        kind=JournalKind.SUSPENSE_REFUNDED,
        key=f"refunded:{refund_id}",
        reference_id=payment_id,
        postings=_postings((SUSPENSE, amount), (channel_clearing(channel), -amount)),
        at=at,
    )


# -- the platform and its banks ----------------------------------------------------------------------------


def channel_settled(*, bill_id: UUID, channel: str, amount: Money, fee: Money, at: datetime) -> Journal:
    """Book a channel's transfer to our bank: `amount` leaves the channel, `fee` of it stays with the
    channel.
    """
    return Journal(
        kind=JournalKind.CHANNEL_SETTLED,
        key=f"settled:{bill_id}",
        reference_id=bill_id,
        postings=_postings(
            (BANK, amount - fee), (CHANNEL_FEE_EXPENSE, fee), (channel_clearing(channel), -amount)
        ),
        at=at,
    )


def subsidy_funded(*, funding_id: UUID, amount: Money, at: datetime) -> Journal:
    """Book the owners' money that pays for the platform's discounts."""
    return Journal(
        kind=JournalKind.SUBSIDY_FUNDED,
        key=f"funded:{funding_id}",
        reference_id=funding_id,
        postings=_postings((BANK, amount), (EQUITY, -amount)),
        at=at,
    )


def adjusted(*, adjustment_id: UUID, merchant_id: MerchantId, amount: Money, at: datetime) -> Journal:
    """Book an amount granted to a merchant outside any order (goodwill), or charged to him when below
    zero.
    """
    counter = GOODWILL_EXPENSE if amount.amount_minor > 0 else BREAKAGE
    return Journal(
        kind=JournalKind.ADJUSTMENT,
        key=f"adjusted:{adjustment_id}",
        reference_id=adjustment_id,
        postings=_postings((counter, amount), (merchant_payable(merchant_id), -amount)),
        at=at,
    )


# -- paying merchants --------------------------------------------------------------------------------------
# A payout that failed may be started again: `attempt` (1, 2, …) keeps its journals apart.


def payout_started(
    *, payout_id: UUID, attempt: int, merchant_id: MerchantId, amount: Money, at: datetime
) -> Journal:
    """Book a transfer given to the bank: no longer owed to the merchant, not yet gone."""
    return _payout(
        JournalKind.PAYOUT_STARTED,
        payout_id,
        attempt,
        at,
        (merchant_payable(merchant_id), amount),
        (PAYOUT_CLEARING, -amount),
    )


def payout_paid(*, payout_id: UUID, attempt: int, amount: Money, at: datetime) -> Journal:
    """Book the bank's word that the transfer left."""
    return _payout(
        JournalKind.PAYOUT_PAID, payout_id, attempt, at, (PAYOUT_CLEARING, amount), (BANK, -amount)
    )


def payout_failed(
    *, payout_id: UUID, attempt: int, merchant_id: MerchantId, amount: Money, at: datetime
) -> Journal:
    """Book a transfer that the bank did not make: owed to the merchant again."""
    return _payout(
        JournalKind.PAYOUT_FAILED,
        payout_id,
        attempt,
        at,
        (PAYOUT_CLEARING, amount),
        (merchant_payable(merchant_id), -amount),
    )


def payout_returned(
    *, payout_id: UUID, attempt: int, merchant_id: MerchantId, amount: Money, at: datetime
) -> Journal:
    """Book a transfer that left and came back, through the clearing account it left by."""
    return _payout(
        JournalKind.PAYOUT_RETURNED,
        payout_id,
        attempt,
        at,
        (BANK, amount),
        (PAYOUT_CLEARING, -amount),
        (PAYOUT_CLEARING, amount),
        (merchant_payable(merchant_id), -amount),
    )


def _payout(
    kind: JournalKind, payout_id: UUID, attempt: int, at: datetime, *sides: tuple[str, Money]
) -> Journal:
    return Journal(
        kind=kind,
        key=f"{kind}:{payout_id}:{attempt}",
        reference_id=payout_id,
        postings=_postings(*sides),
        at=at,
    )
