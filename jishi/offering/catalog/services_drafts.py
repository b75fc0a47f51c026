"""Keeping many drafts at once: what saving does, in few statements for many products."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from django.conf import settings
from django.db.models import Model

from jishi.kernel.db import execute, lock, require_transaction, rows
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, ProductId, SkuId, UserId, new_id
from jishi.kernel.outbox import publish
from jishi.offering.catalog import queries_bulk, rules, rules_review, writing
from jishi.offering.catalog.events import ListingMoved
from jishi.offering.catalog.models import Product, ProductVersion
from jishi.offering.catalog.types import ListingStatus, ProductWish, VersionStatus
from jishi.offering.catalog.types_bulk import Draft, Known, Rulebook
from jishi.offering.catalog.types_review import Part

SHOWS_DRAFT = (ListingStatus.DRAFT.value, ListingStatus.IN_REVIEW.value, ListingStatus.REJECTED.value)


class ChangedMeanwhile(Exception):
    """Somebody gave codes to other products between looking and locking: look again."""


def checked(wish: ProductWish, book: Rulebook, *, for_review: bool) -> ProductWish:
    """Return the wish as it is stored; with `for_review` it must be all that buyers are to see. Asks no database.

    That its pictures are the merchant's is the caller's to know. Raises: Invalid (422), naming the field.
    """
    rules.check_shape(wish)
    place = book.categories.get(wish.category_id)
    if place is None or not place.is_open:
        raise Invalid(field="wish.category_id")
    if wish.brand_id and wish.brand_id not in book.brands:
        raise Invalid(field="wish.brand_id")
    normal = writing.normal(wish, place.in_force, media_url=settings.MEDIA_URL)
    if for_review:
        rules.check_complete(normal, place.attributes, is_leaf=place.is_leaf)
        if wish.brand_id in book.closed_brands:
            raise Invalid(field="wish.brand_id", reason="authorisation")
        _refuse_words(normal, book)
    return normal


def _refuse_words(wish: ProductWish, book: Rulebook) -> None:
    for found in rules_review.word_findings(wish, book.words):
        part = "attributes" if found.part is Part.ATTRIBUTE else found.part.value
        raise Invalid(field=f"wish.{part}.{found.of}", reason="word", word=found.word)


def lock_for(merchant_id: MerchantId, codes: Sequence[str]) -> Known:
    """Lock the products that have these SKU codes, and the codes of the merchant, until the transaction ends.

    In the order in which saving one product locks. Raises: ChangedMeanwhile.
    """
    require_transaction("writing many products")
    seen = queries_bulk.known_products(merchant_id, codes)
    rows(
        "SELECT id FROM catalog_product WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        [list(seen.products)],
    )
    lock(f"catalog.sku_codes:{merchant_id}")
    known = queries_bulk.known_products(merchant_id, codes)
    if not known.products.keys() <= seen.products.keys():
        raise ChangedMeanwhile
    return known


def keep_drafts(
    *,
    merchant_id: MerchantId,
    drafts: Sequence[Draft],
    staff_id: UserId | None,
    now: datetime,
) -> list[Draft]:
    """Keep checked wishes as drafts of new products or next versions of known ones.

    Inside the caller's transaction, after `lock_for` with all their codes; what is live stays as it is. Returns them
    with the ids of products and SKUs.
    """
    require_transaction("keeping drafts")
    numbered = [
        replace(
            one, wish=replace(one.wish, skus=[replace(s, id=s.id or SkuId(new_id())) for s in one.wish.skus])
        )
        for one in drafts
    ]
    new = [one for one in numbered if one.product_id is None]
    old = [one for one in numbered if one.product_id is not None]
    return [
        *_keep_new(merchant_id, new, staff_id=staff_id, now=now),
        *_keep_next(merchant_id, old, staff_id=staff_id, now=now),
    ]


def _keep_new(
    merchant_id: MerchantId,
    drafts: Sequence[Draft],
    *,
    staff_id: UserId | None,
    now: datetime,
) -> list[Draft]:
    if not drafts:
        return []
    entries = writing.pictures_of(merchant_id, [one.wish for one in drafts])
    products = []
    for one in drafts:
        product = Product(
            merchant_id=merchant_id, status=ListingStatus.DRAFT.value, version=1, updated_at=now
        )
        writing.apply(product, one.wish, entries)
        products.append(product)
    _insert(products)
    _add_versions([(p, one, 1) for p, one in zip(products, drafts, strict=True)], staff_id, now)
    pairs = [(product, one.wish) for product, one in zip(products, drafts, strict=True)]
    writing.write_skus(pairs, entries, is_active=True)
    return [
        replace(one, product_id=ProductId(product.id)) for product, one in zip(products, drafts, strict=True)
    ]


def _keep_next(
    merchant_id: MerchantId,
    drafts: Sequence[Draft],
    *,
    staff_id: UserId | None,
    now: datetime,
) -> list[Draft]:
    if not drafts:
        return []
    by_id = {product.id: product for product in _locked(merchant_id, drafts)}
    pairs = [(by_id[one.product_id], one) for one in drafts if one.product_id]
    _keep_versions(pairs, staff_id, now)
    shown = [pair for pair in pairs if pair[0].status in SHOWS_DRAFT]
    proposed = [pair for pair in pairs if pair[0].status not in SHOWS_DRAFT]
    reopened = [product for product, _ in pairs if product.status == ListingStatus.REJECTED]
    publish(*(_reopened(product, staff_id, now) for product in reopened))
    _write_shown(merchant_id, shown, now)
    _write_proposed(proposed, now)
    return [one for _, one in pairs]


def _locked(merchant_id: MerchantId, drafts: Sequence[Draft]) -> list[Product]:
    ids = [one.product_id for one in drafts if one.product_id]
    scoped = Product.objects.of_merchant(merchant_id).select_for_update(no_key=True)
    return list(scoped.filter(id__in=ids).order_by("id"))


def _write_shown(merchant_id: MerchantId, pairs: Sequence[tuple[Product, Draft]], now: datetime) -> None:
    """Make the rows of products that were never live what the drafts say."""
    if not pairs:
        return
    entries = writing.pictures_of(merchant_id, [one.wish for _, one in pairs])
    for product, one in pairs:
        writing.apply(product, one.wish, entries)
        product.status = ListingStatus.DRAFT.value
        product.version += 1
        product.updated_at = now
    columns = ", ".join(writing.SAVED_FIELDS)
    execute(
        f"UPDATE catalog_product p SET ({columns}) = (SELECT {columns} FROM "
        "jsonb_populate_record(NULL::catalog_product, given)) "
        "FROM jsonb_array_elements(%s::jsonb) given WHERE p.id = (given ->> 'id')::uuid",
        [_as_json([product for product, _ in pairs])],
    )
    execute(
        "UPDATE catalog_sku SET is_active = false WHERE product_id = ANY(%s::uuid[]) AND is_active",
        [[product.id for product, _ in pairs]],
    )
    writing.write_skus([(product, one.wish) for product, one in pairs], entries, is_active=True)


def _write_proposed(pairs: Sequence[tuple[Product, Draft]], now: datetime) -> None:
    """Give the new SKUs of products that have been live a row; all else waits for the review."""
    ids = [product.id for product, _ in pairs]
    there = {
        sku_id for (sku_id,) in rows("SELECT id FROM catalog_sku WHERE product_id = ANY(%s::uuid[])", [ids])
    }
    new = [
        (product, replace(one.wish, skus=[sku for sku in one.wish.skus if sku.id not in there]))
        for product, one in pairs
    ]
    writing.write_skus(new, {}, is_active=False)
    execute(
        "UPDATE catalog_product SET version = version + 1, updated_at = %s WHERE id = ANY(%s::uuid[])",
        [now, ids],
    )


# A rejected version stays as it was, for its reason's sake.
_CLOSE_REJECTED = (
    "UPDATE catalog_version SET status = 'refused' WHERE product_id = ANY(%s::uuid[]) AND status = 'rejected'"
)
_REWRITE_VERSIONS = """
UPDATE catalog_version v SET wish = given.wish, definitions = given.definitions, status = %(status)s,
    reason = '', written_by_id = %(staff)s::uuid,
    written_at = %(now)s, submitted_at = NULL
