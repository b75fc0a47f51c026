"""What merchants and the platform do with flash sales, and what the clock does."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from jishi.kernel import audit
from jishi.kernel.db import atomic, execute, require_transaction, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.ids import FlashItemId, FlashSessionId, MerchantId, OrderId, SkuId, UserId, new_id
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.flash import queries, rules
from jishi.offering.flash.models import FlashItemRow, FlashSessionRow
from jishi.offering.flash.types import FlashStatus, FlashWish
from jishi.offering.inventory import services_buckets as buckets

REASON_LENGTH_MAX = 200


class FlashAppliedAlready(Conflict):
    """The SKU is in this session already."""

    code = "flash_applied_already"
    message = Text(zh="该规格已报名本场秒杀", en="This variant is in the session already")


class FlashTooLate(Conflict):
    """The session is being prepared, runs or is over."""

    code = "flash_too_late"
    message = Text(zh="本场秒杀已截止报名", en="This session takes no changes any more")


class FlashPriceTooHigh(Conflict):
    """A flash price is below the normal price."""

    code = "flash_price_too_high"
    message = Text(zh="秒杀价须低于日常价", en="A flash price is below the usual price")


class FlashMoveNotAllowed(Conflict):
    """The application was decided or withdrawn before; `status` is where it stands."""

    code = "flash_move_not_allowed"
    message = Text(zh="该报名当前状态不能这样操作", en="This application does not allow that any more")


def apply(*, merchant_id: MerchantId, wish: FlashWish, staff_id: UserId | None, now: datetime) -> FlashItemId:
    """Offer pieces of a SKU in a session. Nothing is set aside before the platform accepts and the start is near.

    Raises: NotFound for a session, or a SKU that is not the merchant's or not for sale; FlashTooLate,
    FlashPriceTooHigh, FlashAppliedAlready (409 each), Invalid (`per_buyer_max`) above the quota.
    """
    if wish.per_buyer_max > wish.quota:
        raise Invalid(field="per_buyer_max")
    sku = catalog.skus_for_sale([wish.sku_id]).get(wish.sku_id)
    if sku is None or sku.merchant_id != merchant_id or not sku.is_for_sale:
        raise NotFound
    if wish.price_minor >= sku.price.amount_minor:
        raise FlashPriceTooHigh
    item = FlashItemRow(
        session_id=wish.flash_session_id,
        merchant_id=merchant_id,
        sku_id=wish.sku_id,
        product_id=sku.product_id,
        price_minor=wish.price_minor,
        currency=sku.price.currency,
        quota=wish.quota,
        per_buyer_max=wish.per_buyer_max,
        applied_at=now,
    )
    try:
        with atomic():
            _require_time(wish.flash_session_id, now)
            item.save(force_insert=True)
            _note(item, "applied", staff_id, "merchant", now)
    except IntegrityError as error:
        raise FlashAppliedAlready from error
    return FlashItemId(item.id)


def withdraw(
    *, merchant_id: MerchantId, item_id: FlashItemId, staff_id: UserId | None, now: datetime
) -> None:
    """Take an application back before its session is prepared; again is no change.

    Raises: NotFound, FlashTooLate, FlashMoveNotAllowed (409 each).
    """
    with atomic():
        found = FlashItemRow.objects.of_merchant(merchant_id).select_for_update().filter(id=item_id).first()
        if found is None:
            raise NotFound
        if found.status == FlashStatus.WITHDRAWN:
            return
        if found.status not in {FlashStatus.APPLIED, FlashStatus.ACCEPTED}:
            raise FlashMoveNotAllowed(status=found.status)
        _require_time(found.session_id, now)
        _decide(found, FlashStatus.WITHDRAWN, "", now)
        _note(found, "withdrawn", staff_id, "merchant", now)


def accept(*, item_id: FlashItemId, staff_id: UUID | None, now: datetime) -> None:
    """Let an offer into its session; its pieces are set aside when the start is near. Again is no change.

    Raises: NotFound, FlashMoveNotAllowed (409); FlashTooLate when the session is over.
    """
    with atomic():
        found = _locked(item_id)
        if found.status == FlashStatus.ACCEPTED:
            return
        _require_applied(found)
        if FlashSessionRow.objects.get(id=found.session_id).ends_at <= now:
            raise FlashTooLate
        _decide(found, FlashStatus.ACCEPTED, "", now)
        _note(found, "accepted", staff_id, "platform", now)


def reject(*, item_id: FlashItemId, reason: str, staff_id: UUID | None, now: datetime) -> None:
    """Refuse an offer; its merchant reads the reason. Raises: NotFound, Invalid, FlashMoveNotAllowed (409)."""
    words = _reason(reason)
    with atomic():
        found = _locked(item_id)
        _require_applied(found)
        _decide(found, FlashStatus.REJECTED, words, now)
        _note(found, "rejected", staff_id, "platform", now)


def decide_all(
    *,
    session_id: FlashSessionId,
    to: FlashStatus,
    reason: str = "",
    staff_id: UserId | None,
    now: datetime,
) -> int:
    """Accept or reject all offers of a session that wait, at once; return how many. Again changes nothing.

    Raises: NotFound, Invalid (`reason`, which a rejection needs); FlashTooLate (409) to accept when it is over.
    """
    words = _reason(reason) if to is FlashStatus.REJECTED else ""
    with atomic():
        session = FlashSessionRow.objects.filter(id=session_id).first()
        if session is None:
            raise NotFound
        if to is FlashStatus.ACCEPTED and session.ends_at <= now:
            raise FlashTooLate
        waiting = FlashItemRow.objects.across_merchants().select_for_update().order_by("id")
        found = list(waiting.filter(session_id=session_id, status=FlashStatus.APPLIED.value))
        for one in found:
            _decide(one, to, words, now)
            _note(one, to.value, staff_id, "platform", now)
    return len(found)


def open_sessions(*, now: datetime) -> int:
    """Make the sessions of today and the days ahead that are not there yet; return how many. Safe to call again."""
    return sum(
        execute(
            "INSERT INTO flash_session (id, starts_at, ends_at) SELECT %s, %s, %s WHERE NOT EXISTS "
            "(SELECT FROM flash_session WHERE starts_at < %s AND ends_at > %s) ON CONFLICT (starts_at) DO NOTHING",
            [new_id(), starts_at, ends_at, ends_at, starts_at],
        )
        for starts_at, ends_at in rules.slots(now, queries.slot_hours())
        if ends_at > now
    )


def add_session(*, starts_at: datetime, ends_at: datetime, now: datetime) -> FlashSessionId:
    """Make a session beside those that the clock makes, or find the one that starts then; `starts_at` is after `now`.

    Raises: Invalid (`starts_at`, `ends_at`).
    """
    if starts_at <= now:
        raise Invalid(field="starts_at")
    if ends_at <= starts_at:
        raise Invalid(field="ends_at")
    made, _ = FlashSessionRow.objects.get_or_create(starts_at=starts_at, defaults={"ends_at": ends_at})
    return FlashSessionId(made.id)


def preheat(*, now: datetime) -> int:
    """Set aside the pieces of accepted items whose session starts soon or runs; return how many items were opened.

    Safe to call again, and by two at once: an item is opened once. With less in stock than the quota, what there is.
    """
    due = rows(
        "SELECT i.id FROM flash_item i JOIN flash_session s ON s.id = i.session_id WHERE i.status = 'accepted' "
        "AND i.opened_at IS NULL AND s.starts_at <= %s AND s.ends_at > %s ORDER BY i.id",
        [now + rules.PREHEAT, now],
    )
    return sum(_open(FlashItemId(item_id), now) for (item_id,) in due)


def finish(*, now: datetime) -> int:
    """Give back what is left of items whose session is over; return how many were closed. Safe to call again."""
    due = rows(
        "SELECT i.id FROM flash_item i JOIN flash_session s ON s.id = i.session_id WHERE i.opened_at IS NOT NULL "
        "AND i.closed_at IS NULL AND s.ends_at <= %s ORDER BY i.id",
        [now],
    )
    return sum(_close(FlashItemId(item_id), now) for (item_id,) in due)


def claim(*, item_id: FlashItemId, order_id: OrderId, buyer: UserId, quantity: int, now: datetime) -> None:
    """Note that an order took pieces of an item, inside the transaction that places it."""
    require_transaction("a claim")
    execute(
        "INSERT INTO flash_claim (order_id, item_id, buyer_id, quantity, claimed_at) VALUES (%s, %s, %s, %s, %s)",
        [order_id, item_id, buyer, quantity, now],
    )


def _open(item_id: FlashItemId, now: datetime) -> bool:
    with atomic():
        found = _locked(item_id)
        if found.opened_at is not None or found.status != FlashStatus.ACCEPTED:
            return False
        found.cut = buckets.cut(
            activity_id=item_id, sku_id=SkuId(found.sku_id), quantity=found.quota, now=now
        )
        found.opened_at = now
        found.save(update_fields=["cut", "opened_at"])
        return True


def _close(item_id: FlashItemId, now: datetime) -> bool:
    with atomic():
        found = _locked(item_id)
        if found.closed_at is not None:
            return False
        found.unsold = buckets.close(item_id, now=now)
        found.closed_at = now
        found.save(update_fields=["unsold", "closed_at"])
        execute("DELETE FROM flash_admission WHERE item_id = %s", [item_id])
        return True


def _locked(item_id: FlashItemId) -> FlashItemRow:
    found = FlashItemRow.objects.across_merchants().select_for_update().filter(id=item_id).first()
    if found is None:
        raise NotFound
    return found


def _reason(typed: str) -> str:
    words = typed.strip()
    if not 0 < len(words) <= REASON_LENGTH_MAX or has_unstorable(words):
        raise Invalid(field="reason")
    return words


def _require_applied(found: FlashItemRow) -> None:
    if found.status != FlashStatus.APPLIED:
        raise FlashMoveNotAllowed(status=found.status)


def _require_time(session_id: FlashSessionId | UUID, now: datetime) -> None:
    session = FlashSessionRow.objects.filter(id=session_id).first()
    if session is None:
        raise NotFound
    if now >= session.starts_at - rules.PREHEAT:
        raise FlashTooLate


def _decide(found: FlashItemRow, status: FlashStatus, reason: str, now: datetime) -> None:
    found.status, found.reason, found.decided_at = status.value, reason, now
    found.save(update_fields=["status", "reason", "decided_at"])


def _note(found: FlashItemRow, action: str, staff_id: UUID | None, kind: str, now: datetime) -> None:
    audit.record(
        actor=staff_id,
        actor_kind=kind,
        action=f"flash.{action}",
        subject_kind="flash_item",
        subject_id=found.id,
        merchant_id=found.merchant_id,
        data={"session_id": str(found.session_id), "price_minor": found.price_minor, "quota": found.quota},
        now=now,
    )
