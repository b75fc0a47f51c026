"""Shared products: whose the products of a category are, who offers what, and which offer is the best.

An offer stays a product of its merchant: nothing here touches SKUs, prices or stock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, require_transaction, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SharedProductId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_offers, rules_offers
from jishi.offering.catalog.changes import forget_on_commit, touch, touch_offers
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.models_offers import SharedProduct
from jishi.offering.catalog.queries import LISTS_TAG
from jishi.offering.catalog.types import ProductWish, Rating
from jishi.offering.catalog.types_offers import Candidate, CategoryMode


class NotShared(Conflict):
    """Products of the category belong to their merchants alone."""

    code = "category_not_shared"
    message = Text(
        zh="该类目的商品归各商家所有,不能合并或跟卖",
        en="Products of this category belong to their merchants alone",
    )


class OfferedAlready(Conflict):
    """The merchant has an offer of it; `product_id` says which."""

    code = "offered_already"
    message = Text(
        zh="您已在售此商品,请直接修改原有商品", en="You offer this already; change that product instead"
    )


class StillShared(Conflict):
    """Several merchants still sell one thing in the category."""

    code = "still_shared"
    message = Text(
        zh="该类目下仍有多个商家共同销售的商品,请先拆分",
        en="Several merchants still sell the same products in this category; split them first",
    )


# -- whose the products of a category are ----------------------------------------------------------


def set_mode(*, category_id: UUID, mode: CategoryMode, actor: UserId | None, now: datetime) -> None:
    """Say whose the products of a category and all below it are (`inherited`: as its parent says). What is on sale
    where they are shared becomes a shared product each.

    Raises: NotFound, StillShared (409) when a category with shared offers would become its merchants' own.
    """
    with atomic():
        if not execute("UPDATE catalog_category SET mode = %s WHERE id = %s", [mode.value, category_id]):
            raise NotFound
        follow_modes(now=now)
        audit.record(
            actor=actor,
            actor_kind="platform" if actor else "system",
            action="category.mode",
            subject_kind="category",
            subject_id=category_id,
            merchant_id=None,
            data={"mode": mode.value},
            now=now,
        )


def follow_modes(*, now: datetime) -> None:
    """Make what is on sale what the modes of the tree say, in the transaction that changed them.

    Raises: StillShared (409).
    """
    require_transaction("following the modes of categories")
    modes = queries_offers.modes()
    shared = [one for one, mode in modes.items() if mode is CategoryMode.SHARED]
    if rows(_OFFERS_ELSEWHERE, [shared]):
        raise StillShared
    ensure_shared([ProductId(one) for (one,) in rows(_LONE, [shared])], now=now)


_OFFERS_ELSEWHERE = """
SELECT shared_product_id FROM catalog_product
WHERE shared_product_id IS NOT NULL AND category_id <> ALL(%s::uuid[])
GROUP BY 1 HAVING count(*) > 1 LIMIT 1
"""
_LONE = """
SELECT id FROM catalog_product
WHERE category_id = ANY(%s::uuid[]) AND shared_product_id IS NULL AND status IN ('live', 'off_shelf') ORDER BY id
"""


def require_shared(category_id: UUID) -> None:
    """Raises: NotShared (409) unless the products of the category are shared."""
    if queries_offers.mode_of(CategoryId(category_id)) is not CategoryMode.SHARED:
        raise NotShared


# -- who is an offer of what -----------------------------------------------------------------------


def ensure_shared(product_ids: Sequence[ProductId], *, now: datetime) -> None:
    """Make a shared product of each product that is an offer of none, in the caller's transaction."""
    require_transaction("making shared products")
    if not product_ids:
        return
    values = {"products": list(product_ids), "shared": [new_id() for _ in product_ids], "now": now}
    execute(_FOUND, values)
    execute(_LINK, values)


# What it says of its axes leaves the pictures out: those are the merchant's.
_FOUND = """
INSERT INTO catalog_shared_product (id, category_id, brand_id, title_zh, title_en, name_key, gtin, model, axes,
                                    attributes, offers, created_at)
SELECT given.shared, p.category_id, p.brand_id, p.title_zh, p.title_en,
       left(regexp_replace(lower(p.title_zh),
                           '[[:space:][:punct:]，。、·（）【】《》！？：；／｜－—]+', '', 'g'), 120),
       left(coalesce(p.attributes ->> 'gtin', ''), 14), left(coalesce(p.attributes ->> 'model', ''), 60),
       (SELECT coalesce(jsonb_agg(axis - 'values' || jsonb_build_object('values',
            (SELECT jsonb_agg(value - 'media') FROM jsonb_array_elements(axis -> 'values') value))), '[]')
        FROM jsonb_array_elements(p.axes) axis),
       p.attributes, '[]', %(now)s
FROM unnest(%(products)s::uuid[], %(shared)s::uuid[]) AS given (product, shared)
JOIN catalog_product p ON p.id = given.product AND p.shared_product_id IS NULL
"""
_LINK = """
UPDATE catalog_product p SET shared_product_id = given.shared
FROM unnest(%(products)s::uuid[], %(shared)s::uuid[]) AS given (product, shared)
WHERE p.id = given.product AND p.shared_product_id IS NULL
"""


