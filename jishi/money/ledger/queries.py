"""Reads of the ledger.

Balances are sums of postings, taken when asked: there is no second figure to drift.
"""

from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY
from jishi.money.ledger.rules import kind_of, natural
from jishi.money.ledger.types import AccountKind, Balance, Journal, JournalKind, Posting

_SUMS = (
    "SELECT a.name, a.kind, p.currency, sum(p.amount_minor)::bigint FROM ledger_account a "
    "JOIN ledger_posting p ON p.account_id = a.id {where} GROUP BY a.name, a.kind, p.currency ORDER BY "
    "a.name, p.currency"
)


def balance(account: str, *, currency: str = CURRENCY) -> Money:
    """Return what stands on an account, positive in the direction natural to its kind.

    Raises: ProgrammingError for a name outside the chart.
    """
    kind = kind_of(account)
    found = row(
        "SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM ledger_posting p "
        "JOIN ledger_account a ON a.id = p.account_id WHERE a.name = %s AND p.currency = %s",
        [account, currency],
    )
    return Money(natural(kind, found[0] if found else 0), currency)


def balances(prefix: str = "") -> list[Balance]:
    """Return the balances of all accounts whose name starts with `prefix`, such as `merchant_payable:`."""
    where = "WHERE starts_with(a.name, %s)"
    return [_balance(found) for found in rows(_SUMS.format(where=where), [prefix])]


def trial_balance() -> list[Balance]:
    """Return the balance of every account; debits and credits add up to the same."""
    return balances()


def imbalance() -> dict[str, int]:
    """Return the sum of all postings per currency where it is not zero; empty in a sound ledger."""
    return dict(
        rows(
            "SELECT currency, sum(amount_minor)::bigint FROM ledger_posting GROUP BY 1 HAVING "
            "sum(amount_minor) <> 0"
        )
    )


def unbalanced_journals(limit: int = 20) -> list[UUID]:
    """Return journals that do not sum to zero per currency; none in a sound ledger."""
    found = rows(
        "SELECT DISTINCT journal_id FROM (SELECT journal_id FROM ledger_posting GROUP BY journal_id, "
        "currency "
        "HAVING sum(amount_minor) <> 0) broken LIMIT %s",
        [limit],
    )
    return [journal_id for (journal_id,) in found]


def belongs_to_another_role() -> bool:
    """Say whether the connected role may neither change the ledger's tables nor their triggers."""
    found = row(
        "SELECT bool_and(NOT pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND relnamespace = current_schema()::regnamespace "
        "AND relname ~ '^ledger_(account|journal|posting)(_|$)'"
    )
    return bool(found and found[0])


def journals_of(reference_id: UUID) -> list[Journal]:
    """Return all that was booked about one order, payment or payout, oldest first."""
    return _journals("WHERE j.reference_id = %s", [reference_id])


def journals_by_key(keys: list[str]) -> dict[str, Journal]:
    """Return the journals with these keys, those that exist (one statement)."""
    return {journal.key: journal for journal in _journals("WHERE j.key = ANY(%s)", [keys])}


def _journals(where: str, params: list[Any]) -> list[Journal]:
    found = rows(
        "SELECT j.key, j.kind, j.reference_id, j.booked_at, array_agg(a.name ORDER BY p.id), "
        "array_agg(p.amount_minor ORDER BY p.id), array_agg(p.currency ORDER BY p.id) FROM ledger_journal j "
        "LEFT JOIN (ledger_posting p JOIN ledger_account a ON a.id = p.account_id) ON p.journal_id = j.id "
        f"{where} GROUP BY j.id ORDER BY j.id",
        params,
    )
    return [
        Journal(
            kind=JournalKind(kind),
            key=key,
            reference_id=reference_id,
            postings=tuple(
                Posting(account, Money(amount, currency))
                for account, amount, currency in zip(accounts, amounts, currencies, strict=True)
                if account is not None
            ),
            at=booked_at,
        )
        for key, kind, reference_id, booked_at, accounts, amounts, currencies in found
    ]


def _balance(found: tuple[Any, ...]) -> Balance:
    name, word, currency, signed = found
    kind = AccountKind(word)
    return Balance(account=name, kind=kind, balance=Money(natural(kind, signed), currency))
