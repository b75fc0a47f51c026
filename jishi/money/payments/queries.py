"""Reads of payments, their parts and refunds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, OrderId, PaymentId, PaymentPartId, RefundId, TradeId, UserId
from jishi.kernel.money import Money
from jishi.money.payments.queries_instalments import INSTALMENTS, instalments_from
from jishi.money.payments.rules import POLL_REST_LONGEST, POLL_RESTS, part_number, refund_of_number
from jishi.money.payments.types import (
    Attempt,
    AttemptPart,
    ChannelName,
    PaymentPart,
    PaymentStatus,
    PaymentSummary,
    Refund,
    RefundReason,
    RefundStatus,
)


def select_attempts(table: str = "payments_attempt") -> str:
    """Return the beginning of a statement that reads attempts of `table`, as `attempt_from` wants them."""
    return (
        "SELECT a.id, a.payment_id, p.trade_id, a.channel, a.client, a.out_trade_no, a.merchant_account, "
        "a.amount_minor, a.currency, a.expires_at, a.redirect_url, a.qr_code, a.instalment, parts.ids, "
        f"parts.orders, parts.positions, parts.amounts FROM {table} a JOIN payments_payment p ON p.id = a.payment_id "
        "CROSS JOIN LATERAL (SELECT array_agg(id ORDER BY position) AS ids, "
        "array_agg(order_id ORDER BY position) AS orders, array_agg(position ORDER BY position) AS positions, "
        # One that is paid in instalments has one part.
        "array_agg(CASE WHEN p.deposit_minor IS NULL THEN amount_minor ELSE a.amount_minor END "
        "ORDER BY position) AS amounts FROM payments_part WHERE payment_id = p.id) parts"
    )


_ATTEMPT = select_attempts()
REFUND_COLUMNS = (
    "r.id, r.order_id, r.amount_minor, r.currency, r.status, r.reason, r.note, r.requested_at, r.done_at, "
    "r.failure"
)


def summary(trade_id: TradeId) -> PaymentSummary:
    """Return the payment of a trade. Raises: NotFound."""
    found = summaries([trade_id])
    if trade_id not in found:
        raise NotFound
    return found[trade_id]


def summaries(trade_ids: Iterable[TradeId]) -> dict[TradeId, PaymentSummary]:
    """Return the payments of trades (one statement)."""
    found = rows(
        "SELECT trade_id, id, status, amount_minor, currency, channel, refunded_minor, "
        f"{INSTALMENTS} FROM payments_payment "
        "WHERE trade_id = ANY(%s)",
        [list(trade_ids)],
    )
    return {
        trade_id: PaymentSummary(
            id=payment_id,
            status=PaymentStatus(status),
            amount=Money(amount, currency),
            channel=ChannelName(channel) if channel else None,
            channels=list(ChannelName),
            refunded=Money(refunded, currency),
            instalments=instalments_from(split, Money(amount, currency)),
        )
        for trade_id, payment_id, status, amount, currency, channel, refunded, *split in found
    }


def trade_of_buyer(*, trade_id: TradeId, buyer: UserId) -> PaymentId:
    """Return the payment of a trade that this buyer made. Raises: NotFound when it is not his."""
    found = row("SELECT id FROM payments_payment WHERE trade_id = %s AND buyer_id = %s", [trade_id, buyer])
    if found is None:
        raise NotFound
    return PaymentId(found[0])


def parts(order_ids: Iterable[OrderId]) -> dict[OrderId, PaymentPart]:
    """Return each order's share of its payment (one statement)."""
    found = rows(
        "SELECT id, payment_id, trade_id, order_id, merchant_id, amount_minor, refunded_minor, currency "
        "FROM payments_part WHERE order_id = ANY(%s)",
        [list(order_ids)],
    )
    return {
        order_id: PaymentPart(
            id=part_id,
            payment_id=payment_id,
            trade_id=trade_id,
            order_id=order_id,
            merchant_id=merchant_id,
            amount=Money(amount, currency),
            refunded=Money(refunded, currency),
        )
        for part_id, payment_id, trade_id, order_id, merchant_id, amount, refunded, currency in found
    }


def refunds_of(order_ids: Iterable[OrderId]) -> dict[OrderId, list[Refund]]:
    """Return the refunds of orders, oldest first (one statement); orders without one are left out."""
    found = rows(
        f"SELECT {REFUND_COLUMNS} FROM payments_refund r WHERE r.order_id = ANY(%s) ORDER BY r.id",
        [list(order_ids)],
    )
    answer: dict[OrderId, list[Refund]] = {}
    for one in found:
        answer.setdefault(one[1], []).append(refund_from(one))
    return answer


def refund(refund_id: RefundId) -> Refund:
    """Return one refund. Raises: NotFound."""
    found = row(f"SELECT {REFUND_COLUMNS} FROM payments_refund r WHERE r.id = %s", [refund_id])
    if found is None:
        raise NotFound
    return refund_from(found)


def refund_from(found: tuple[Any, ...]) -> Refund:
    """Build a refund from a row of `REFUND_COLUMNS`."""
    refund_id, order_id, amount, currency, status, reason, note, requested_at, done_at, failure = found
    return Refund(
        id=refund_id,
        order_id=order_id,
        amount=Money(amount, currency),
        status=RefundStatus(status),
        reason=RefundReason(reason),
        note=note,
        requested_at=requested_at,
        done_at=done_at,
        failure=failure,
    )


def attempt_of(out_trade_no: str) -> Attempt | None:
    """Return the attempt with this number, or None."""
    found = row(f"{_ATTEMPT} WHERE a.out_trade_no = %s", [out_trade_no])
    return attempt_from(found) if found else None


