"""Which orders of pre-sales are to be told of their balance: once when it is due, once before its time ends."""

from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.db import execute, row, rows
from jishi.kernel.ids import OrderId

AT_ONCE = 1_000
DUE, ENDING = 1, 2
# Its time ends soon a day before; in the second half of a window that is shorter than two days. Who is told so late
# for the first time hears the last word alone.
_OWED = f"""
FROM presale_claim c JOIN presale p ON p.id = c.presale_id
CROSS JOIN LATERAL (SELECT CASE WHEN %(now)s >= p.balance_until_at
    - least(interval '1 day', (p.balance_until_at - p.balance_from_at) / 2) THEN {ENDING} ELSE {DUE} END AS news) due
WHERE p.balance_from_at <= %(now)s AND p.balance_until_at > %(now)s AND c.told < due.news
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceNews:
    """What an order is told of its balance; `before` is how far it was told until now."""

    order_id: OrderId
    is_ending: bool
    until: datetime
    before: int


def orders_to_tell(*, now: datetime, after: OrderId | None = None) -> list[OrderId]:
    """Return the orders that were not told yet, by id and behind `after`, a thousand at most. Some may be paid."""
    found = rows(
        f"SELECT c.order_id {_OWED} AND (%(after)s::uuid IS NULL OR c.order_id > %(after)s) "
        f"ORDER BY c.order_id LIMIT {AT_ONCE}",
        {"now": now, "after": after},
    )
    return [OrderId(order_id) for (order_id,) in found]


def mark_told(order_id: OrderId, *, now: datetime) -> BalanceNews | None:
    """Mark an order as told what it is owed, before the message goes; none when it was told, or nothing is due."""
    found = row(
        "UPDATE presale_claim claim SET told = owed.news FROM ("
        f"SELECT c.order_id, c.told, due.news, p.balance_until_at {_OWED} AND c.order_id = %(order)s FOR UPDATE OF c"
        ") owed WHERE claim.order_id = owed.order_id RETURNING owed.told, owed.news, owed.balance_until_at",
        {"now": now, "order": order_id},
    )
    if found is None:
        return None
    before, news, until = found
    return BalanceNews(order_id=order_id, is_ending=news == ENDING, until=until, before=before)


def unmark_told(news: BalanceNews) -> None:
    """Take a mark back: the message was refused."""
    execute("UPDATE presale_claim SET told = %s WHERE order_id = %s", [news.before, news.order_id])
