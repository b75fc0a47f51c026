"""What changes stock. Every function is one set-based statement, plus one for events when a row crosses zero.

The SQL is in `statements.py`. Rows of stock are always locked in (SKU, warehouse) order, whatever order lines
come in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel import metrics
from jishi.kernel.db import require_transaction, rows
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import SkuId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.inventory import queries, statements
from jishi.offering.inventory.events import StockCameBack, StockRanOut
from jishi.offering.inventory.lines import columns, shortages, tell_came_back
from jishi.offering.inventory.types import StockLine


class OutOfStock(Conflict):
    """Some lines cannot be had; `shortages` names each with what is wanted and what is left."""

    code = "out_of_stock"
    message = Text(zh="部分商品库存不足", en="Some goods are out of stock")


class NotReserved(Conflict):
    """More is to be shipped or released than is left of the reservation."""

    code = "not_reserved"
    message = Text(zh="这些商品没有足够的预留库存", en="Not that many pieces are reserved any more")


def reserve(lines: Sequence[StockLine], *, now: datetime) -> None:
    """Reserve every line or none, inside the caller's transaction; call it last, and roll back when it
    raises.

    A second call for the same owner and SKU adds to the first. Who has no chance is refused without waiting
    for a lock. Raises: OutOfStock (409), naming every SKU that fell short.
    """
    require_transaction("a reservation")
    found = rows(statements.RESERVE, {**columns(lines), "now": now})
    if not all(fits for *_, fits in found):
        metrics.STOCK_CONFLICTS.inc()
        raise OutOfStock(shortages=shortages(found))
    publish(
        *(
            StockRanOut(sku_id=sku_id, warehouse_id=warehouse_id, occurred_at=now)
            for sku_id, warehouse_id, wanted, available, _ in found
            if available == wanted
        )
    )


def release(owner_ids: Sequence[UUID], *, now: datetime) -> None:
    """Give back all that is left of the owners' reservations. Safe to call again."""
    require_transaction("a release")
    tell_came_back(rows(statements.RELEASE_OWNERS, {"owners": list(owner_ids)}), now)


def release_lines(lines: Sequence[StockLine], *, now: datetime) -> None:
    """Give back some reserved pieces. Raises: NotReserved (409) when less than that is left; then nothing is
    changed.
    """
    require_transaction("a release")
    found = rows(statements.RELEASE_LINES, columns(lines))
    _require_reserved(found)
    tell_came_back([(sku, warehouse, quantity, before) for sku, warehouse, quantity, before, _ in found], now)


def ship(lines: Sequence[StockLine], *, reference: str, now: datetime, staff_id: UUID | None = None) -> None:
    """Turn reserved pieces into pieces that left the warehouse; `reference` names the parcel.

    Raises: NotReserved (409) when less than that is reserved; then nothing is changed.
    """
    require_transaction("a shipment")
    found = rows(statements.SHIP, {**columns(lines), **_movement(lines, reference, now, staff_id)})
    _require_reserved(found)


def take_back(
    lines: Sequence[StockLine],
    *,
    restock: bool,
    reference: str,
    now: datetime,
    staff_id: UUID | None = None,
) -> None:
    """Book returned pieces: back on the shelf, or received and scrapped at once."""
    require_transaction("a return")
    parameters = {**columns(lines), **_movement(lines, reference, now, staff_id), "restock": restock}
    parameters["scrap_ids"] = [new_id() for _ in lines]
    found = rows(statements.TAKE_BACK, parameters)
    if restock:
        tell_came_back(found, now)


def tell_catalogue(event: StockRanOut | StockCameBack, *, now: datetime) -> None:
    """Handle a crossing: write into the catalogue whether the SKU can be had anywhere. Always writes the
    present truth. The product is touched even if it can be had as before: perhaps from elsewhere.
    """
    refresh_in_stock([event.sku_id], now=now)
    catalog.touch_products_of([event.sku_id], now=now)


def refresh_in_stock(sku_ids: Sequence[SkuId], *, now: datetime) -> None:
    """Make the catalogue's stock flags agree with the stock, inside the caller's transaction.

    The catalogue's rows are locked before stock is read, so of two refreshes the later one sees the later
    truth.
    """
    catalog.lock_skus(sku_ids)
    available = queries.availability(sku_ids)
    catalog.mark_in_stock({sku_id: available.get(sku_id, 0) > 0 for sku_id in sku_ids}, now=now)


def _movement(
    lines: Sequence[StockLine], reference: str, now: datetime, staff_id: UUID | None
) -> dict[str, Any]:
    return {"ids": [new_id() for _ in lines], "reference": reference, "now": now, "staff": staff_id}


def _require_reserved(found: Sequence[tuple[Any, ...]]) -> None:
    if not all(fits for *_, fits in found):
        raise NotReserved
