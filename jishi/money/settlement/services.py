"""Writes of settlement.

Each runs inside its caller's transaction; what moves money is booked in the same one.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel.db import execute, lock, require_transaction, row, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, PayoutId, StatementId, UserId, new_id
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.settlement import queries
from jishi.money.settlement.rules import PAYOUT_MOVES, STATEMENT_MOVES, instant_of, period_end
from jishi.money.settlement.types import (
    EntryKind,
    NewEntry,
    Payout,
    PayoutStatus,
    StatementRow,
    StatementStatus,
)


class StatementMoved(Conflict):
    """The statement is not in a state that allows this; `status` says which it is in."""

    code = "statement_moved"
    message = Text(zh="结算单的状态已变化", en="The statement has moved on")


class PayoutMoved(Conflict):
    """The payout is not in a state that allows this; `status` says which it is in."""

    code = "payout_moved"
    message = Text(zh="打款单的状态已变化", en="The payout has moved on")


class SameEyes(Conflict):
    """Who prepared a payout may not approve it."""

    code = "same_eyes"
    message = Text(zh="打款需要另一位同事复核", en="Another person has to approve this payout")


class NothingDue(Conflict):
    """The statement has nothing to pay out: what the merchant owes is carried on."""

    code = "nothing_due"
    message = Text(zh="这张结算单没有应付款", en="There is nothing to pay on this statement")


def add_entries(entries: Sequence[NewEntry], *, now: datetime) -> None:
    """Keep lines for the merchants' next statements. One statement; each sale and refund only once, ever."""
    require_transaction("a statement entry")
    if not entries:
        return
    execute(
        "INSERT INTO settlement_entry (id, merchant_id, kind, order_id, order_number, order_line_id, "
        "refund_id, "
        "goods_minor, freight_minor, subsidy_minor, commission_minor, amount_minor, merchant_discount_minor, "
        "currency, happened_at) "
        "SELECT *, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::uuid[], "
        "%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], "
        "%s::text[])",
        [
            now,
            [new_id() for _ in entries],
            [entry.merchant_id for entry in entries],
            [entry.kind.value for entry in entries],
            [entry.order_id for entry in entries],
            [entry.order_number for entry in entries],
            [entry.order_line_id for entry in entries],
            [entry.refund_id for entry in entries],
            [entry.goods.amount_minor for entry in entries],
            [entry.freight.amount_minor for entry in entries],
            [entry.subsidy.amount_minor for entry in entries],
            [entry.commission.amount_minor for entry in entries],
            [entry.amount.amount_minor for entry in entries],
            [entry.merchant_discount.amount_minor for entry in entries],
            [entry.amount.currency for entry in entries],
        ],
    )


def adjust(*, merchant_id: MerchantId, amount: Money, adjustment_id: UUID, now: datetime) -> None:
    """Grant a merchant an amount outside any order, or charge him for one below zero, and book it."""
    nothing = Money(0, amount.currency)
    entry = NewEntry(
        merchant_id=merchant_id,
        kind=EntryKind.ADJUSTMENT,
        order_id=None,
        order_number=None,
        goods=amount,
        freight=nothing,
        subsidy=nothing,
        commission=nothing,
        merchant_discount=nothing,
    )
    ledger.post(
        ledger_rules.adjusted(adjustment_id=adjustment_id, merchant_id=merchant_id, amount=amount, at=now)
    )
    add_entries([entry], now=now)


# -- statements ----------------------------------------------------------------------------------------------

