"""Buckets: pieces set aside for one activity, sold out of it, and given back to everybody when it ends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jishi.kernel import metrics
from jishi.kernel.db import require_transaction, rows
from jishi.kernel.ids import SkuId
from jishi.kernel.outbox import publish
from jishi.offering.inventory import statements_buckets
from jishi.offering.inventory.events import StockRanOut
from jishi.offering.inventory.lines import columns, shortages, tell_came_back
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.types import StockLine


def cut(*, activity_id: UUID, sku_id: SkuId, quantity: int, now: datetime) -> int:
    """Set aside up to `quantity` available pieces of a SKU for an activity; return how many there were.

    The warehouses with the most pieces give first. Not for a second call: it would set aside as many again.
    """
    require_transaction("cutting a bucket")
    found = rows(statements_buckets.CUT, {"activity": activity_id, "sku": sku_id, "quantity": quantity})
    publish(
        *(
            StockRanOut(sku_id=sku, warehouse_id=warehouse, occurred_at=now)
            for sku, warehouse, pieces, available in found
            if pieces == available
        )
    )
    return sum(pieces for _, _, pieces, _ in found)


def reserve_from(activity_id: UUID, lines: Sequence[StockLine], *, now: datetime) -> None:
    """Reserve every line out of the activity's bucket or none; call it last, and roll back when it raises.

    Who has no chance is refused without waiting for a lock. Each owner comes once for a SKU and warehouse. What is
    released later goes back into the bucket while there is one. Raises: OutOfStock (409).
    """
    require_transaction("a reservation")
    found = rows(statements_buckets.RESERVE, {**columns(lines), "activity": activity_id, "now": now})
    if not all(fits for *_, fits in found):
        metrics.STOCK_CONFLICTS.inc()
        raise OutOfStock(shortages=shortages(found))


def close(activity_id: UUID, *, now: datetime) -> int:
    """Give back to everybody what is left in the buckets of an activity; return the pieces. Safe to call again."""
    require_transaction("closing a bucket")
    found = rows(statements_buckets.CLOSE, {"activity": activity_id})
    tell_came_back(found, now)
    return sum(pieces for _, _, pieces, _ in found)
