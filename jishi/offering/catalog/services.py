"""What changes the catalogue: writing and reviewing listings, moving them on and off the shelf, flags and
counters.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from jishi.identity.merchants.events import MerchantMoved, StoreChanged
from jishi.kernel import idempotency
from jishi.kernel.db import atomic, require_transaction, rows
from jishi.kernel.ids import MerchantId, ProductId, SharedProductId, SkuId, UserId
from jishi.offering.catalog import (
    queries_merchant,
    queries_versions,
    rules,
    services_offers,
    versions,
    writing,
)
from jishi.offering.catalog.changes import CHANGES_CHANNEL, shelf_changed, touch, touch_merchant
from jishi.offering.catalog.services_review import ForbiddenWords, NothingToReview, approve, reject, submit
from jishi.offering.catalog.services_shelf import put_on_shelf, take_off_shelf
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant, ProductWish, Rating, VersionStatus
from jishi.offering.catalog.versions import REASON_MAX, ProductChanged, UnderReview

__all__ = [
    "CHANGES_CHANNEL",
    "REASON_MAX",
    "ForbiddenWords",
    "NothingToReview",
    "ProductChanged",
    "UnderReview",
    "approve",
    "ban",
    "count_sold",
    "follow_merchant",
    "lock_skus",
    "mark_in_stock",
    "put_on_shelf",
    "reject",
    "reopen",
    "restore",
    "save_product",
    "set_rating",
    "submit",
    "take_off_shelf",
    "touch",
    "touch_merchant",
    "touch_products_of",
]


# -- writing ---------------------------------------------------------------------------------------


def save_product(
    *,
    merchant_id: MerchantId,
    wish: ProductWish,
    product_id: ProductId | None = None,
    version: int | None = None,
    shared_id: SharedProductId | None = None,
    key: str | None = None,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    """Keep a product as a draft: a new one, or the next version of one; what is live stays as it is.

    `version` is the one the product was read at. A new one may be an offer of a shared product, `shared_id`. Safe to
    call again: with the same `key` a new product is made once, and what the draft says already is no lost update.
    Raises: Invalid, NotFound, ProductChanged, UnderReview, SkuCodeTaken, GtinTaken, NotShared, OfferedAlready,
    KindFixed, KeyReused (409).
    """
    rules.check_shape(wish)
    with atomic():
        claimed = (
            idempotency.claim(owner=merchant_id, key=key, request=msgspec.json.encode([wish, shared_id]))
            if key and product_id is None
            else None
        )
        if claimed and not claimed.is_new:
            return queries_merchant.product_for_merchant(merchant_id, ProductId(claimed.the_result))
        wish = writing.checked(merchant_id, wish)
        if product_id is None:
            product = writing.new_product(merchant_id, wish, now)
            if shared_id is not None:
                services_offers.attach(product, wish, shared_id)
        else:
            product = versions.locked(merchant_id, product_id)
            if version is not None and version != product.version:
                if versions.says(product, wish):
                    return queries_merchant.product_for_merchant(merchant_id, product_id)
                raise ProductChanged(version=product.version)
            versions.require_kind(product, wish)
            if product.status == ListingStatus.BANNED:
                raise rules.MoveNotAllowed(status=product.status, wanted=ListingStatus.DRAFT.value)
        if claimed:
            idempotency.finish(claimed, product.id)
        versions.write(product, wish, staff_id, now)
        return queries_merchant.product_for_merchant(merchant_id, ProductId(product.id))


def restore(
    *,
    merchant_id: MerchantId,
    product_id: ProductId,
    number: int,
    version: int,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    """Write an earlier version anew as the draft; submit it to put it on sale. Safe to call again.

    `version` is the one the product was read at. Raises: NotFound, Invalid for what no longer exists (a category, a
    picture), ProductChanged, UnderReview, SkuCodeTaken, GtinTaken (409).
    """
    wish = queries_versions.wish_of(merchant_id, product_id, number)
    present = queries_merchant.product_for_merchant(merchant_id, product_id)
    if present.proposal is VersionStatus.DRAFT and present.wish == wish:
        return present
    return save_product(
        merchant_id=merchant_id, product_id=product_id, wish=wish, version=version, staff_id=staff_id, now=now
    )


# -- the shelf -------------------------------------------------------------------------------------


def ban(*, product_id: ProductId, reason: str, reviewer_id: UserId | None, now: datetime) -> None:
    """Take a product out of the market for breaking its rules. Raises: NotFound, Invalid, MoveNotAllowed
    (409).
    """
    reason = versions.checked_reason(reason)
    with atomic():
        product = versions.locked(None, product_id)
        versions.move(product, ListingStatus.BANNED, actor_id=reviewer_id, reason=reason, now=now)
        open_version = versions.open_version(product)
        if open_version is not None:
            versions.decide(open_version, VersionStatus.WITHDRAWN, reviewer_id, reason, now)
        versions.save(product, now)
        shelf_changed({product_id: now}, now=now)


def reopen(*, product_id: ProductId, reviewer_id: UserId | None, now: datetime) -> None:
    """Grant an appeal: a banned product becomes a draft again, to be reviewed anew. Raises: NotFound,
    MoveNotAllowed.
    """
    with atomic():
        product = versions.locked(None, product_id)
        versions.move(product, ListingStatus.DRAFT, actor_id=reviewer_id, reason="", now=now)
        last = versions.last_version(product)
        if last is not None:
            versions.keep(product, writing.read(last.wish), reviewer_id, now)
        versions.save(product, now)


# -- the sequence of changes, flags and counters ---------------------------------------------------


def follow_merchant(event: MerchantMoved | StoreChanged, *, now: datetime) -> None:
    """Handle news of a merchant: what shows his goods or his name is out of date."""
    touch_merchant(event.merchant_id, now=now)


def lock_skus(sku_ids: Sequence[SkuId]) -> None:
    """Lock the SKUs' rows until the transaction ends, in key order."""
    rows(
        "SELECT id FROM catalog_sku WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE", [list(sku_ids)]
    )


