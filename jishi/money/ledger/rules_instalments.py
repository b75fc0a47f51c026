"""What a payment in two instalments books; the worked example is in docs/algorithms/ledger.md."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.money.ledger.rules import (
    COMMISSION_REVENUE,
    ORDER_ESCROW,
    channel_clearing,
    merchant_payable,
)
from jishi.money.ledger.types import Journal, JournalKind, Posting


def instalment_captured(
    *, part_id: UUID, order_id: UUID, instalment: int, channel: str, amount: Money, at: datetime
) -> Journal:
    """Book one instalment of an order: the channel owes it to us, the escrow to the parties."""
    return Journal(
        kind=JournalKind.PAYMENT_CAPTURED,
        key=f"captured:{part_id}:{instalment}",
        reference_id=order_id,
        postings=(Posting(channel_clearing(channel), amount), Posting(ORDER_ESCROW, -amount)),
        at=at,
    )


def deposit_forfeited(
    *, order_id: UUID, merchant_id: MerchantId, amount: Money, commission: Money, at: datetime
) -> Journal:
    """Give a deposit whose balance never came to its merchant, the platform's commission taken."""
    postings = (
        Posting(ORDER_ESCROW, amount),
        Posting(merchant_payable(merchant_id), commission - amount),
        Posting(COMMISSION_REVENUE, -commission),
    )
    return Journal(
        kind=JournalKind.ORDER_COMPLETED,
        key=f"forfeited:{order_id}",
        reference_id=order_id,
        postings=tuple(one for one in postings if one.amount.amount_minor),
        at=at,
    )


def deposit_returned(
    *, refund_id: UUID, order_id: UUID, channel: str, amount: Money, at: datetime
) -> Journal:
    """Send a deposit back to its buyer: nothing became of the order."""
    return Journal(
        kind=JournalKind.REFUNDED,
        key=f"refunded:{refund_id}",
        reference_id=order_id,
        postings=(Posting(ORDER_ESCROW, amount), Posting(channel_clearing(channel), -amount)),
        at=at,
    )