def open_attempts(trade_id: TradeId) -> list[Attempt]:
    """Return the attempts of a trade that a buyer may still be paying, newest first."""
    found = rows(
        f"{_ATTEMPT} WHERE p.trade_id = %s AND a.status IN ('created', 'pending', 'failed') ORDER BY a.id "
        "DESC",
        [trade_id],
    )
    return [attempt_from(one) for one in found]


# What nobody should pay by any more: of what is paid or closed, and of a deposit once it is here.
_OVER = (
    "a.status IN ('created', 'pending', 'failed') AND (p.status NOT IN ('created', 'deposit_paid', 'pending', "
    "'failed') OR (p.deposit_paid_at IS NOT NULL AND a.instalment = 1))"
)


def attempts_to_end(trade_id: TradeId) -> list[Attempt]:
    """Return the attempts of a trade that could still be paid and must not, newest first."""
    found = rows(f"{_ATTEMPT} WHERE p.trade_id = %s AND {_OVER} ORDER BY a.id DESC", [trade_id])
    return [attempt_from(one) for one in found]


def attempt_from(found: tuple[Any, ...]) -> Attempt:
    """Build an attempt from its row and the ids, positions and amounts of the parts it charges."""
    (attempt_id, payment_id, trade_id, channel, client, number, account, amount, currency, *rest) = found
    expires_at, redirect_url, qr_code, instalment, part_ids, order_ids, positions, amounts = rest
    return Attempt(
        id=attempt_id,
        payment_id=payment_id,
        trade_id=trade_id,
        channel=ChannelName(channel),
        client=client,
        out_trade_no=number,
        merchant_account=account,
        amount=Money(amount, currency),
        expires_at=expires_at,
        redirect_url=redirect_url,
        qr_code=qr_code,
        instalment=instalment,
        parts=tuple(
            AttemptPart(
                part_id=part_id,
                order_id=order_id,
                out_trade_no=part_number(number, position),
                amount=Money(part_amount, currency),
            )
            for part_id, order_id, position, part_amount in zip(
                part_ids, order_ids, positions, amounts, strict=True
            )
        ),
    )


def trades_to_poll(*, now: datetime, limit: int = 100) -> list[TradeId]:
    """Return trades whose open payment is due to be asked about (`rules.POLL_RESTS`), the longest unasked
    first; those whose last try failed too, as long as the channel might still take the money. An instant further
    ahead than the longest rest was noted by a clock that was wrong.
    """
    (young, young_rest), (middling, middling_rest) = POLL_RESTS
    found = rows(
        "SELECT trade_id FROM (SELECT trade_id, asked_at, created_at FROM payments_payment "
        "WHERE status = 'pending' UNION SELECT p.trade_id, p.asked_at, p.created_at FROM payments_attempt a "
        "JOIN payments_payment p ON p.id = a.payment_id WHERE a.status IN ('created', 'pending', 'failed') "
        "AND p.status = 'failed') open WHERE coalesce(asked_at, created_at) <= %s "
        "- CASE WHEN created_at > %s THEN %s WHEN created_at > %s THEN %s ELSE %s END "
        "OR coalesce(asked_at, created_at) > %s "
        "ORDER BY coalesce(asked_at, created_at) LIMIT %s",
        [
            now, now - young, young_rest, now - middling, middling_rest, POLL_REST_LONGEST,
            now + POLL_REST_LONGEST, limit,
        ],
    )  # fmt: skip
    return [trade_id for (trade_id,) in found]


def trades_to_abandon(*, now: datetime, limit: int = 100) -> list[TradeId]:
    """Return trades that are paid or closed while another attempt could still be paid at its channel."""
    found = rows(
        "SELECT p.trade_id FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id "
        f"WHERE {_OVER} AND coalesce(p.closed_at, p.paid_at, p.deposit_paid_at) < %s GROUP BY p.trade_id LIMIT %s",
        [now, limit],
    )
    return [trade_id for (trade_id,) in found]


def part_ids(trade_id: TradeId) -> dict[OrderId, PaymentPartId]:
    """Return the part of each order of a trade (one statement)."""
    found = rows("SELECT order_id, id FROM payments_part WHERE trade_id = %s", [trade_id])
    return {OrderId(order_id): PaymentPartId(part_id) for order_id, part_id in found}


def refunds_to_send(*, tried_before: datetime, limit: int = 100) -> list[RefundId]:
    """Return refunds that are not done and were last tried (or requested) before the instant."""
    found = rows(
        "SELECT id FROM payments_refund WHERE status <> 'done' AND coalesce(tried_at, requested_at) < %s "
        "ORDER BY requested_at LIMIT %s",
        [tried_before, limit],
    )
    return [refund_id for (refund_id,) in found]


def refund_by_number(out_refund_no: str) -> RefundId | None:
    """Return the refund that a channel knows by this number, of any round, or None."""
    refund_id = refund_of_number(out_refund_no)
    found = row("SELECT id FROM payments_refund WHERE id = %s", [refund_id]) if refund_id else None
    return RefundId(found[0]) if found else None


def in_escrow(merchant_id: MerchantId, currency: str) -> Money:
    """Return what the escrow holds for a merchant's orders."""
    found = row(
        "SELECT coalesce(sum(escrow_minor), 0)::bigint FROM payments_part WHERE merchant_id = %s AND "
        "escrow_minor > 0 "
        "AND currency = %s",
        [merchant_id, currency],
    )
    return Money(found[0] if found else 0, currency)


def open_breaks() -> int:
    """Count the differences between channels' bills and our books that nobody has closed."""
    found = row("SELECT count(*) FROM payments_break WHERE closed_at IS NULL")
    return found[0] if found else 0
