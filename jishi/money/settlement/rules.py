"""Periods of statements and the moves of statements and payouts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from jishi.kernel.errors import ProgrammingError
from jishi.money.settlement.types import PayoutStatus, StatementStatus

CHINA = ZoneInfo("Asia/Shanghai")
CYCLES = ("t1", "weekly", "monthly")

STATEMENT_MOVES: Mapping[StatementStatus, frozenset[StatementStatus]] = {
    StatementStatus.OPEN: frozenset({StatementStatus.ISSUED}),
    StatementStatus.ISSUED: frozenset({StatementStatus.CONFIRMED, StatementStatus.DISPUTED}),
    StatementStatus.DISPUTED: frozenset({StatementStatus.ISSUED}),
    StatementStatus.CONFIRMED: frozenset({StatementStatus.PAID}),
    # Only a transfer that comes back from the merchant's bank opens a paid statement again.
    StatementStatus.PAID: frozenset({StatementStatus.CONFIRMED}),
}
PAYOUT_MOVES: Mapping[PayoutStatus, frozenset[PayoutStatus]] = {
    PayoutStatus.PENDING: frozenset({PayoutStatus.PROCESSING}),
    PayoutStatus.PROCESSING: frozenset({PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.RETURNED}),
    # A bank may send a transfer back days after it said that it had gone.
    PayoutStatus.PAID: frozenset({PayoutStatus.RETURNED}),
    PayoutStatus.FAILED: frozenset({PayoutStatus.PENDING}),
    PayoutStatus.RETURNED: frozenset({PayoutStatus.PENDING}),
}


def period_end(cycle: str, now: datetime) -> date:
    """Return the day (China time) before which a statement of this cycle takes everything: the end of its
    last period.

    `t1`: today, so that it covers yesterday; `weekly`: the last Monday; `monthly`: the first of this month.
    """
    today = now.astimezone(CHINA).date()
    match cycle:
        case "t1":
            return today
        case "weekly":
            return today - timedelta(days=today.weekday())
        case "monthly":
            return today.replace(day=1)
        case _:
            raise ProgrammingError(f"there is no statement cycle {cycle!r}")


def instant_of(day: date) -> datetime:
    """Return the instant at which a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