FROM unnest(%(products)s::uuid[], %(wishes)s::jsonb[], %(definitions)s::jsonb[])
    AS given (product_id, wish, definitions)
WHERE v.product_id = given.product_id AND v.status = 'draft'
RETURNING v.product_id
"""


def _keep_versions(pairs: Sequence[tuple[Product, Draft]], staff_id: UserId | None, now: datetime) -> None:
    execute(_CLOSE_REJECTED, [[product.id for product, _ in pairs]])
    rewritten = {
        product_id
        for (product_id,) in rows(
            _REWRITE_VERSIONS,
            {
                "status": VersionStatus.DRAFT.value,
                "staff": staff_id,
                "now": now,
                "products": [product.id for product, _ in pairs],
                "wishes": [msgspec.json.encode(one.wish).decode() for _, one in pairs],
                "definitions": [msgspec.json.encode(one.definitions).decode() for _, one in pairs],
            },
        )
    }
    without = [(product, one) for product, one in pairs if product.id not in rewritten]
    numbers = dict(
        rows(
            "SELECT product_id, max(number) FROM catalog_version WHERE product_id = ANY(%s::uuid[]) GROUP BY 1",
            [[product.id for product, _ in without]],
        )
    )
    _add_versions([(p, one, numbers[p.id] + 1) for p, one in without], staff_id, now)


def _add_versions(
    written: Sequence[tuple[Product, Draft, int]], staff_id: UserId | None, now: datetime
) -> None:
    _insert(
        [
            ProductVersion(
                product_id=product.id,
                merchant_id=product.merchant_id,
                number=number,
                status=VersionStatus.DRAFT.value,
                wish=msgspec.to_builtins(one.wish),
                definitions=dict(one.definitions),
                written_by_id=staff_id,
                written_at=now,
            )
            for product, one, number in written
        ]
    )


def _insert(made: Sequence[Model]) -> None:
    """Insert rows of one table as one document: Django's way costs more than all the rest of an import."""
    if not made:
        return
    table = made[0]._meta.db_table
    columns = ", ".join(field.column for field in made[0]._meta.concrete_fields if field.column)
    execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",
        [_as_json(made)],
    )


def _as_json(made: Sequence[Model]) -> str:
    fields = [(field.column, field.attname) for field in made[0]._meta.concrete_fields]
    return msgspec.json.encode(
        [{column: getattr(one, attribute) for column, attribute in fields} for one in made]
    ).decode()


def _reopened(product: Product, staff_id: UserId | None, now: datetime) -> ListingMoved:
    """Return that a rejected listing is being written anew."""
    return ListingMoved(
        product_id=ProductId(product.id),
        merchant_id=MerchantId(product.merchant_id),
        from_status=ListingStatus.REJECTED,
        to_status=ListingStatus.DRAFT,
        actor_id=staff_id,
        reason="",
        occurred_at=now,
    )
