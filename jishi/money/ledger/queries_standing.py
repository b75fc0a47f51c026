"""What stands on accounts of any size, for pages that people look at.

The sum of what is past is kept in Valkey and made anew from the postings every night; what is newer is summed when
asked. Whatever is decided about money asks `queries.balance`, which sums everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from jishi.kernel import cache
from jishi.kernel.db import row, rows
from jishi.kernel.tables import id_floor

KEY = "ledger:standing"
BEGINNING = UUID(int=0)
LAST_DAY = timedelta(days=1)
_NEWER = """
SELECT account_id, sum(amount_minor)::bigint FROM ledger_posting
WHERE account_id = ANY(%s) AND id >= %s GROUP BY 1
"""
_SUM = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM ledger_posting WHERE id >= %s AND journal_id >= %s"


@dataclass(frozen=True, slots=True)
class Standing:
    """The sums of all postings with an id below `before`, in minor units by account, debits positive."""

    before: UUID = BEGINNING
    amounts_minor: dict[int, int] = field(default_factory=dict)


def kept() -> Standing:
    """Return what is kept; without Valkey nothing is, and every sum starts at the first posting."""
    found = cache.get_bytes(KEY)
    return msgspec.json.decode(found, type=Standing) if found else Standing()


def standing(account_ids: Sequence[int]) -> dict[int, int]:
    """Return what stands on accounts in minor units, debits positive; one statement over what is new."""
    past = kept()
    newer = dict(rows(_NEWER, [list(account_ids), past.before]))
    return {one: past.amounts_minor.get(one, 0) + newer.get(one, 0) for one in account_ids}


def imbalance_minor(*, now: datetime) -> int:
    """Return what all debits and credits differ by, in minor units: 0 unless the books are broken.

    What is kept plus what is newer; when nothing is kept, the last day alone, so that asking stays cheap.
    """
    past = kept()
    if past.amounts_minor:
        since, journals_since = past.before, BEGINNING
    else:  # whole journals: one whose postings lie on both sides of the moment is left out
        since = journals_since = id_floor(now - LAST_DAY)
    found = row(_SUM, [since, journals_since])
    return abs(sum(past.amounts_minor.values()) + (found[0] if found else 0))
