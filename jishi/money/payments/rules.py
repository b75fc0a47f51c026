"""Which moves a payment, an attempt and a refund may make, and what a capture means to its payment."""

import base64
import binascii
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from jishi.money.payments.types import Disposition, PaymentStatus, RefundStatus

PAYMENT_MOVES: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.CREATED: frozenset(
        {PaymentStatus.PENDING, PaymentStatus.DEPOSIT_PAID, PaymentStatus.PAID, PaymentStatus.CLOSED}
    ),
    PaymentStatus.PENDING: frozenset(
        {PaymentStatus.DEPOSIT_PAID, PaymentStatus.PAID, PaymentStatus.FAILED, PaymentStatus.CLOSED}
    ),
    # A channel may call a try failed and take the money after all.
    PaymentStatus.FAILED: frozenset(
        {PaymentStatus.PENDING, PaymentStatus.DEPOSIT_PAID, PaymentStatus.PAID, PaymentStatus.CLOSED}
    ),
    PaymentStatus.DEPOSIT_PAID: frozenset({PaymentStatus.PENDING, PaymentStatus.PAID, PaymentStatus.CLOSED}),
    PaymentStatus.CLOSED: frozenset({PaymentStatus.LATE_PAID}),
    PaymentStatus.LATE_PAID: frozenset({PaymentStatus.PAID, PaymentStatus.REFUNDED}),
    PaymentStatus.PAID: frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED}),
    PaymentStatus.PARTIALLY_REFUNDED: frozenset({PaymentStatus.REFUNDED}),
    PaymentStatus.REFUNDED: frozenset(),
}
REFUND_MOVES: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.PROCESSING}),
    RefundStatus.PROCESSING: frozenset({RefundStatus.DONE, RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset({RefundStatus.PROCESSING}),
    RefundStatus.DONE: frozenset(),
}
PAYABLE = frozenset({PaymentStatus.CREATED, PaymentStatus.PENDING, PaymentStatus.FAILED})

# How long an open payment rests between two questions to its channel: a buyer at the cashier is asked for
# often,
# one who left seldom.
POLL_RESTS = (
    (timedelta(minutes=2), timedelta(seconds=20)),
    (timedelta(minutes=10), timedelta(minutes=1)),
)
POLL_REST_LONGEST = timedelta(minutes=5)

NUMBER_LENGTH = 26


def disposition(status: PaymentStatus) -> Disposition:
    """Say what a new capture is to a payment in this state."""
    if status in PAYABLE:
        return Disposition.APPLIED
    return Disposition.LATE if status is PaymentStatus.CLOSED else Disposition.SECOND


def sources(target: PaymentStatus) -> list[str]:
    """Return the states from which a payment may move to `target`, as the database writes them."""
    return [state.value for state, targets in PAYMENT_MOVES.items() if target in targets]


def refund_sources(target: RefundStatus) -> list[str]:
    """Return the states from which a refund may move to `target`, as the database writes them."""
    return [state.value for state, targets in REFUND_MOVES.items() if target in targets]


def leads_to(source: PaymentStatus, target: PaymentStatus) -> bool:
    """Say whether a capture may bring a payment from one state to another; a late one passes `late_paid`."""
    through = PAYMENT_MOVES[source]
    late = PaymentStatus.LATE_PAID
    return target in {source, *through} or (late in through and target in PAYMENT_MOVES[late])


def number_of(identifier: UUID) -> str:
    """Write an id as 26 letters and digits, for channels that take at most 32."""
    return base64.b32hexencode(identifier.bytes).decode().rstrip("=")


def part_number(out_trade_no: str, position: int) -> str:
    """Return the number of a charge's part; `position` is 1 to 99."""
    return f"{out_trade_no}{position:02d}"


def refund_number(refund_id: UUID, round_number: int) -> str:
    """Return the number under which a channel knows a refund: the same however often it is asked.

    A new round (and number) begins only when a person has made sure that the refund will never happen.
    """
    number = number_of(refund_id)
    return f"{number}R{round_number}" if round_number else number


def refund_of_number(out_refund_no: str) -> UUID | None:
    """Return the id of the refund that a number was made of, or None when it is no number of ours."""
    number = out_refund_no[:NUMBER_LENGTH]
    try:
        found = UUID(bytes=base64.b32hexdecode(number + "=" * (-len(number) % 8)))
    except (binascii.Error, ValueError):
        return None
    return found if number_of(found) == number else None
