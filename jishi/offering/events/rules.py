"""What an event may be and who may do what with it when; no Django, no clock."""

import re
from collections.abc import Collection
from datetime import datetime

from jishi.kernel.errors import Conflict, Invalid
from jishi.kernel.foreign import has_unstorable
from jishi.kernel.words import Text
from jishi.offering.events.types import (
    COUPONS_MAX,
    LINK_MAX,
    NAME_MAX,
    PRODUCTS_MAX,
    ROW_PRODUCTS_MAX,
    ROWS_MAX,
    SLUG_MAX,
    TEXT_MAX,
    EntryStatus,
    EventPageWish,
    EventStatus,
    EventWish,
)

GOODS_MAX = 500  # products in one event: as many as a promotion names
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
INSIDE = re.compile(r"/(?!/)[!-~]*")  # an address of the shop itself
MOVES = {
    EventStatus.DRAFT: {EventStatus.ENROLLING, EventStatus.OVER},
    EventStatus.ENROLLING: {EventStatus.RUNNING, EventStatus.OVER},
    EventStatus.RUNNING: {
        EventStatus.RUNNING,
        EventStatus.OVER,
    },  # started again: what failed half-way is done
    EventStatus.OVER: set[EventStatus](),
}
DECIDED_FROM = {
    EntryStatus.ACCEPTED: {EntryStatus.APPLIED, EntryStatus.REJECTED},
    EntryStatus.REJECTED: {EntryStatus.APPLIED, EntryStatus.ACCEPTED},
    EntryStatus.WITHDRAWN: {EntryStatus.APPLIED, EntryStatus.ACCEPTED, EntryStatus.REJECTED},
}


class EventMoveNotAllowed(Conflict):
    """An event cannot go from where it stands to where it was sent; both are in the data."""

    code = "event_move_not_allowed"
    message = Text(zh="活动当前状态不能进行此操作", en="The event cannot do that from where it stands")


class NotEnrolling(Conflict):
    """Entries are written while the event's enrolment is open only."""

    code = "event_not_enrolling"
    message = Text(zh="活动当前不接受报名变更", en="The event takes no entries now")


class EntryMoveNotAllowed(Conflict):
    """An entry cannot be decided from where it stands."""

    code = "entry_move_not_allowed"
    message = Text(zh="报名当前状态不能进行此操作", en="The entry cannot do that from where it stands")


class NothingAccepted(Conflict):
    """An event without goods would be one on all goods."""

    code = "event_without_goods"
    message = Text(zh="还没有通过的报名,不能开始", en="No entry is accepted yet; it cannot start")


class EventFull(Conflict):
    """The goods of an event are as many as it takes."""

    code = "event_full"
    message = Text(zh="活动商品已满 {most} 件", en="The event has its {most} products")


def require_move(now: EventStatus, to: EventStatus) -> None:
    """Check a change of an event's status. Raises: EventMoveNotAllowed (409)."""
    if to not in MOVES[now]:
        raise EventMoveNotAllowed(status=now, wanted=to)


def require_decision(now: EntryStatus, to: EntryStatus) -> None:
    """Check a change of an entry's status. Raises: EntryMoveNotAllowed (409)."""
    if now not in DECIDED_FROM[to]:
        raise EntryMoveNotAllowed(status=now, wanted=to)


def is_open(status: EventStatus, enrol_from: datetime, enrol_until: datetime, now: datetime) -> bool:
    """Tell whether entries may be written."""
    return status is EventStatus.ENROLLING and enrol_from <= now < enrol_until


def require_sound(wish: EventWish) -> None:
    """Check everything that needs no look at tables. Raises: Invalid, naming the field."""
    if not SLUG.fullmatch(wish.slug) or len(wish.slug) > SLUG_MAX:
        raise Invalid(field="slug")
    if not _is_text(wish.name, NAME_MAX) or not wish.name.zh.strip():
        raise Invalid(field="name")
    if wish.enrol_until <= wish.enrol_from:
        raise Invalid(field="enrol_until")
    if not 1 <= wish.products_max <= PRODUCTS_MAX:
        raise Invalid(field="products_max")


def require_page(wish: EventPageWish) -> None:
    """Check what an event's page says. Raises: Invalid, naming the field."""
    if not _is_text(wish.text, TEXT_MAX):
        raise Invalid(field="text")
    if wish.banner_link and (len(wish.banner_link) > LINK_MAX or not INSIDE.fullmatch(wish.banner_link)):
        raise Invalid(field="banner_link")
    if len(wish.coupon_ids) > COUPONS_MAX:
        raise Invalid(field="coupon_ids")
    if len(wish.rows) > ROWS_MAX:
        raise Invalid(field="rows")
    for row in wish.rows:
        if not _is_text(row.title, NAME_MAX) or not 1 <= len(row.product_ids) <= ROW_PRODUCTS_MAX:
            raise Invalid(field="rows")


def require_room(taken: Collection[object], more: Collection[object]) -> None:
    """Refuse more goods than an event takes. Raises: EventFull (409)."""
    if len({*taken, *more}) > GOODS_MAX:
        raise EventFull(most=GOODS_MAX)


def _is_text(text: Text, length_max: int) -> bool:
    return max(len(text.zh), len(text.en)) <= length_max and not has_unstorable([text.zh, text.en])
