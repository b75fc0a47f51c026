"""What changes the catalogue: writing and reviewing listings, moving them on and off the shelf, flags and
counters.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.identity.merchants.events import MerchantMoved, StoreChanged
from jishi.kernel.db import atomic, require_transaction, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId, SkuId, UserId
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import categories, queries_merchant, rules, services_brands, writing
from jishi.offering.catalog.changes import CHANGES_CHANNEL, shelf_changed, touch, touch_merchant
from jishi.offering.catalog.events import ListingMoved, ProductPublished, ProposalRejected
from jishi.offering.catalog.models import Product, ProductVersion
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant, ProductWish, Rating, VersionStatus

__all__ = [
    "CHANGES_CHANNEL",
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
    "save_product",
    "set_rating",
    "submit",
    "take_off_shelf",
    "touch",
    "touch_merchant",
    "touch_products_of",
]

OPEN = (VersionStatus.DRAFT.value, VersionStatus.IN_REVIEW.value, VersionStatus.REJECTED.value)
REASON_MAX = 500


class ProductChanged(Conflict):
    """Somebody saved the product since it was read; `version` is the present one."""

    code = "product_changed"
    message = Text(
        zh="商品已被他人修改,请刷新后再保存", en="Somebody changed this product; reload before you save"
    )


class UnderReview(Conflict):
    code = "under_review"
    message = Text(zh="该版本正在审核中,暂不能修改", en="This version is in review and cannot be changed now")


class NothingToReview(Conflict):
    code = "nothing_to_review"
    message = Text(zh="没有待处理的版本", en="There is no version to decide on")


# -- writing ---------------------------------------------------------------------------------------


def save_product(
    *,
    merchant_id: MerchantId,
    wish: ProductWish,
    product_id: ProductId | None = None,
    version: int | None = None,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    """Keep a product as a draft: a new one, or the next version of one; what is live stays as it is.

    `version` is the one the product was read at. Raises: Invalid, NotFound, ProductChanged, UnderReview,
    SkuCodeTaken (409).
    """
    rules.check_shape(wish)
    with atomic():
        wish = writing.checked(merchant_id, wish)
        if product_id is None:
            product = writing.new_product(merchant_id, wish, now)
        else:
            product = _locked(merchant_id, product_id)
            if version is not None and version != product.version:
                raise ProductChanged(version=product.version)
            if product.status == ListingStatus.BANNED:
                raise rules.MoveNotAllowed(status=product.status, wanted=ListingStatus.DRAFT.value)
        wish = writing.with_sku_rows(product, wish, is_draft=_shows_draft(product))
        _keep_version(product, wish, staff_id, now)
        if product.status == ListingStatus.REJECTED:
            _move(product, ListingStatus.DRAFT, actor_id=staff_id, reason="", now=now)
        if _shows_draft(product):
            writing.apply(product, wish, writing.pictures_of(MerchantId(product.merchant_id), [wish]))
        _save(product, now)
        return queries_merchant.product_for_merchant(merchant_id, ProductId(product.id))


def submit(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Ask the platform to review the open version.

    Raises: NotFound, Invalid, NothingToReview, UnderReview, BrandNotAuthorised (409).
    """
    with atomic():
        product = _locked(merchant_id, product_id)
        draft = _open_version(product)
        if draft is None or draft.status == VersionStatus.REJECTED:
            raise NothingToReview
        if draft.status == VersionStatus.IN_REVIEW:
            raise UnderReview
        wish = writing.read(draft.wish)
        steps = categories.path(wish.category_id)
        in_force = categories.as_types(categories.effective(steps), "zh")
        rules.check_complete(wish, in_force, is_leaf=steps[-1].is_leaf)
        services_brands.require_authorised(merchant_id, [wish])
        draft.status, draft.submitted_at, draft.reason = VersionStatus.IN_REVIEW.value, now, ""
        draft.save(update_fields=["status", "submitted_at", "reason"])
        if product.status == ListingStatus.DRAFT:
            _move(product, ListingStatus.IN_REVIEW, actor_id=staff_id, reason="", now=now)
        _save(product, now)
        return queries_merchant.product_for_merchant(merchant_id, product_id)


# -- review ----------------------------------------------------------------------------------------


def approve(*, product_id: ProductId, reviewer_id: UserId | None, now: datetime) -> None:
    """Put the version in review on the shelf in place of the live one. Raises: NotFound, NothingToReview
    (409).
    """
    with atomic():
        product, version = _in_review(product_id)
        wish = writing.read(version.wish)
        ProductVersion.objects.across_merchants().filter(
            product=product, status=VersionStatus.LIVE.value
        ).update(status=VersionStatus.SUPERSEDED.value)
        _decide(version, VersionStatus.LIVE, reviewer_id, "", now)
        writing.apply(product, wish, writing.pictures_of(MerchantId(product.merchant_id), [wish]))
        writing.activate_skus(product, wish)
        product.live_number = version.number
        product.published_at = product.published_at or now
        if product.status == ListingStatus.IN_REVIEW:
            _move(product, ListingStatus.LIVE, actor_id=reviewer_id, reason="", now=now)
        _save(product, now)
        publish(
            ProductPublished(
                product_id=product_id,
                merchant_id=MerchantId(product.merchant_id),
                number=version.number,
                occurred_at=now,
            )
        )
        shelf_changed({product_id: now}, now=now)


