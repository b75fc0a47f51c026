"""Writes of the ledger: there is one, and it only adds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import new_id
from jishi.kernel.money import Money
from jishi.kernel.tables import MONTHS_AHEAD, id_floor
from jishi.money.ledger import queries
from jishi.money.ledger.rules import imbalance, kind_of
from jishi.money.ledger.types import Journal


class Unbalanced(ProgrammingError):
    """A journal that does not sum to zero in some currency."""


class KeyTaken(ProgrammingError):
    """The key was used before for another booking."""


def post(journal: Journal) -> bool:
    """Book one journal; return False when it was booked before. Raises: Unbalanced, KeyTaken."""
    return post_all([journal]) == 1


def post_all(journals: Sequence[Journal]) -> int:
    """Book all journals that are not booked yet, inside the caller's transaction; return how many were new.

    One statement; two more when an account is new, and another when some were booked before, which must then be
    the same to the cent.
    Raises: Unbalanced, KeyTaken; ProgrammingError outside a transaction or for an account outside the chart.
    """
    require_transaction("a ledger journal")
    _check(journals)
    if not journals:
        return 0
    identified = [(new_id(), journal) for journal in sorted(journals, key=lambda one: one.key)]
    booked = _insert(identified)
    if booked is None:
        _open_accounts(journals)
        booked = _insert(identified)
    if booked is None:
        raise ProgrammingError("an account was opened and is not there")
    old = [journal for journal_id, journal in identified if journal_id not in booked]
    if old:
        _check_same(old)
    return len(booked)


def open_accounts(names: Sequence[str]) -> dict[str, int]:
    """Open what is missing of these accounts inside the caller's transaction; return their ids by name.

    For whoever books by the million; everybody else lets `post` do it. Raises: ProgrammingError for a name
    outside the chart.
    """
    require_transaction("opening an account")
    _open(sorted(set(names)))
    return dict(rows("SELECT name, id FROM ledger_account WHERE name = ANY(%s::text[])", [list(names)]))


def open_months(*, now: datetime, months: int = MONTHS_AHEAD) -> None:
    """Make the partitions of this month and the `months` next. Safe to repeat.

    By a function of the database that runs as the ledger's owner: the market's own role may not make them.
    """
    for first in _firsts(now, months):
        following = _next_month(first)
        execute(
            "SELECT ledger_open_month(%s, %s, %s)",
            [f"ledger_posting_y{first:%Y}m{first:%m}", id_floor(first), id_floor(following)],
        )


def _firsts(now: datetime, months: int) -> Iterator[datetime]:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months + 1):
        yield first
        first = _next_month(first)


def _next_month(first: datetime) -> datetime:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _check(journals: Sequence[Journal]) -> None:
    for journal in journals:
        if missing := imbalance(journal.postings):
            raise Unbalanced(f"{journal.key} misses zero by {missing}")
    if len({journal.key for journal in journals}) != len(journals):
        raise KeyTaken("two journals of one call share a key")


def _open_accounts(journals: Sequence[Journal]) -> None:
    # In the order of their names, so that two transactions never wait for each other in a circle.
    _open(sorted({posting.account for journal in journals for posting in journal.postings}))


def _open(names: Sequence[str]) -> None:
    execute(
        "INSERT INTO ledger_account (name, kind) SELECT wanted.name, wanted.kind "
        "FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS wanted(name, kind, place) "
        "WHERE NOT EXISTS (SELECT 1 FROM ledger_account known WHERE known.name = wanted.name) "
        "ORDER BY wanted.place ON CONFLICT (name) DO NOTHING",
        [list(names), [kind_of(name).value for name in names]],
    )


def _insert(journals: list[tuple[UUID, Journal]]) -> set[UUID] | None:
    """Book what is not booked yet and return it; None, and nothing is booked, while an account is missing."""
    booked = [
        {
            "id": journal_id,
            "key": journal.key,
            "kind": journal.kind,
            "reference_id": journal.reference_id,
            "booked_at": journal.at,
        }
        for journal_id, journal in journals
    ]
    postings = [
        {"id": new_id(), "journal_id": journal_id, "account": posting.account, **_columns(posting.amount)}
        for journal_id, journal in journals
        for posting in journal.postings
    ]
    values = {
        "journals": msgspec.json.encode(booked).decode(),
        "postings": msgspec.json.encode(postings).decode(),
    }
    ((is_complete, journal_ids),) = rows(_INSERT, values)
    return set(journal_ids) if is_complete else None


def _columns(amount: Money) -> dict[str, object]:
    return {"amount_minor": amount.amount_minor, "currency": amount.currency}


_INSERT = """
WITH wanted AS MATERIALIZED (
    SELECT wanted.*, account.id AS account_id
    FROM jsonb_to_recordset(%(postings)s::jsonb)
        AS wanted (id uuid, journal_id uuid, account text, amount_minor bigint, currency text)
    LEFT JOIN ledger_account account ON account.name = wanted.account
), whole AS MATERIALIZED (
    SELECT NOT EXISTS (SELECT FROM wanted WHERE account_id IS NULL) AS is_complete
), booked AS (
    INSERT INTO ledger_journal (id, key, kind, reference_id, booked_at)
    SELECT id, key, kind, reference_id, booked_at FROM jsonb_to_recordset(%(journals)s::jsonb)
        AS journal (id uuid, key text, kind text, reference_id uuid, booked_at timestamptz)
    WHERE (SELECT is_complete FROM whole)
    ON CONFLICT (key) DO NOTHING RETURNING id
), posted AS (
    INSERT INTO ledger_posting (id, journal_id, account_id, amount_minor, currency)
    SELECT wanted.id, wanted.journal_id, wanted.account_id, wanted.amount_minor, wanted.currency
    FROM wanted JOIN booked ON booked.id = wanted.journal_id
)
SELECT is_complete, ARRAY(SELECT id FROM booked) FROM whole
"""


def _check_same(old: list[Journal]) -> None:
    known = queries.journals_by_key([journal.key for journal in old])
    for journal in old:
        booked = known[journal.key]
        if (booked.kind, booked.reference_id, booked.postings) != (
            journal.kind,
            journal.reference_id,
            journal.postings,
        ):
            raise KeyTaken(f"{journal.key} was booked before with other postings")
