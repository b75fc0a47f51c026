"""The rows of a product and its versions as services change them: the parts that all of them put in order."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from jishi.kernel.db import row
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, ProductId
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import attributes, categories, rules, rules_kinds, writing
from jishi.offering.catalog.events import ListingMoved
from jishi.offering.catalog.models import Product, ProductVersion
from jishi.offering.catalog.types import ListingStatus, ProductWish, VersionStatus

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


def locked(merchant_id: MerchantId | None, product_id: ProductId) -> Product:
    """Return a product's row, locked; None: of whichever merchant. Raises: NotFound."""
    scoped = Product.objects.of_merchant(merchant_id) if merchant_id else Product.objects.across_merchants()
    found: Product | None = scoped.select_for_update(no_key=True).filter(id=product_id).first()
    if found is None:
        raise NotFound
    return found


def require_kind(product: Product, wish: ProductWish) -> None:
    """Check that a product stays of the kind it is once it was on sale or has stock. Raises: KindFixed (409)."""
    if product.kind == wish.kind:
        return
    stocked = row(
        "SELECT EXISTS (SELECT FROM inventory_stock s JOIN catalog_sku k ON k.id = s.sku_id "
        "WHERE k.product_id = %s AND s.on_hand > 0)",
        [product.id],
    )
    if product.live_number is not None or (stocked and stocked[0]):
        raise rules_kinds.KindFixed(kind=product.kind)


def shows_draft(product: Product) -> bool:
    """Say whether the product's row shows what is being written, for it has never been live."""
    return product.status in (ListingStatus.DRAFT, ListingStatus.IN_REVIEW, ListingStatus.REJECTED)


def open_version(product: Product) -> ProductVersion | None:
    """Return the version that is being written, in review or rejected, if there is one."""
    found: ProductVersion | None = (
        ProductVersion.objects.across_merchants().filter(product=product, status__in=OPEN).first()
    )
    return found


def says(product: Product, wish: ProductWish) -> bool:
    """Say whether the draft is what the wish says already; SKUs without an id are the draft's own."""
    draft = open_version(product)
    if draft is None or draft.status != VersionStatus.DRAFT:
        return False
    kept = writing.read(draft.wish)
    ids = {sku.code: sku.id for sku in kept.skus}
    named = [replace(sku, id=sku.id or ids.get(sku.code)) for sku in wish.skus]
    return kept == replace(wish, skus=named)


def live_wish(product: Product) -> ProductWish | None:
    """Return what is live, None for a product that never was."""
    if product.live_number is None:
        return None
    found = ProductVersion.objects.across_merchants().get(product=product, number=product.live_number)
    return writing.read(found.wish)


def last_version(product: Product) -> ProductVersion | None:
    """Return the latest version, if there is one."""
    found: ProductVersion | None = (
        ProductVersion.objects.across_merchants().filter(product=product).order_by("-number").first()
    )
    return found


def keep(product: Product, wish: ProductWish, writer_id: UUID | None, now: datetime) -> None:
    """Write a wish into the draft, or into a new one; a rejected version stays as it was, for its reason's sake.

    Raises: UnderReview (409).
    """
    found = open_version(product)
    if found is not None and found.status == VersionStatus.IN_REVIEW:
        raise UnderReview
    if found is not None and found.status == VersionStatus.REJECTED:
        found.status = VersionStatus.REFUSED.value
        found.save(update_fields=["status"])
        found = None
    if found is None:
        last = last_version(product)
        number = last.number + 1 if last else 1
        found = ProductVersion(product=product, merchant_id=product.merchant_id, number=number)
    found.status, found.reason = VersionStatus.DRAFT.value, ""
    found.wish = msgspec.to_builtins(wish)
    found.definitions = attributes.numbers(categories.effective(categories.path(wish.category_id)))
    found.written_by_id, found.written_at = writer_id, now
    found.save()


def write(product: Product, wish: ProductWish, writer_id: UUID | None, now: datetime) -> None:
    """Make a checked wish the draft of a product, whose row shows it while it was never on sale.

    Raises: UnderReview, SkuCodeTaken (409), NotFound for a SKU of another product.
    """
    wish = writing.with_sku_rows(product, wish, is_draft=shows_draft(product))
    keep(product, wish, writer_id, now)
    if product.status == ListingStatus.REJECTED:
        move(product, ListingStatus.DRAFT, actor_id=writer_id, reason="", now=now)
    if shows_draft(product):
        writing.apply(product, wish, writing.pictures_of(MerchantId(product.merchant_id), [wish]))
    save(product, now)


def decide(
    version: ProductVersion, status: VersionStatus, by: UUID | None, reason: str, now: datetime
) -> None:
    """Write down what became of a version, by whom (None: the system) and why."""
    version.status, version.reason = status.value, reason
    version.decided_by_id, version.decided_at = by, now
    version.save(update_fields=["status", "reason", "decided_by_id", "decided_at"])


def move(product: Product, to: ListingStatus, *, actor_id: UUID | None, reason: str, now: datetime) -> None:
    """Move a listing and tell of it; the caller saves. Raises: MoveNotAllowed (409)."""
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


def save(product: Product, now: datetime) -> None:
    """Write the product's row as its next state."""
    product.version += 1
    product.updated_at = now
    # Counters and stock flags have their own statements; a whole-row save would undo what they wrote
    # meanwhile.
    product.save(update_fields=writing.SAVED_FIELDS)


def checked_reason(text: str) -> str:
    """Return why something was decided. Raises: Invalid for none, or one too long."""
    reason = text.strip()
    if not 1 <= len(reason) <= REASON_MAX:
        raise Invalid(field="reason")
    return reason
