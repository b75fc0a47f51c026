"""Keeps the sums that `queries_standing` starts from."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from jishi.kernel import cache
from jishi.kernel.db import rows
from jishi.kernel.tables import id_floor
from jishi.money.ledger.queries_standing import KEY, Standing, kept

# No transaction stays open for so long: every posting with an older id is there to be seen.
SETTLED = timedelta(hours=1)
KEPT_SECONDS = 7 * 86_400
_BETWEEN = """
SELECT account_id, sum(amount_minor)::bigint FROM ledger_posting WHERE id >= %s AND id < %s GROUP BY 1
"""


def keep_standing(*, now: datetime, anew: bool = False) -> None:
    """Add what was booked since the last time, or with `anew` sum every posting from the first."""
    past, before = Standing() if anew else kept(), id_floor(now - SETTLED)
    sums = Counter(past.amounts_minor)
    sums.update(dict(rows(_BETWEEN, [past.before, before])))
    standing = Standing(max(past.before, before), dict(sums))
    cache.set_bytes(KEY, msgspec.json.encode(standing), seconds=KEPT_SECONDS)