def reject(*, product_id: ProductId, reason: str, reviewer_id: UserId | None, now: datetime) -> None:
    """Refuse the version in review and say why; a live one stays. Raises: NotFound, Invalid, NothingToReview
    (409).
    """
    reason = _reason(reason)
    with atomic():
        product, version = _in_review(product_id)
        _decide(version, VersionStatus.REJECTED, reviewer_id, reason, now)
        if product.status == ListingStatus.IN_REVIEW:
            _move(product, ListingStatus.REJECTED, actor_id=reviewer_id, reason=reason, now=now)
        else:
            publish(
                ProposalRejected(
                    product_id=product_id,
                    merchant_id=MerchantId(product.merchant_id),
                    actor_id=reviewer_id,
                    reason=reason,
                    occurred_at=now,
                )
            )
        _save(product, now)


# -- the shelf -------------------------------------------------------------------------------------


def put_on_shelf(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Sell a product that was taken off the shelf. Raises: NotFound, MoveNotAllowed (409)."""
    return _turn(merchant_id, product_id, (ListingStatus.OFF_SHELF, ListingStatus.LIVE), staff_id, now)


def take_off_shelf(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Stop selling a product; orders already placed are not touched. Raises: NotFound, MoveNotAllowed (409)."""
    return _turn(merchant_id, product_id, (ListingStatus.LIVE, ListingStatus.OFF_SHELF), staff_id, now)


def ban(*, product_id: ProductId, reason: str, reviewer_id: UserId | None, now: datetime) -> None:
    """Take a product out of the market for breaking its rules. Raises: NotFound, Invalid, MoveNotAllowed
    (409).
    """
    reason = _reason(reason)
    with atomic():
        product = _locked(None, product_id)
        _move(product, ListingStatus.BANNED, actor_id=reviewer_id, reason=reason, now=now)
        open_version = _open_version(product)
        if open_version is not None:
            _decide(open_version, VersionStatus.WITHDRAWN, reviewer_id, reason, now)
        _save(product, now)
        shelf_changed({product_id: now}, now=now)


def reopen(*, product_id: ProductId, reviewer_id: UserId | None, now: datetime) -> None:
    """Grant an appeal: a banned product becomes a draft again, to be reviewed anew. Raises: NotFound,
    MoveNotAllowed.
    """
    with atomic():
        product = _locked(None, product_id)
        _move(product, ListingStatus.DRAFT, actor_id=reviewer_id, reason="", now=now)
        last = ProductVersion.objects.across_merchants().filter(product=product).order_by("-number").first()
        if last is not None:
            _keep_version(product, writing.read(last.wish), reviewer_id, now)
        _save(product, now)


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


# -- leaves ----------------------------------------------------------------------------------------


def _locked(merchant_id: MerchantId | None, product_id: ProductId) -> Product:
    scoped = Product.objects.of_merchant(merchant_id) if merchant_id else Product.objects.across_merchants()
    found: Product | None = scoped.select_for_update(no_key=True).filter(id=product_id).first()
    if found is None:
        raise NotFound
    return found


def _shows_draft(product: Product) -> bool:
    return product.status in (ListingStatus.DRAFT, ListingStatus.IN_REVIEW, ListingStatus.REJECTED)


def _open_version(product: Product) -> ProductVersion | None:
    found: ProductVersion | None = (
        ProductVersion.objects.across_merchants().filter(product=product, status__in=OPEN).first()
    )
    return found


def _in_review(product_id: ProductId) -> tuple[Product, ProductVersion]:
    product = _locked(None, product_id)
    version = _open_version(product)
    if version is None or version.status != VersionStatus.IN_REVIEW:
        raise NothingToReview
    return product, version


def _keep_version(product: Product, wish: ProductWish, writer_id: UUID | None, now: datetime) -> None:
    found = _open_version(product)
    if found is not None and found.status == VersionStatus.IN_REVIEW:
        raise UnderReview
    if found is None:
        last = ProductVersion.objects.across_merchants().filter(product=product).order_by("-number").first()
        number = last.number + 1 if last else 1
        found = ProductVersion(product=product, merchant_id=product.merchant_id, number=number)
    found.status, found.reason = VersionStatus.DRAFT.value, ""
    found.wish = msgspec.to_builtins(wish)
    found.written_by_id, found.written_at = writer_id, now
    found.save()


def _decide(
    version: ProductVersion, status: VersionStatus, by: UUID | None, reason: str, now: datetime
) -> None:
    version.status, version.reason = status.value, reason
    version.decided_by_id, version.decided_at = by, now
    version.save(update_fields=["status", "reason", "decided_by_id", "decided_at"])


def _turn(
    merchant_id: MerchantId,
    product_id: ProductId,
    move: tuple[ListingStatus, ListingStatus],
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    with atomic():
        product = _locked(merchant_id, product_id)
        if product.status != move[0]:
            raise rules.MoveNotAllowed(status=product.status, wanted=move[1].value)
        _move(product, move[1], actor_id=staff_id, reason="", now=now)
        _save(product, now)
        shelf_changed({product_id: now}, now=now)
        return queries_merchant.product_for_merchant(merchant_id, product_id)


def _move(product: Product, to: ListingStatus, *, actor_id: UUID | None, reason: str, now: datetime) -> None:
    before = ListingStatus(product.status)
    rules.require_move(before, to)
    product.status = to.value
    publish(
        ListingMoved(
            product_id=ProductId(product.id),
            merchant_id=MerchantId(product.merchant_id),
            from_status=before,
            to_status=to,
            actor_id=actor_id,
            reason=reason,
            occurred_at=now,
        )
    )


def _save(product: Product, now: datetime) -> None:
    product.version += 1
    product.updated_at = now
    # Counters and stock flags have their own statements; a whole-row save would undo what they wrote
    # meanwhile.
    product.save(update_fields=writing.SAVED_FIELDS)


def _reason(text: str) -> str:
    reason = text.strip()
    if not 1 <= len(reason) <= REASON_MAX:
        raise Invalid(field="reason")
    return reason
