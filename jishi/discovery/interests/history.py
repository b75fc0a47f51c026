"""The browsing history in Valkey: products by the time of their last view."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from jishi.kernel.ids import ProductId, UserId, VisitorId
from jishi.kernel.recent import Recent

KEPT = timedelta(days=90)
VIEWS = Recent(prefix="history", purpose="history", length_max=200, kept=KEPT)


def remember(owner_id: UUID, product_id: ProductId, *, now: datetime) -> None:
    """Put a product at the head of somebody's history."""
    VIEWS.remember(owner_id, product_id.bytes, now=now)


def latest(
    owner_id: UUID, *, before: datetime | None, limit: int, now: datetime
) -> list[tuple[ProductId, datetime]]:
    """Return up to `limit` products with their last view, the latest first, those viewed before an instant."""
    found = VIEWS.latest(owner_id, before=before, limit=limit, now=now)
    return [(ProductId(UUID(bytes=member)), at) for member, at in found]


def forget(owner_id: UUID, product_ids: Sequence[ProductId] | None = None) -> None:
    """Drop products from somebody's history, all of it when None. Raises: Away, for nothing was dropped."""
    VIEWS.forget(owner_id, None if product_ids is None else [one.bytes for one in product_ids])


def merge(*, visitor: VisitorId, buyer: UserId) -> None:
    """Bring what a visitor looked at into the history of the buyer he turned out to be. Safe to call again."""
    VIEWS.merge(visitor=visitor, buyer=buyer)