def mark_in_stock(flags: Mapping[SkuId, bool], *, now: datetime) -> None:
    """Note whether SKUs can be had at all; products of which a SKU's answer changes are touched."""
    changed = rows(
        "WITH flag AS (SELECT * FROM unnest(%(ids)s::uuid[], %(flags)s::bool[]) AS flag (id, in_stock)), "
        "marked AS (UPDATE catalog_sku s SET in_stock = flag.in_stock FROM flag "
        "WHERE s.id = flag.id AND s.in_stock <> flag.in_stock RETURNING s.id, s.product_id, s.in_stock), "
        "summed AS (SELECT s.product_id, bool_or(coalesce(marked.in_stock, s.in_stock)) AS in_stock "
        "FROM catalog_sku s LEFT JOIN marked ON marked.id = s.id "
        "WHERE s.is_active AND s.product_id IN (SELECT product_id FROM marked) GROUP BY s.product_id), "
        "noted AS (UPDATE catalog_product p SET in_stock = summed.in_stock FROM summed "
        "WHERE p.id = summed.product_id AND p.in_stock <> summed.in_stock) "
        "SELECT DISTINCT product_id FROM marked ORDER BY 1",
        {"ids": list(flags), "flags": list(flags.values())},
    )
    touch([ProductId(product_id) for (product_id,) in changed], now=now)


def touch_products_of(sku_ids: Sequence[SkuId], *, now: datetime) -> None:
    """Touch the products of SKUs, in the caller's transaction: where they are kept has changed; indexes tell."""
    found = rows("SELECT DISTINCT product_id FROM catalog_sku WHERE id = ANY(%s::uuid[])", [list(sku_ids)])
    touch([ProductId(product_id) for (product_id,) in found], now=now)


def count_sold(pairs: Sequence[tuple[ProductId, int]], *, now: datetime) -> None:
    """Add sold pieces (negative: taken back) to the products' counters, in the caller's transaction."""
    require_transaction("counting sales")
    counted = rows(
        "WITH sold AS (SELECT id, sum(pieces) AS pieces FROM "
        "unnest(%s::uuid[], %s::bigint[]) AS sold (id, pieces) GROUP BY id), locked AS (SELECT p.id, "
        "sold.pieces FROM catalog_product p JOIN sold USING (id) "
        "ORDER BY p.id FOR NO KEY UPDATE OF p) "
        "UPDATE catalog_product p SET sold_count = greatest(0, p.sold_count + locked.pieces) FROM locked "
        "WHERE p.id = locked.id RETURNING p.id",
        [[product_id for product_id, _ in pairs], [pieces for _, pieces in pairs]],
    )
    touch([ProductId(product_id) for (product_id,) in counted], now=now)


def set_rating(product_id: ProductId, rating: Rating | None, *, now: datetime) -> None:
    """Note what buyers think of a product now (None: nobody has said), in the caller's transaction."""
    require_transaction("rating a product")
    average, count = (rating.average_hundredths, rating.count) if rating else (0, 0)
    changed = rows(
        "UPDATE catalog_product SET rating_hundredths = %s, review_count = %s "
        "WHERE id = %s AND (rating_hundredths, review_count) <> (%s, %s) RETURNING id",
        [average, count, product_id, average, count],
    )
    touch([ProductId(one) for (one,) in changed], now=now)
