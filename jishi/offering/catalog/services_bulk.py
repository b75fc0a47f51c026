"""Bringing a whole assortment into the shop at once: what saving, submitting and approving do, in few statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel.db import atomic
from jishi.kernel.events import Event
from jishi.kernel.ids import MediaId, MerchantId, ProductId, SkuId, UserId, new_id
from jishi.kernel.outbox import publish
from jishi.offering.catalog import attributes, categories, rules, writing
from jishi.offering.catalog.changes import shelf_changed
from jishi.offering.catalog.events import ListingMoved, ProductPublished
from jishi.offering.catalog.models import Product, ProductVersion
from jishi.offering.catalog.services_brands import require_authorised
from jishi.offering.catalog.types import ListingStatus, ProductWish, VersionStatus

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A complete new product, and when it came into the shop."""

    wish: ProductWish
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduced:
    """A product on sale; its SKUs by code."""

    product_id: ProductId
    sku_ids: dict[str, SkuId]


def introduce(
    *,
    merchant_id: MerchantId,
    listings: Sequence[Listing],
    staff_id: UserId | None,
    reviewer_id: UserId | None,
    now: datetime,
) -> list[Introduced]:
    """Put new products of one merchant on the shelf, each with its approved first version.

    All or none. Raises: Invalid, SkuCodeTaken, GtinTaken, BrandNotAuthorised (409).
    """
    for one in listings:
        rules.check_shape(one.wish)
    with atomic():
        entries = writing.pictures_of(merchant_id, [one.wish for one in listings])
        wishes = writing.checked_complete([one.wish for one in listings], entries)
        require_authorised(merchant_id, wishes)
        numbered = [
            replace(wish, skus=[replace(sku, id=SkuId(new_id())) for sku in wish.skus]) for wish in wishes
        ]
        writing.refuse_taken_codes(merchant_id, [sku for wish in numbered for sku in wish.skus])
        products = _products(merchant_id, numbered, listings, entries)
        _keep_versions(products, numbered, listings, staff_id, reviewer_id)
        writing.write_skus(list(zip(products, numbered, strict=True)), entries, is_active=True)
        publish(*_news(products, listings, staff_id, reviewer_id))
        shelf_changed(
            {ProductId(product.id): one.at for product, one in zip(products, listings, strict=True)}, now=now
        )
    return [
        Introduced(
            product_id=ProductId(product.id), sku_ids={sku.code: sku.id for sku in wish.skus if sku.id}
        )
        for product, wish in zip(products, numbered, strict=True)
    ]


def _products(
    merchant_id: MerchantId,
    wishes: Sequence[ProductWish],
    listings: Sequence[Listing],
    entries: Mapping[MediaId, dict[str, Any]],
) -> list[Product]:
    products = []
    for wish, listing in zip(wishes, listings, strict=True):
        product = Product(
            merchant_id=merchant_id,
            status=ListingStatus.LIVE.value,
            live_number=FIRST,
            published_at=listing.at,
            updated_at=listing.at,
        )
        writing.apply(product, wish, entries)
        products.append(product)
    made: list[Product] = Product.objects.across_merchants().bulk_create(products)
    return made


def _keep_versions(
    products: Sequence[Product],
    wishes: Sequence[ProductWish],
    listings: Sequence[Listing],
    writer_id: UUID | None,
    reviewer_id: UUID | None,
) -> None:
    definitions = {
        category_id: attributes.numbers(categories.effective(categories.path(category_id)))
        for category_id in {wish.category_id for wish in wishes}
    }
    ProductVersion.objects.across_merchants().bulk_create(
        ProductVersion(
            product=product,
            merchant_id=product.merchant_id,
            number=FIRST,
            status=VersionStatus.LIVE.value,
            wish=msgspec.to_builtins(wish),
            definitions=definitions[wish.category_id],
            written_by_id=writer_id,
            written_at=listing.at,
            submitted_at=listing.at,
            decided_by_id=reviewer_id,
            decided_at=listing.at,
        )
        for product, wish, listing in zip(products, wishes, listings, strict=True)
    )


def _news(
    products: Sequence[Product],
    listings: Sequence[Listing],
    staff_id: UserId | None,
    reviewer_id: UserId | None,
) -> Iterator[Event]:
    moves = (
        (ListingStatus.DRAFT, ListingStatus.IN_REVIEW, staff_id),
        (ListingStatus.IN_REVIEW, ListingStatus.LIVE, reviewer_id),
    )
    for product, listing in zip(products, listings, strict=True):
        product_id, merchant_id = ProductId(product.id), MerchantId(product.merchant_id)
        for before, after, actor_id in moves:
            yield ListingMoved(
                product_id=product_id,
                merchant_id=merchant_id,
                from_status=before,
                to_status=after,
                actor_id=actor_id,
                reason="",
                occurred_at=listing.at,
            )
        yield ProductPublished(
            product_id=product_id, merchant_id=merchant_id, number=FIRST, occurred_at=listing.at
        )