def attach(product: Product, wish: ProductWish, shared_id: SharedProductId) -> None:
    """Make a new product an offer of a shared one, in the caller's transaction.

    Raises: Invalid for a shared product that is not there or of another category or brand, NotShared,
    OfferedAlready (409).
    """
    shared = SharedProduct.objects.filter(id=shared_id, merged_into=None).first()
    if shared is None:
        raise Invalid(field="shared_product_id")
    if shared.category_id != wish.category_id:
        raise Invalid(field="wish.category_id", reason="another than that of the shared product")
    if shared.brand_id and shared.brand_id != wish.brand_id:
        raise Invalid(field="wish.brand_id", reason="another than that of the shared product")
    require_shared(shared.category_id)
    own = Product.objects.of_merchant(MerchantId(product.merchant_id)).filter(shared_product_id=shared_id)
    found = own.exclude(status="banned").exclude(id=product.id).first()
    if found is not None:
        raise OfferedAlready(product_id=str(found.id))
    product.shared_product_id = shared_id
    product.save(update_fields=["shared_product_id"])


def follow_version(product: Product, *, now: datetime) -> None:
    """Make a product that goes live what its category says: where products are shared, one of its own unless it is an
    offer of the same category already. In the caller's transaction.
    """
    shared = product.shared_product
    is_shared = queries_offers.mode_of(CategoryId(product.category_id)) is CategoryMode.SHARED
    if shared is not None and (not is_shared or shared.category_id != product.category_id):
        product.shared_product_id = None
        Product.objects.across_merchants().filter(id=product.id).update(
            shared_product_id=None, is_front=True, merchant_count=1
        )
        touch(queries_offers.offers_of(SharedProductId(shared.id)), now=now)
        shared = None
    if is_shared and shared is None:
        ensure_shared([ProductId(product.id)], now=now)


# -- the best offer --------------------------------------------------------------------------------


def lock_shared(shared_id: SharedProductId) -> None:
    """Lock a shared product until the transaction ends: one choice among its offers at a time."""
    require_transaction("choosing among offers")
    rows("SELECT id FROM catalog_shared_product WHERE id = %s FOR NO KEY UPDATE", [shared_id])


def keep_best(
    shared_id: SharedProductId, candidates: Iterable[Candidate], rating: Rating | None, *, now: datetime
) -> bool:
    """Keep which of the live offers is the best, and what buyers think of the thing whoever sells it; say whether
    that is new. In the caller's transaction, after `lock_shared`.
    """
    require_transaction("keeping the best offer")
    standings = rules_offers.ranked(candidates)
    average, count = (rating.average_hundredths, rating.count) if rating else (0, 0)
    kept = {
        "shared": shared_id,
        "offers": msgspec.json.encode(standings).decode(),
        "front": standings[0].product_id if standings else None,
        "average": average,
        "reviews": count,
    }
    changed = execute(_KEEP_OFFERS, kept) + execute(_KEEP_FLAGS, kept)
    if changed:
        touch_offers(shared_id, now=now)
        forget_on_commit([LISTS_TAG])
    return changed > 0


_KEEP_OFFERS = """
UPDATE catalog_shared_product SET offers = %(offers)s::jsonb
WHERE id = %(shared)s AND offers <> %(offers)s::jsonb
"""
# Locked in order of id, as all who change several products do.
_KEEP_FLAGS = """
WITH locked AS (
    SELECT p.id, CASE WHEN p.status = 'live' AND m.status = 'active' THEN p.id IS NOT DISTINCT FROM %(front)s::uuid
                 ELSE p.is_front END AS front,
           (SELECT greatest(count(DISTINCT o.merchant_id), 1) FROM catalog_product o JOIN merchants_merchant s
            ON s.id = o.merchant_id AND s.status = 'active'
            WHERE o.shared_product_id = %(shared)s AND o.status = 'live') AS merchants
    FROM catalog_product p JOIN merchants_merchant m ON m.id = p.merchant_id
    WHERE p.shared_product_id = %(shared)s ORDER BY p.id FOR NO KEY UPDATE OF p
)
UPDATE catalog_product p SET is_front = locked.front, merchant_count = locked.merchants,
    rating_hundredths = %(average)s, review_count = %(reviews)s
FROM locked WHERE p.id = locked.id AND (p.is_front, p.merchant_count, p.rating_hundredths, p.review_count)
    IS DISTINCT FROM (locked.front, locked.merchants::smallint, %(average)s::smallint, %(reviews)s::int)
"""