# One statement of SQL for any number of merchants and lines: the lines that are moved are the ones that are
# summed.
_ISSUE = """
WITH chosen AS (
    SELECT * FROM unnest(%(merchants)s::uuid[], %(ids)s::uuid[]) AS chosen(merchant_id, statement_id)
    WHERE NOT EXISTS (SELECT 1 FROM settlement_statement s
        WHERE s.merchant_id = chosen.merchant_id AND s.to_date >= %(to_date)s)
), moved AS (
    UPDATE settlement_entry e SET statement_id = chosen.statement_id FROM chosen
    WHERE e.merchant_id = chosen.merchant_id AND e.statement_id IS NULL AND e.happened_at < %(end)s
        AND e.currency = %(currency)s
    RETURNING e.statement_id, e.merchant_id, e.kind, e.order_id, e.commission_minor, e.happened_at,
        e.goods_minor + e.freight_minor + e.subsidy_minor AS gross_minor
), sums AS (
    SELECT statement_id, merchant_id,
        coalesce(sum(gross_minor) FILTER (WHERE kind IN ('sale', 'freight', 'deposit')), 0)::bigint AS sales_minor,
        coalesce(sum(gross_minor) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunds_minor,
        coalesce(sum(gross_minor) FILTER (WHERE kind = 'adjustment'), 0)::bigint AS adjustments_minor,
        sum(commission_minor)::bigint AS commission_minor,
        count(DISTINCT order_id) AS order_count,
        (min(happened_at) AT TIME ZONE 'Asia/Shanghai')::date AS first_date
    FROM moved GROUP BY statement_id, merchant_id
), last AS (
    SELECT DISTINCT ON (s.merchant_id) s.merchant_id, s.id, s.to_date, least(s.due_minor, 0) AS carried_minor
    FROM settlement_statement s JOIN chosen USING (merchant_id) ORDER BY s.merchant_id, s.to_date DESC
), issued AS (
    INSERT INTO settlement_statement (id, merchant_id, from_date, to_date, status, currency, opening_minor,
        sales_minor, refunds_minor, commission_minor, adjustments_minor, due_minor, order_count, issued_at)
    SELECT sums.statement_id, sums.merchant_id, coalesce(last.to_date, sums.first_date), %(to_date)s,
    'issued',
        %(currency)s, coalesce(last.carried_minor, 0), sales_minor, refunds_minor, commission_minor,
        adjustments_minor, coalesce(last.carried_minor, 0) + sales_minor + refunds_minor - commission_minor
        + adjustments_minor, order_count, %(now)s
    FROM sums LEFT JOIN last USING (merchant_id)
    RETURNING id, merchant_id
), carried AS (
    UPDATE settlement_statement s SET carried_into_id = issued.id,
        status = CASE WHEN s.status = 'confirmed' THEN 'paid' ELSE s.status END
    FROM last JOIN issued USING (merchant_id) WHERE s.id = last.id AND s.due_minor <= 0
)
SELECT id FROM issued ORDER BY id
"""


def issue(*, merchant_ids: Sequence[MerchantId], cycle: str, now: datetime) -> list[StatementId]:
    """Issue the statements of the last period of `cycle` for those of the merchants who have lines in it.

    Set-based: memory does not grow with the lines. Safe to repeat: a period is issued once. What a merchant
    owed on his last statement opens the new one.
    """
    require_transaction("issuing statements")
    lock("settlement.issue")
    to_date = period_end(cycle, now)
    found = rows(
        _ISSUE,
        {
            "merchants": list(merchant_ids),
            "ids": [new_id() for _ in merchant_ids],
            "to_date": to_date,
            "end": instant_of(to_date),
            "currency": CURRENCY,
            "now": now,
        },
    )
    return [StatementId(statement_id) for (statement_id,) in found]


def confirm(*, statement_id: StatementId, merchant_id: MerchantId, by: UserId, now: datetime) -> StatementRow:
    """Note that the merchant agrees with a statement. One with nothing to pay that was carried on is done
    with.

    Raises: NotFound, StatementMoved.
    """
    moved = row(
        "UPDATE settlement_statement SET status = CASE WHEN carried_into_id IS NULL THEN 'confirmed' ELSE "
        "'paid' "
        "END, confirmed_at = %s, confirmed_by = %s WHERE id = %s AND merchant_id = %s AND status = 'issued' "
        "RETURNING id",
        [now, by, statement_id, merchant_id],
    )
    return _moved_statement(moved, statement_id, merchant_id)


def dispute(*, statement_id: StatementId, merchant_id: MerchantId, reason: str) -> StatementRow:
    """Note that the merchant does not agree; the platform looks into it. Raises: NotFound, StatementMoved."""
    moved = row(
        "UPDATE settlement_statement SET status = 'disputed', disputed_reason = %s WHERE id = %s "
        "AND merchant_id = %s AND status = 'issued' RETURNING id",
        [reason, statement_id, merchant_id],
    )
    return _moved_statement(moved, statement_id, merchant_id)


def issue_again(*, statement_id: StatementId, now: datetime) -> StatementRow:
    """Close a dispute: the statement stands as issued, corrections come as adjustments on the next one.

    Raises: NotFound, StatementMoved.
    """
    moved = row(
        "UPDATE settlement_statement SET status = 'issued', issued_at = %s WHERE id = %s AND status = "
        "'disputed' "
        "RETURNING id",
        [now, statement_id],
    )
    return _moved_statement(moved, statement_id, None)


def _moved_statement(
    moved: tuple[object, ...] | None, statement_id: StatementId, merchant_id: MerchantId | None
) -> StatementRow:
    found = queries.statement_row(statement_id=statement_id, merchant_id=merchant_id)
    if moved is None:
        raise StatementMoved(status=found.status)
    return found


# -- payouts: made by one person, released by another --------------------------------------------------------


