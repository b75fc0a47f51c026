"""Sale events: written, opened for enrolment, entered, decided on, run and ended."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.core import signing
from django.db import transaction

from jishi.kernel import audit, cache, hot
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, PromotionId, SaleEventId, UserId
from jishi.offering.catalog import queries as catalog
from jishi.offering.coupons import queries_named
from jishi.offering.events import queries, rules
from jishi.offering.events.models import EventEntry, SaleEvent
from jishi.offering.events.types import EntryStatus, EntryWish, EventPageWish, EventStatus, EventWish
from jishi.offering.media import queries as media
from jishi.offering.pricing.types_promotions import Bundle, LowerPrice
from jishi.offering.promotions import queries as promotions_read
from jishi.offering.promotions import services as promotions
from jishi.offering.promotions.types import GoodsWish, PromotionStatus, PromotionWish

PREVIEW_SECONDS = 3600
_SALT = "event-preview"


def check(wish: EventWish) -> PromotionWish:
    """Refuse an event that cannot be, return what its promotion says. Raises: Invalid, naming the field."""
    rules.require_sound(wish)
    try:
        card = promotions_read.promotion(None, wish.promotion_id)
    except NotFound as missing:
        raise Invalid(field="promotion_id") from missing
    is_taken = SaleEvent.objects.filter(promotion_id=wish.promotion_id).exists()
    if card.status is not PromotionStatus.DRAFT or is_taken:
        raise Invalid(field="promotion_id")
    if isinstance(
        card.wish.effect, LowerPrice | Bundle
    ):  # these name their SKUs; there is nothing to enrol in
        raise Invalid(field="promotion_id")
    if SaleEvent.objects.filter(slug=wish.slug).exists():
        raise Invalid(field="slug")
    if wish.enrol_until > card.wish.ends_at:
        raise Invalid(field="enrol_until")
    return card.wish


def check_page(wish: EventPageWish) -> None:
    """Refuse what an event's page cannot say. Raises: Invalid, naming the field."""
    rules.require_page(wish)
    if wish.banner_id is not None and media.entry(wish.banner_id) is None:
        raise Invalid(field="banner_id")
    if len(queries_named.claimable(wish.coupon_ids)) < len(set(wish.coupon_ids)):
        raise Invalid(field="coupon_ids")


def draft(*, wish: EventWish, staff_id: UserId, now: datetime) -> SaleEventId:
    """Write an event that merchants do not see yet. Raises: Invalid."""
    says = check(wish)
    with atomic():
        made = SaleEvent.objects.create(
            slug=wish.slug,
            name_zh=wish.name.zh,
            name_en=wish.name.en,
            promotion_id=wish.promotion_id,
            enrol_from=wish.enrol_from,
            enrol_until=wish.enrol_until,
            starts_at=says.starts_at,
            ends_at=says.ends_at,
            category_ids=[str(one) for one in wish.category_ids],
            products_max=wish.products_max,
            page=msgspec.to_builtins(EventPageWish()),
            changed_at=now,
        )
        _note(made, "drafted", staff_id, now)
    return SaleEventId(made.id)


def open_enrolment(*, event_id: SaleEventId, staff_id: UserId, now: datetime) -> None:
    """Let merchants enrol; from now on the terms are fixed, whatever becomes of the promotion's draft.

    Raises: NotFound, EventMoveNotAllowed (409).
    """
    with atomic():
        found = _locked(event_id)
        rules.require_move(EventStatus(found.status), EventStatus.ENROLLING)
        says = promotions_read.promotion(None, PromotionId(found.promotion_id)).wish
        found.terms = msgspec.json.decode(promotions_read.written(says))
        found.starts_at, found.ends_at = says.starts_at, says.ends_at
        _move(found, EventStatus.ENROLLING, staff_id, now)


def start(*, event_id: SaleEventId, staff_id: UserId, now: datetime) -> None:
    """Run the event with the products that were accepted: they become the goods of its promotion, which goes live.

    Again on a running event does what may have been left undone, and changes nothing else.
    Raises: NotFound, EventMoveNotAllowed (409), NothingAccepted (409), Invalid (`ends_at`) when its time is over.
    """
    with atomic():
        found = _locked(event_id)
        rules.require_move(EventStatus(found.status), EventStatus.RUNNING)
        goods = _accepted(found)
        if not goods:
            raise rules.NothingAccepted
        if found.ends_at <= now:
            raise Invalid(field="ends_at")
        if found.status != EventStatus.RUNNING:  # from here on nobody enrols, withdraws or is decided on
            _move(found, EventStatus.RUNNING, staff_id, now)
    _run(found, goods, staff_id, now)


