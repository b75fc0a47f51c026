"""Writes of payments: create, try, take, close.

Each runs inside its caller's transaction, the trade locked first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings

from jishi.kernel.db import execute, require_transaction, row
from jishi.kernel.errors import Conflict, NotFound, ProgrammingError, ShopError
from jishi.kernel.ids import PaymentId, PaymentPartId, TradeId, UserId, new_id
from jishi.kernel.money import Money, total
from jishi.kernel.words import Text
from jishi.money.payments import queries
from jishi.money.payments.queries_instalments import INSTALMENTS, instalments_from
from jishi.money.payments.rules import PAYABLE, disposition, leads_to, sources
from jishi.money.payments.types import (
    Attempt,
    Captured,
    ChannelName,
    Disposition,
    PartWish,
    PaymentStatus,
    PaymentSummary,
)
from jishi.money.payments.types_instalments import Instalments

__all__ = [
    "PAYABLE",
    "AlreadyPaid",
    "BalanceNotDue",
    "ChannelDown",
    "LockedPayment",
    "PaymentClosed",
    "check_payable",
    "close",
    "create",
    "disposition",
    "lock",
    "mark_paid_with_nothing",
    "mismatch",
    "record_capture",
]


class AlreadyPaid(Conflict):
    """The trade is paid; nothing more is to be taken."""

    code = "already_paid"
    message = Text(zh="这笔交易已经付款", en="This has been paid already")


class PaymentClosed(Conflict):
    """The time to pay is over, or the trade was cancelled."""

    code = "payment_closed"
    message = Text(zh="付款时间已过,请重新下单", en="The time to pay is over; please order again")


class BalanceNotDue(Conflict):
    """The deposit is paid; the balance is taken from `from_at` on."""

    code = "balance_not_due"
    message = Text(zh="定金已付,尾款支付时间未到", en="The deposit is paid; the balance is not due yet")


class ChannelDown(ShopError):
    """The channel gives no usable answer at the moment; nothing was taken."""

    code = "channel_down"
    status = 503
    message = Text(
        zh="支付渠道暂时没有响应,请稍后再试或换一种方式",
        en="The payment channel does not answer; try again or use another",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPayment:
    """A payment whose row is locked until the transaction ends.

    `is_known`: the transaction it was locked for is in our books already.
    """

    id: PaymentId
    trade_id: TradeId
    buyer_id: UserId
    status: PaymentStatus
    amount: Money
    pay_before_at: datetime
    is_known: bool = False
    instalments: Instalments | None = None

    @property
    def due(self) -> Money:
        """What the next payment takes."""
        return self.instalments.due if self.instalments else self.amount

    @property
    def instalment(self) -> int:
        """Which instalment is due: 1 unless a deposit is paid."""
        return self.instalments.number if self.instalments else 1


def create(
    *,
    trade_id: TradeId,
    buyer_id: UserId,
    parts: Sequence[PartWish],
    instalments: Instalments | None = None,
    now: datetime,
) -> PaymentSummary:
    """Open the payment of a new trade, one part per order, payable until the payment window is over; or its deposit,
    when it is paid in instalments, which only a payment of one part is.

    One statement. Raises: ProgrammingError for no parts, a negative one or mixed currencies.
    """
    require_transaction("a payment")
    if not parts or any(part.amount.amount_minor < 0 for part in parts) or (instalments and len(parts) > 1):
        raise ProgrammingError("a payment has parts, none of them negative")
    currency = parts[0].amount.currency
    amount = total([part.amount for part in parts], currency)
    payment_id = PaymentId(new_id())
    execute(
        _CREATE,
        {
            "id": payment_id,
            "trade": trade_id,
            "buyer": buyer_id,
            "amount": amount.amount_minor,
            "currency": currency,
            "now": now,
            "before": now + timedelta(minutes=settings.ENV.payment_window_minutes),
            "deposit": instalments and instalments.deposit.amount_minor,
            "balance_from": instalments and instalments.balance_from_at,
            "balance_until": instalments and instalments.balance_until_at,
            "returns": instalments is not None and instalments.returns_deposit,
            "parts": _as_json(
                {
                    "id": new_id(),
                    "order_id": part.order_id,
                    "merchant_id": part.merchant_id,
                    "position": position,
                    "amount_minor": part.amount.amount_minor,
                }
                for position, part in enumerate(parts, start=1)
            ),
        },
    )
    return PaymentSummary(
        id=payment_id,
        status=PaymentStatus.CREATED,
        amount=amount,
        channel=None,
        channels=list(ChannelName),
        refunded=Money(0, currency),
        instalments=instalments,
    )


# The parts come as JSON: one value, whatever their number, where lists would be one for each column.
_CREATE = """
WITH payment AS (
    INSERT INTO payments_payment (id, trade_id, buyer_id, status, amount_minor, currency, created_at,
        pay_before_at, deposit_minor, balance_from_at, balance_until_at, returns_deposit)
    VALUES (%(id)s, %(trade)s, %(buyer)s, 'created', %(amount)s, %(currency)s, %(now)s, %(before)s,
        %(deposit)s, %(balance_from)s, %(balance_until)s, %(returns)s)
)
INSERT INTO payments_part (id, payment_id, trade_id, order_id, merchant_id, buyer_id, position, amount_minor,
    currency)
