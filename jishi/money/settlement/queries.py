"""Reads of settlement: a merchant's statements, down to the order line, and where his money stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId, PayoutId, StatementId
from jishi.kernel.money import Money
from jishi.kernel.pagination import BATCH, Page, Sort, limit_of, page
from jishi.kernel.words import CURRENCY
from jishi.money.ledger import queries as ledger
from jishi.money.ledger.rules import merchant_payable
from jishi.money.payments import queries as payments
from jishi.money.settlement.types import (
    EntryKind,
    EntrySort,
    MerchantBalance,
    Payout,
    PayoutStatus,
    Statement,
    StatementEntry,
    StatementRow,
    StatementSort,
    StatementStatus,
)

_STATEMENT = (
    "SELECT id, merchant_id, from_date, to_date, status, currency, opening_minor, sales_minor, "
    "refunds_minor, "
    "commission_minor, adjustments_minor, due_minor, order_count, issued_at FROM settlement_statement WHERE "
)
_PAYOUT = (
    "SELECT id, merchant_id, statement_id, amount_minor, currency, status, prepared_by, approved_by, "
    "bank_reference, created_at, paid_at FROM settlement_payout WHERE "
)
# Each order, and where what it goes by stands in a row. Ids are in order of time.
_STATEMENT_SORTS: Mapping[StatementSort, tuple[Sort, int]] = {
    StatementSort.NEWEST: (Sort(("id",), UUID), 0),
    StatementSort.OLDEST: (Sort(("id",), UUID, is_descending=False), 0),
    StatementSort.SALES_UP: (Sort(("sales_minor", "id"), int, is_descending=False), 7),
    StatementSort.SALES_DOWN: (Sort(("sales_minor", "id"), int), 7),
    StatementSort.DUE_UP: (Sort(("due_minor", "id"), int, is_descending=False), 11),
    StatementSort.DUE_DOWN: (Sort(("due_minor", "id"), int), 11),
}
_ENTRY_SORTS: Mapping[EntrySort, tuple[Sort, int]] = {
    EntrySort.OLDEST: (Sort(("id",), UUID, is_descending=False), 0),
    EntrySort.NEWEST: (Sort(("id",), UUID), 0),
    EntrySort.AMOUNT_UP: (Sort(("amount_minor", "id"), int, is_descending=False), 10),
    EntrySort.AMOUNT_DOWN: (Sort(("amount_minor", "id"), int), 10),
}


def merchants_waiting(*, before: datetime) -> list[MerchantId]:
    """Return the merchants with lines that stand on no statement yet, from before the instant."""
    found = rows(
        "SELECT DISTINCT merchant_id FROM settlement_entry WHERE statement_id IS NULL AND happened_at < %s "
        "ORDER BY merchant_id",
        [before],
    )
    return [MerchantId(merchant_id) for (merchant_id,) in found]


def statements(
    *,
    merchant_id: MerchantId,
    status: StatementStatus | None = None,
    sort: StatementSort = StatementSort.NEWEST,
    cursor: str | None,
    limit: int | None,
) -> Page[StatementRow]:
    """Return a merchant's statements, newest first unless `sort` says otherwise, of one status if given.

    Raises: Invalid (cursor).
    """
    size = limit_of(limit, most=BATCH)
    sorted_by, place = _STATEMENT_SORTS[sort]
    condition, params = sorted_by.after(cursor)
    found = rows(
        f"{_STATEMENT} merchant_id = %s AND {condition} AND (%s::text IS NULL OR status = %s) "
        f"{sorted_by.order} LIMIT %s",
        [merchant_id, *params, status, status, size + 1],
    )
    shown = page(found, limit=size, key=lambda one: (one[place], one[0]))
    return Page(items=[_row(one) for one in shown.items], next_cursor=shown.next_cursor)


def to_confirm(merchant_id: MerchantId, *, at_most: int) -> int:
    """Return how many statements wait for the merchant's word, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM settlement_statement WHERE merchant_id = %s AND status = %s "
        "LIMIT %s) waiting",
        [merchant_id, StatementStatus.ISSUED.value, at_most],
    )
    return int(found[0]) if found else 0


def statement_row(*, statement_id: StatementId, merchant_id: MerchantId | None) -> StatementRow:
    """Return one statement's figures; `merchant_id` None is for the platform. Raises: NotFound."""
    found = row(f"{_STATEMENT} id = %s", [statement_id])
    if found is None or merchant_id not in {None, found[1]}:
        raise NotFound
    return _row(found)


def statement(
    *,
    statement_id: StatementId,
    merchant_id: MerchantId,
    sort: EntrySort = EntrySort.OLDEST,
    cursor: str | None,
    limit: int | None,
) -> Statement:
    """Return a statement with a page of its lines, in the order they happened unless `sort` says otherwise.

    Raises: NotFound, Invalid.
    """
    figures = statement_row(statement_id=statement_id, merchant_id=merchant_id)
    entries = entries_of(statement_id=statement_id, sort=sort, cursor=cursor, limit=limit)
    found = row(f"{_PAYOUT} statement_id = %s", [statement_id])
    return Statement(
        row=figures,
        entries=entries.items,
        next_cursor=entries.next_cursor,
        payout=_payout(found) if found else None,
    )


