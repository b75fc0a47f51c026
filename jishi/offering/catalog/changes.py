"""The sequence of changes: what caches and indexes follow."""

import time
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError, transaction

from jishi.kernel import cache, hot
from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.ids import MerchantId, ProductId
from jishi.offering.catalog import queries

CHANGES_CHANNEL = "catalog_change"
WAKE_SECONDS_MIN = 0.05


def touch(product_ids: Sequence[ProductId], *, now: datetime) -> None:
    """Append the products to the change sequence, in the caller's transaction: indexes will follow.

    After the commit what was cached of them is dropped here and now.
    """
    require_transaction("a change of the catalogue")
    if not product_ids:
        return
    execute(
        "INSERT INTO catalog_change (transaction, product_id, changed_at) "
        "SELECT pg_current_xact_id()::text::bigint, id, %s FROM unnest(%s::uuid[]) AS id",
        [now, list(product_ids)],
    )
    forget_on_commit([queries.product_tag(product_id) for product_id in product_ids])
    transaction.on_commit(_wake_indexers)


_woken_at = 0.0


def _wake_indexers() -> None:
    """Tell the indexers after the commit, and not too often; what is not told is found by their next poll."""
    global _woken_at  # noqa: PLW0603 - one throttle per process
    moment = time.monotonic()
    if moment - _woken_at < WAKE_SECONDS_MIN:
        return
    _woken_at = moment
    try:
        execute(f"NOTIFY {CHANGES_CHANNEL}")
    except DatabaseError:
        _woken_at = 0.0


def touch_merchant(merchant_id: MerchantId, *, now: datetime) -> None:
    """Append all live products of a merchant to the change sequence: he was suspended, came back or changed
    his name.
    """
    touch(
        [
            ProductId(product_id)
            for (product_id,) in rows(
                "SELECT id FROM catalog_product WHERE merchant_id = %s AND status = 'live'", [merchant_id]
            )
        ],
        now=now,
    )
    forget_on_commit([queries.LISTS_TAG])


def purge_changes(*, before: datetime) -> int:
    """Remove entries of the change sequence made before the instant; return how many."""
    return execute("DELETE FROM catalog_change WHERE changed_at < %s", [before])


def forget_on_commit(tags: Sequence[str]) -> None:
    """Drop cached answers once the caller's transaction is committed."""

    def drop() -> None:
        cache.purge(*tags)
        hot.forget(*tags)

    transaction.on_commit(drop)