SELECT part.id, %(id)s, %(trade)s, part.order_id, part.merchant_id, %(buyer)s, part.position,
    part.amount_minor, %(currency)s
FROM jsonb_to_recordset(%(parts)s::jsonb)
    AS part (id uuid, order_id uuid, merchant_id uuid, position smallint, amount_minor bigint)
"""


def _as_json(parts: Iterable[Mapping[str, object]]) -> str:
    return msgspec.json.encode(list(parts)).decode()


def lock(
    *, trade_id: TradeId, buyer_id: UserId | None = None, transaction: tuple[ChannelName, str] | None = None
) -> LockedPayment:
    """Lock the payment of a trade and return it; with a channel's `transaction`, say whether we know that
    one.

    Raises: NotFound, also when it is not this buyer's.
    """
    require_transaction("the lock of a payment")
    channel, number = transaction or (None, None)
    found = row(
        "SELECT id, buyer_id, status, amount_minor, currency, pay_before_at, EXISTS (SELECT 1 FROM "
        "payments_capture "
        f"WHERE channel = %s AND channel_transaction_id = %s), {INSTALMENTS} FROM payments_payment WHERE "
        "trade_id = %s FOR UPDATE",
        [channel and channel.value, number, trade_id],
    )
    if found is None or buyer_id not in {None, found[1]}:
        raise NotFound
    payment_id, buyer, status, amount, currency, pay_before_at, is_known, *split = found
    return LockedPayment(
        id=payment_id,
        trade_id=trade_id,
        buyer_id=buyer,
        status=PaymentStatus(status),
        amount=Money(amount, currency),
        pay_before_at=pay_before_at,
        is_known=is_known,
        instalments=instalments_from(split, Money(amount, currency)),
    )


def close(*, trade_id: TradeId, now: datetime) -> bool:
    """Close the payment of a trade that nobody paid; False when it is paid, and the trade must not be
    closed.
    """
    closed = execute(
        "UPDATE payments_payment SET status = 'closed', closed_at = %s WHERE trade_id = %s AND status = "
        "ANY(%s)",
        [now, trade_id, sources(PaymentStatus.CLOSED)],
    )
    return bool(closed) or queries.summary(trade_id).status is PaymentStatus.CLOSED


def check_payable(payment: LockedPayment, *, now: datetime) -> None:
    """Refuse to take money that is not due. Raises: AlreadyPaid, PaymentClosed, BalanceNotDue."""
    payable = payment.status in PAYABLE | {PaymentStatus.DEPOSIT_PAID}
    if payment.status in {PaymentStatus.CLOSED, PaymentStatus.LATE_PAID} or (
        payable and now >= payment.pay_before_at
    ):
        raise PaymentClosed
    if not payable:
        raise AlreadyPaid
    if payment.instalments and payment.instalment > 1 and now < payment.instalments.balance_from_at:
        raise BalanceNotDue(from_at=payment.instalments.balance_from_at)


# -- captures ----------------------------------------------------------------------------------------------


def mismatch(attempt: Attempt, captured: Captured) -> str:
    """Say in what the money taken is not the money we asked for; empty when it is."""
    asked = {part.out_trade_no: part.amount for part in attempt.charged}
    checks = (
        ("channel", attempt.channel, captured.channel),
        ("merchant account", attempt.merchant_account, captured.merchant_account),
        ("currency", attempt.amount.currency, captured.amount.currency),
        ("amount", attempt.amount.amount_minor, captured.amount.amount_minor),
        ("parts", asked, {part.out_trade_no: part.amount for part in captured.parts} or asked),
    )
    return "; ".join(f"{what} differs" for what, ours, theirs in checks if ours != theirs)


def record_capture(
    *,
    payment: LockedPayment,
    attempt: Attempt,
    captured: Captured,
    disposition: Disposition,
    status: PaymentStatus,
    escrows: Mapping[PaymentPartId, Money],
    now: datetime,
) -> UUID:
    """Keep a new capture with its parts and move the payment to `status`; return the capture's id.

    `escrows` is what the escrow now holds for each order; empty when the money is nobody's yet. One
    statement.
    """
    if not leads_to(payment.status, status):
        raise ProgrammingError(f"a payment that is {payment.status} does not become {status}")
    capture_id = new_id()
    own = {part.out_trade_no: part for part in captured.parts}
    transactions = [
        (own[part.out_trade_no].channel_transaction_id, part.amount)
        if part.out_trade_no in own
        else (captured.channel_transaction_id, captured.amount)
        for part in attempt.charged
    ]
    execute(
        _RECORD_CAPTURE,
        {
            "id": capture_id,
            "payment": payment.id,
            "attempt": attempt.id,
            "channel": captured.channel.value,
            "transaction": captured.channel_transaction_id,
            "disposition": disposition.value,
            "instalment": attempt.instalment,
            "source": captured.source,
            "amount": captured.amount.amount_minor,
            "currency": captured.amount.currency,
            "paid_at": captured.paid_at,
            "now": now,
            "parts": _as_json(
                {
                    "id": new_id(),
                    "part_id": part.part_id,
                    "transaction_id": number,
                    "whole": whole.amount_minor,
                    "amount": part.amount.amount_minor,
                }
                for part, (number, whole) in zip(attempt.charged, transactions, strict=True)
            ),
            "escrows": _as_json(
                {"part_id": part_id, "escrow_minor": held.amount_minor} for part_id, held in escrows.items()
            ),
            "status": status.value,
        },
    )
    return capture_id


_RECORD_CAPTURE = """
WITH capture AS (
    INSERT INTO payments_capture (id, payment_id, attempt_id, channel, channel_transaction_id, disposition,
    source,
        instalment, amount_minor, currency, paid_at, learnt_at)
    VALUES (%(id)s, %(payment)s, %(attempt)s, %(channel)s, %(transaction)s, %(disposition)s, %(source)s,
        %(instalment)s, %(amount)s, %(currency)s, %(paid_at)s, %(now)s)
), part AS (
    INSERT INTO payments_capture_part (id, capture_id, part_id, channel_transaction_id,
    transaction_amount_minor,
        amount_minor)
    SELECT part.id, %(id)s, part.part_id, part.transaction_id, part.whole, part.amount
    FROM jsonb_to_recordset(%(parts)s::jsonb)
        AS part (id uuid, part_id uuid, transaction_id text, whole bigint, amount bigint)
), attempt AS (
    UPDATE payments_attempt SET status = 'paid' WHERE id = %(attempt)s
), escrow AS (
    UPDATE payments_part SET escrow_minor = held.escrow_minor
    FROM jsonb_to_recordset(%(escrows)s::jsonb) AS held (part_id uuid, escrow_minor bigint)
    WHERE payments_part.id = held.part_id
)
UPDATE payments_payment SET status = %(status)s::text,
    channel = CASE WHEN %(disposition)s = 'second' THEN channel ELSE %(channel)s END,
    paid_at = CASE WHEN %(disposition)s = 'second' OR %(status)s::text = 'deposit_paid' THEN paid_at
        ELSE %(paid_at)s END
WHERE id = %(payment)s
"""


def mark_paid_with_nothing(
    *, payment: LockedPayment, escrows: Mapping[PaymentPartId, Money], now: datetime
) -> None:
    """Mark a payment of zero as paid. Raises: ProgrammingError when something had to be paid."""
    if payment.amount.amount_minor:
        raise ProgrammingError("only a payment of zero is paid with nothing")
    execute(
        "WITH escrow AS (UPDATE payments_part SET escrow_minor = held.escrow_minor FROM unnest(%s::uuid[], "
        "%s::bigint[]) "
        "AS held(part_id, escrow_minor) WHERE payments_part.id = held.part_id) "
        "UPDATE payments_payment SET status = 'paid', paid_at = %s WHERE id = %s",
        [list(escrows), [held.amount_minor for held in escrows.values()], now, payment.id],
    )