def entries_of(
    *,
    statement_id: StatementId,
    sort: EntrySort = EntrySort.OLDEST,
    cursor: str | None,
    limit: int | None,
) -> Page[StatementEntry]:
    """Return a page of a statement's lines, oldest first unless `sort` says otherwise.

    Raises: Invalid for a bad cursor.
    """
    size = limit_of(limit, most=BATCH)
    sorted_by, place = _ENTRY_SORTS[sort]
    condition, params = sorted_by.after(cursor)
    found = rows(
        "SELECT id, kind, order_id, order_number, order_line_id, refund_id, goods_minor, freight_minor, "
        "subsidy_minor, commission_minor, amount_minor, merchant_discount_minor, currency, happened_at "
        "FROM settlement_entry "
        f"WHERE statement_id = %s AND {condition} {sorted_by.order} LIMIT %s",
        [statement_id, *params, size + 1],
    )
    shown = page(found, limit=size, key=lambda one: (one[place], one[0]))
    return Page(items=[_entry(one) for one in shown.items], next_cursor=shown.next_cursor)


def payout(payout_id: PayoutId) -> Payout:
    """Return one payout. Raises: NotFound."""
    return _one_payout("id = %s", payout_id)


def payout_of(statement_id: StatementId) -> Payout:
    """Return the payout of a statement. Raises: NotFound."""
    return _one_payout("statement_id = %s", statement_id)


def _one_payout(where: str, value: UUID) -> Payout:
    found = row(_PAYOUT + where, [value])
    if found is None:
        raise NotFound
    return _payout(found)


def balance(merchant_id: MerchantId) -> MerchantBalance:
    """Return where a merchant's money stands now."""
    sums = dict(
        rows(
            "SELECT status, sum(amount_minor)::bigint FROM settlement_payout WHERE merchant_id = %s AND "
            "currency = %s "
            "GROUP BY status",
            [merchant_id, CURRENCY],
        )
    )
    return MerchantBalance(
        in_escrow=payments.in_escrow(merchant_id, CURRENCY),
        owed=ledger.balance(merchant_payable(merchant_id)),
        on_its_way=Money(sums.get(PayoutStatus.PROCESSING.value, 0), CURRENCY),
        paid_out=Money(sums.get(PayoutStatus.PAID.value, 0), CURRENCY),
    )


def waiting(merchant_id: MerchantId) -> Money:
    """Return the sum of a merchant's lines that stand on no statement yet."""
    found = row(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM settlement_entry WHERE merchant_id = %s "
        "AND statement_id IS NULL AND currency = %s",
        [merchant_id, CURRENCY],
    )
    return Money(found[0] if found else 0, CURRENCY)


def _row(found: tuple[Any, ...]) -> StatementRow:
    (statement_id, merchant_id, from_date, to_date, status, currency, *figures, order_count, issued_at) = (
        found
    )
    opening, sales, refunds, commission, adjustments, due = (Money(one, currency) for one in figures)
    return StatementRow(
        id=statement_id,
        merchant_id=merchant_id,
        from_date=from_date,
        to_date=to_date,
        status=StatementStatus(status),
        opening=opening,
        sales=sales,
        refunds=refunds,
        commission=commission,
        adjustments=adjustments,
        due=due,
        order_count=order_count,
        issued_at=issued_at,
    )


def _entry(found: tuple[Any, ...]) -> StatementEntry:
    entry_id, kind, order_id, order_number, order_line_id, refund_id, *figures, currency, happened_at = found
    goods, freight, subsidy, commission, amount, merchant_discount = (Money(one, currency) for one in figures)
    return StatementEntry(
        id=entry_id,
        kind=EntryKind(kind),
        order_id=order_id,
        order_number=order_number,
        order_line_id=order_line_id,
        refund_id=refund_id,
        goods=goods,
        freight=freight,
        subsidy=subsidy,
        commission=commission,
        amount=amount,
        at=happened_at,
        merchant_discount=merchant_discount,
    )


def _payout(found: tuple[Any, ...]) -> Payout:
    payout_id, merchant_id, statement_id, amount, currency, status, prepared_by, approved_by, *rest = found
    bank_reference, created_at, paid_at = rest
    return Payout(
        id=payout_id,
        merchant_id=merchant_id,
        statement_id=statement_id,
        amount=Money(amount, currency),
        status=PayoutStatus(status),
        prepared_by=prepared_by,
        approved_by=approved_by,
        bank_reference=bank_reference,
        created_at=created_at,
        paid_at=paid_at,
    )