def _run(found: SaleEvent, goods: set[ProductId], staff_id: UserId, now: datetime) -> None:
    terms = promotions_read.read_wish(msgspec.json.encode(found.terms).decode())
    says = replace(terms, goods=GoodsWish(product_ids=frozenset(goods)))
    promotion_id = PromotionId(found.promotion_id)
    if promotions_read.promotion(None, promotion_id).wish != says:
        promotions.change(merchant_id=None, promotion_id=promotion_id, wish=says, staff_id=staff_id, now=now)
    promotions.move(
        merchant_id=None, promotion_id=promotion_id, to=PromotionStatus.LIVE, staff_id=staff_id, now=now
    )


def end(*, event_id: SaleEventId, staff_id: UserId, now: datetime) -> None:
    """End an event for good, and its promotion with it. Raises: NotFound, EventMoveNotAllowed (409)."""
    with atomic():
        found = _locked(event_id)
        if found.status != EventStatus.OVER:
            rules.require_move(EventStatus(found.status), EventStatus.OVER)
            _move(found, EventStatus.OVER, staff_id, now)
    promotions.move(
        merchant_id=None,
        promotion_id=PromotionId(found.promotion_id),
        to=PromotionStatus.ENDED,
        staff_id=staff_id,
        now=now,
    )


def write_page(*, event_id: SaleEventId, wish: EventPageWish, staff_id: UserId, now: datetime) -> None:
    """Write what the event's page says. Raises: NotFound, Invalid."""
    check_page(wish)
    with atomic():
        found = _locked(event_id)
        found.page, found.changed_at = msgspec.to_builtins(wish), now
        found.save(update_fields=["page", "changed_at"])
        _note(found, "page_written", staff_id, now)
        transaction.on_commit(_forget)


# -- entries ---------------------------------------------------------------------------------------


