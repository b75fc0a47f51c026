"""On the shelf and off it: by hand, and by a plan that the clock follows."""

from datetime import datetime
from uuid import UUID

from jishi.kernel.db import atomic, require_transaction, rows
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.offering.catalog import queries_merchant, rules, rules_shelf, versions
from jishi.offering.catalog.changes import shelf_changed
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.models_shelf import ShelfPlanRow
from jishi.offering.catalog.rules_shelf import NOTHING, Period
from jishi.offering.catalog.types import ListingStatus, ProductForMerchant
from jishi.offering.catalog.types_shelf import ShelfPlanWish

BY_PLAN = "schedule"  # the reason of a move that nobody made
AT_ONCE = 500
_OTHER_SIDE = {ListingStatus.LIVE: ListingStatus.OFF_SHELF, ListingStatus.OFF_SHELF: ListingStatus.LIVE}


def put_on_shelf(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Sell a product that was taken off the shelf. Raises: NotFound, MoveNotAllowed (409)."""
    return _turn_by_hand(merchant_id, product_id, ListingStatus.LIVE, staff_id, now)


def take_off_shelf(
    *, merchant_id: MerchantId, product_id: ProductId, staff_id: UserId | None, now: datetime
) -> ProductForMerchant:
    """Stop selling a product; orders already placed are not touched. Raises: NotFound, MoveNotAllowed (409)."""
    return _turn_by_hand(merchant_id, product_id, ListingStatus.OFF_SHELF, staff_id, now)


def plan(
    *,
    merchant_id: MerchantId,
    product_id: ProductId,
    wish: ShelfPlanWish,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    """Set when a product goes on sale and off it, in place of what was planned; without both nothing is planned.

    Safe to call again. Raises: NotFound, Invalid, MoveNotAllowed (409) for a banned product.
    """
    with atomic():
        product = versions.locked(merchant_id, product_id)
        if product.status == ListingStatus.BANNED:
            raise rules.MoveNotAllowed(status=product.status, wanted=ListingStatus.LIVE.value)
        kept = _row(product)
        if kept:
            _follow(product, kept, now)
        before = Period(kept.on_at, kept.off_at) if kept else NOTHING
        is_on_sale = product.status == ListingStatus.LIVE
        period = rules_shelf.checked(Period(wish.on_at, wish.off_at), before, is_on_sale=is_on_sale, now=now)
        _keep(product, period, staff_id, now)
        return queries_merchant.product_for_merchant(merchant_id, product_id)


def follow_plans(*, now: datetime) -> int:
    """Take every step that is due, however long it has been; return how many products were looked at.

    Each product in its own transaction. Safe to call again, and beside itself: a step is taken once.
    """
    due = rows(
        "SELECT product_id FROM catalog_shelf_plan WHERE next_at <= %s ORDER BY next_at, product_id LIMIT %s",
        [now, AT_ONCE],
    )
    for (product_id,) in due:
        with atomic():
            product = versions.locked(None, product_id)
            kept = _row(product)
            if kept:
                _follow(product, kept, now)
    return len(due)


def place(product: Product, *, now: datetime) -> ListingStatus:
    """Return where a product goes that is approved for the first time: on the shelf, or beside it while its plan says
    so. In the caller's transaction.
    """
    require_transaction("placing a product")
    kept = _row(product)
    if kept is None:
        return ListingStatus.LIVE
    if kept.next_at is None:
        kept.delete()
    is_on = Period(kept.on_at, kept.off_at).contains(now)
    return ListingStatus.LIVE if is_on else ListingStatus.OFF_SHELF


# -- leaves ----------------------------------------------------------------------------------------


def _turn_by_hand(
    merchant_id: MerchantId,
    product_id: ProductId,
    to: ListingStatus,
    staff_id: UserId | None,
    now: datetime,
) -> ProductForMerchant:
    with atomic():
        product = versions.locked(merchant_id, product_id)
        if product.status != _OTHER_SIDE[to]:
            raise rules.MoveNotAllowed(status=product.status, wanted=to.value)
        _turn(product, to, actor_id=staff_id, reason="", now=now)
        return queries_merchant.product_for_merchant(merchant_id, product_id)


def _turn(product: Product, to: ListingStatus, *, actor_id: UUID | None, reason: str, now: datetime) -> None:
    versions.move(product, to, actor_id=actor_id, reason=reason, now=now)
    if to is ListingStatus.LIVE:
        product.published_at = product.published_at or now
    versions.save(product, now)
    shelf_changed({ProductId(product.id): now}, now=now)


def _row(product: Product) -> ShelfPlanRow | None:
    found: ShelfPlanRow | None = (
        ShelfPlanRow.objects.across_merchants().select_for_update().filter(product=product).first()
    )
    return found


def _follow(product: Product, kept: ShelfPlanRow, now: datetime) -> None:
    """Take the step that is due, if there is one; a product that is not on either side of the shelf stays there."""
    if kept.next_at is None or kept.next_at > now:
        return
    period = Period(kept.on_at, kept.off_at)
    wanted = ListingStatus.LIVE if period.contains(now) else ListingStatus.OFF_SHELF
    if product.status == _OTHER_SIDE[wanted]:
        _turn(product, wanted, actor_id=None, reason=BY_PLAN, now=now)
    kept.next_at = period.next_at(now)
    # What was never on sale is placed by its plan once it is approved.
    if kept.next_at is None and not versions.shows_draft(product):
        kept.delete()
    else:
        kept.save(update_fields=["next_at"])


def _keep(product: Product, period: Period, staff_id: UUID | None, now: datetime) -> None:
    if period == NOTHING:
        ShelfPlanRow.objects.across_merchants().filter(product=product).delete()
        return
    ShelfPlanRow.objects.across_merchants().update_or_create(
        product=product,
        defaults={
            "merchant_id": product.merchant_id,
            "on_at": period.on_at,
            "off_at": period.off_at,
            "next_at": period.next_at(now),
            "set_by_id": staff_id,
            "set_at": now,
        },
    )