def prepare_payout(*, statement_id: StatementId, by: UserId, now: datetime) -> Payout:
    """Make the payout of a confirmed statement, or make one again that failed or came back.

    Raises: NotFound, StatementMoved, NothingDue, PayoutMoved when it is on its way.
    """
    found = row(
        "SELECT merchant_id, status, due_minor, currency FROM settlement_statement WHERE id = %s FOR UPDATE",
        [statement_id],
    )
    if found is None:
        raise NotFound
    merchant_id, status, due_minor, currency = found
    if StatementStatus.PAID not in STATEMENT_MOVES[StatementStatus(status)]:
        raise StatementMoved(status=status)
    if due_minor <= 0:
        raise NothingDue
    made = row(
        "INSERT INTO settlement_payout (id, merchant_id, statement_id, amount_minor, currency, status, "
        "prepared_by, "
        "created_at) VALUES (%s, %s, %s, %s, %s, 'pending', %s, %s) ON CONFLICT (statement_id) DO UPDATE SET "
        "status = 'pending', prepared_by = EXCLUDED.prepared_by, approved_by = NULL, approved_at = NULL, "
        "bank_reference = NULL, paid_at = NULL WHERE settlement_payout.status IN ('failed', 'returned') "
        "RETURNING id",
        [new_id(), merchant_id, statement_id, due_minor, currency, by, now],
    )
    if made is None:
        raise PayoutMoved(status=queries.payout_of(statement_id).status)
    return queries.payout(PayoutId(made[0]))


def approve_payout(*, payout_id: PayoutId, by: UserId, now: datetime) -> Payout:
    """Release a payout to the bank; booked from the merchant's account to payout clearing.

    Raises: NotFound, PayoutMoved, SameEyes.
    """
    payout, attempt = _lock(payout_id, PayoutStatus.PROCESSING)
    if payout.prepared_by == by:
        raise SameEyes
    execute(
        "UPDATE settlement_payout SET status = 'processing', approved_by = %s, approved_at = %s, attempt = "
        "%s, "
        "failure = NULL WHERE id = %s",
        [by, now, attempt + 1, payout_id],
    )
    ledger.post(
        ledger_rules.payout_started(
            payout_id=payout_id,
            attempt=attempt + 1,
            merchant_id=payout.merchant_id,
            amount=payout.amount,
            at=now,
        )
    )
    return queries.payout(payout_id)


def payout_paid(*, payout_id: PayoutId, bank_reference: str, now: datetime) -> Payout:
    """Note the bank's word that the money left, with its reference. Raises: NotFound, PayoutMoved."""
    payout, attempt = _lock(payout_id, PayoutStatus.PAID)
    execute(
        "WITH statement AS (UPDATE settlement_statement SET status = 'paid' WHERE id = %s) "
        "UPDATE settlement_payout SET status = 'paid', bank_reference = %s, paid_at = %s WHERE id = %s",
        [payout.statement_id, bank_reference, now, payout_id],
    )
    ledger.post(ledger_rules.payout_paid(payout_id=payout_id, attempt=attempt, amount=payout.amount, at=now))
    return queries.payout(payout_id)


def payout_failed(*, payout_id: PayoutId, reason: str, now: datetime) -> Payout:
    """Note that the bank did not make the transfer; it is owed again. Raises: NotFound, PayoutMoved."""
    payout, attempt = _lock(payout_id, PayoutStatus.FAILED)
    _give_back(payout, PayoutStatus.FAILED, reason)
    ledger.post(
        ledger_rules.payout_failed(
            payout_id=payout_id,
            attempt=attempt,
            merchant_id=payout.merchant_id,
            amount=payout.amount,
            at=now,
        )
    )
    return queries.payout(payout_id)


def payout_returned(*, payout_id: PayoutId, reason: str, now: datetime) -> Payout:
    """Note that the money came back; it is owed again, and the statement is open again.

    Raises: NotFound, PayoutMoved.
    """
    payout, attempt = _lock(payout_id, PayoutStatus.RETURNED)
    if payout.status is PayoutStatus.PROCESSING:
        # The bank never told us that it left: it did, and came back.
        ledger.post(
            ledger_rules.payout_paid(payout_id=payout_id, attempt=attempt, amount=payout.amount, at=now)
        )
    _give_back(payout, PayoutStatus.RETURNED, reason)
    ledger.post(
        ledger_rules.payout_returned(
            payout_id=payout_id,
            attempt=attempt,
            merchant_id=payout.merchant_id,
            amount=payout.amount,
            at=now,
        )
    )
    return queries.payout(payout_id)


def _give_back(payout: Payout, status: PayoutStatus, reason: str) -> None:
    execute(
        "WITH statement AS (UPDATE settlement_statement SET status = 'confirmed' WHERE id = %s AND status = "
        "'paid') "
        "UPDATE settlement_payout SET status = %s, failure = %s WHERE id = %s",
        [payout.statement_id, status.value, reason, payout.id],
    )


def _lock(payout_id: PayoutId, wanted: PayoutStatus) -> tuple[Payout, int]:
    require_transaction("moving a payout")
    found = row("SELECT attempt FROM settlement_payout WHERE id = %s FOR UPDATE", [payout_id])
    if found is None:
        raise NotFound
    payout = queries.payout(payout_id)
    if wanted not in PAYOUT_MOVES[payout.status]:
        raise PayoutMoved(status=payout.status)
    return payout, found[0]