def enrol(
    *,
    merchant_id: MerchantId,
    event_id: SaleEventId,
    wish: EntryWish,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Apply with products of one's own that are on sale; again it takes the place of what was applied with before.

    Raises: NotFound, NotEnrolling (409), Invalid (`product_ids`).
    """
    with atomic():
        found = _open(event_id, now)
        _require_goods(found, merchant_id, wish.product_ids)
        ids = sorted(str(one) for one in wish.product_ids)
        entry = EventEntry.objects.of_merchant(merchant_id).filter(event=found).first() or EventEntry(
            event=found, merchant_id=merchant_id
        )
        waits = {EntryStatus.APPLIED.value, EntryStatus.ACCEPTED.value}
        if entry.product_ids == ids and entry.status in waits:
            return
        entry.product_ids, entry.reason = ids, ""
        _decide(entry, EntryStatus.APPLIED, staff_id, now, by="merchant")


def withdraw(
    *, merchant_id: MerchantId, event_id: SaleEventId, staff_id: UserId | None, now: datetime
) -> None:
    """Take part no longer; until the event runs. Raises: NotFound, NotEnrolling (409)."""
    with atomic():
        found = _locked(event_id)
        entry = EventEntry.objects.of_merchant(merchant_id).filter(event=found).first()
        if entry is None:
            raise NotFound
        if found.status != EventStatus.ENROLLING:
            raise rules.NotEnrolling
        if entry.status != EntryStatus.WITHDRAWN:
            _decide(entry, EntryStatus.WITHDRAWN, staff_id, now, by="merchant")


def decide(*, entry_id: UUID, to: EntryStatus, reason: str = "", staff_id: UserId, now: datetime) -> None:
    """Accept an entry or reject it with a reason; until the event runs.

    Raises: NotFound, NotEnrolling (409), EntryMoveNotAllowed (409), EventFull (409).
    """
    known = EventEntry.objects.across_merchants().filter(id=entry_id).first()
    if known is None:
        raise NotFound
    decide_all(event_id=SaleEventId(known.event_id), to=to, reason=reason, entry_ids=[entry_id],
               staff_id=staff_id, now=now)  # fmt: skip


def decide_all(
    *,
    event_id: SaleEventId,
    to: EntryStatus,
    reason: str = "",
    entry_ids: Iterable[UUID] | None = None,
    staff_id: UserId,
    now: datetime,
) -> int:
    """Decide on the named entries, or on all that wait; all of them or none. Returns how many.

    Raises: NotFound, NotEnrolling (409), EntryMoveNotAllowed (409), EventFull (409).
    """
    with atomic():
        found = _locked(event_id)
        if found.status != EventStatus.ENROLLING:
            raise rules.NotEnrolling
        of_event = EventEntry.objects.across_merchants().filter(event=found).order_by("id")
        chosen = (
            of_event.filter(status=EntryStatus.APPLIED.value)
            if entry_ids is None
            else of_event.filter(id__in=list(entry_ids))
        )
        decided = list(chosen)
        for entry in decided:
            rules.require_decision(EntryStatus(entry.status), to)
            if to is EntryStatus.ACCEPTED:
                rules.require_room(_accepted(found), [ProductId(UUID(one)) for one in entry.product_ids])
            entry.reason = reason
            _decide(entry, to, staff_id, now, by="platform")
    return len(decided)


# -- preview ---------------------------------------------------------------------------------------


def preview_path(slug: str, *, now: datetime) -> str:
    """Return where the page is seen before the event runs, for an hour, by whoever has the address."""
    until = int(now.timestamp()) + PREVIEW_SECONDS
    return f"/event/{slug}?preview={signing.Signer(salt=_SALT).sign(f'{slug}.{until}')}"


def is_preview(token: str, *, slug: str, now: datetime) -> bool:
    """Say whether a token opens the page of this event, and still does."""
    try:
        signed = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return False
    whose, _, until = signed.partition(".")
    return whose == slug and int(until) > now.timestamp()


def _require_goods(found: SaleEvent, merchant_id: MerchantId, product_ids: frozenset[ProductId]) -> None:
    cards = catalog.product_cards(list(product_ids), language="zh")
    own = {card.id for card in cards if card.merchant.id == merchant_id}
    if own != product_ids or len(product_ids) > found.products_max:
        raise Invalid(field="product_ids")
    wanted = {CategoryId(UUID(one)) for one in found.category_ids}
    if wanted:
        for category_id in set(catalog.categories_of(list(product_ids)).values()):
            way = catalog.category_detail(category_id, language="zh").breadcrumbs
            if wanted.isdisjoint({category_id, *(step.id for step in way)}):
                raise Invalid(field="product_ids")


def _accepted(found: SaleEvent) -> set[ProductId]:
    taken = EventEntry.objects.across_merchants().filter(event=found, status=EntryStatus.ACCEPTED.value)
    return {ProductId(UUID(one)) for ids in taken.values_list("product_ids", flat=True) for one in ids}


def _locked(event_id: SaleEventId) -> SaleEvent:
    """Return the event, alone with it: whatever is done with it and its entries waits here."""
    found: SaleEvent | None = SaleEvent.objects.select_for_update(no_key=True).filter(id=event_id).first()
    if found is None:
        raise NotFound
    return found


def _open(event_id: SaleEventId, now: datetime) -> SaleEvent:
    found = _locked(event_id)
    if found.terms is None:
        raise NotFound  # merchants do not know drafts
    if not rules.is_open(EventStatus(found.status), found.enrol_from, found.enrol_until, now):
        raise rules.NotEnrolling
    return found


def _move(found: SaleEvent, to: EventStatus, staff_id: UserId, now: datetime) -> None:
    found.status, found.changed_at = to.value, now
    found.save()
    _note(found, to.value, staff_id, now)
    transaction.on_commit(_forget)


def _decide(entry: EventEntry, to: EntryStatus, staff_id: UserId | None, now: datetime, *, by: str) -> None:
    entry.status, entry.changed_at = to.value, now
    entry.save()
    said: Mapping[str, Any] = {"reason": entry.reason} if entry.reason else {}
    audit.record(
        actor=staff_id,
        actor_kind=by,
        action=f"event_entry.{to}",
        subject_kind="evententry",
        subject_id=entry.id,
        merchant_id=MerchantId(entry.merchant_id),
        data={"products": len(entry.product_ids), **said},
        now=now,
    )


def _note(found: SaleEvent, action: str, staff_id: UserId, now: datetime) -> None:
    audit.record(
        actor=staff_id,
        actor_kind="platform",
        action=f"event.{action}",
        subject_kind="saleevent",
        subject_id=found.id,
        merchant_id=None,
        data={},
        now=now,
    )


def _forget() -> None:
    """Drop what was kept of events' pages."""
    cache.purge(queries.TAG)
    hot.forget(queries.TAG)
