"""The sequence of changes: what caches and indexes follow."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from jishi.kernel import cache, hot
from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.ids import MerchantId, ProductId, SharedProductId
from jishi.kernel.outbox import publish
from jishi.offering.catalog import queries, queries_offers, queries_prices
from jishi.offering.catalog.events import OffersChanged

CHANGES_CHANNEL = "catalog_change"
WAKE_SECONDS_MIN = 0.05

# What touches an offer touches all offers of the same thing: each one's page shows the others. Those are answered.
_TOUCHED = """grouped AS (
    SELECT DISTINCT shared_product_id AS id FROM catalog_product
    WHERE id = ANY(%(ids)s::uuid[]) AND shared_product_id IS NOT NULL
), offer AS (
    SELECT p.id, p.shared_product_id FROM catalog_product p JOIN grouped ON p.shared_product_id = grouped.id
), entered AS (
    INSERT INTO catalog_change (transaction, product_id, changed_at)
    SELECT pg_current_xact_id()::text::bigint, id, %(now)s FROM (
        SELECT id FROM unnest(%(ids)s::uuid[]) AS id
        UNION ALL SELECT id FROM offer WHERE id <> ALL(%(ids)s::uuid[])
    ) one
)
SELECT id, shared_product_id FROM offer
"""
# What each SKU is offered at now (NULL: it is not for sale), where that is not what its history ends with.
_NOTE_OFFERS = f"""
WITH offered AS (
    SELECT s.id, s.currency, last.price_minor AS last_minor,
           greatest(moment.at, last.offered_from + interval '1 microsecond') AS at,
           CASE WHEN p.status = 'live' AND s.is_active THEN s.price_minor END AS price_minor
    FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) AS moment (product_id, at)
    JOIN catalog_product p ON p.id = moment.product_id
    JOIN catalog_sku s ON s.product_id = p.id
    LEFT JOIN LATERAL (SELECT h.offered_from, h.price_minor FROM catalog_price h WHERE h.sku_id = s.id
                       ORDER BY h.offered_from DESC LIMIT 1) last ON true
), noted AS (
    INSERT INTO catalog_price (sku_id, offered_from, price_minor, lowest_before_minor, currency)
    SELECT id, at, price_minor, ({queries_prices.lowest_sql("h.price_minor", sku="offered.id", moment="offered.at")}),
           currency
    FROM offered WHERE price_minor IS DISTINCT FROM last_minor
)
"""


def touch(product_ids: Sequence[ProductId], *, now: datetime) -> None:
    """Append the products to the change sequence, in the caller's transaction: indexes will follow.

    After the commit what was cached of them is dropped here and now.
    """
    require_transaction("a change of the catalogue")
    if not product_ids:
        return
    _touched(product_ids, rows(f"WITH {_TOUCHED}", {"now": now, "ids": list(product_ids)}), now)


def shelf_changed(moments: Mapping[ProductId, datetime], *, now: datetime) -> None:
    """Note what the SKUs of products are offered at since a moment each, and touch the products: one statement.

    For whoever changed what is live, in his transaction. A moment that does not lie behind the last one of a SKU's
    history counts as right behind it: the clocks of two machines differ.
    """
    require_transaction("a change of what is on the shelf")
    params = {"now": now, "ids": list(moments), "moments": list(moments.values())}
    _touched(list(moments), rows(f"{_NOTE_OFFERS}, {_TOUCHED}", params), now)
    forget_on_commit([queries.LISTS_TAG])


def touch_offers(shared_id: SharedProductId, *, now: datetime) -> None:
    """Touch all offers of a shared product without a new choice among them: it was just made."""
    require_transaction("a new choice among offers")
    product_ids = queries_offers.offers_of(shared_id)
    if product_ids:
        rows(f"WITH {_TOUCHED}", {"now": now, "ids": product_ids})
        _forget_products([*product_ids, shared_id])


def _touched(product_ids: Sequence[ProductId], offers: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    shared_ids = list(dict.fromkeys(shared_id for _, shared_id in offers))
    _forget_products([*product_ids, *(product_id for product_id, _ in offers), *shared_ids])
    publish(*(OffersChanged(shared_id=SharedProductId(one), occurred_at=now) for one in shared_ids))


def _forget_products(ids: Sequence[UUID]) -> None:
    forget_on_commit([queries.product_tag(ProductId(one)) for one in dict.fromkeys(ids)])
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
