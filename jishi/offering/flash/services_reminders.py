"""Reminders: a buyer asks, and is told once, shortly before the session starts."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.services import NotSent
from jishi.identity.notifications.types import News
from jishi.kernel.db import execute, row, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import FlashItemId, SkuId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.flash import rules

REMINDERS_MAX = 100
NAMES_TOLD_MAX = 3
TITLE_LENGTH_MAX = 20  # a text message is short
LATE_MAX = timedelta(minutes=10)  # later than so long after the start nobody is told any more


class FlashBegun(Conflict):
    """The session runs or is over: there is nothing to wait for."""

    code = "flash_begun"
    message = Text(zh="本场秒杀已经开始,无需提醒", en="This session has begun already")


class TooManyReminders(Conflict):
    """Nobody waits for more than so many."""

    code = "too_many_reminders"
    message = Text(
        zh="开抢提醒已达上限,请先取消一些", en="That is as many reminders as there can be; please drop some"
    )


def remind(*, item_id: FlashItemId, buyer: UserId, now: datetime) -> None:
    """Let a buyer be told of an item before its session starts; again is no change.

    Raises: NotFound for an item that was not accepted, FlashBegun, TooManyReminders (409 each).
    """
    found = row(
        "SELECT s.starts_at FROM flash_item i JOIN flash_session s ON s.id = i.session_id "
        "WHERE i.id = %s AND i.status = 'accepted'",
        [item_id],
    )
    if found is None:
        raise NotFound
    if found[0] <= now:
        raise FlashBegun
    done = execute(
        "INSERT INTO flash_reminder (buyer_id, item_id, asked_at) SELECT %(buyer)s, %(item)s, %(now)s WHERE "
        "(SELECT count(*) FROM flash_reminder r JOIN flash_item i ON i.id = r.item_id "
        "JOIN flash_session s ON s.id = i.session_id WHERE r.buyer_id = %(buyer)s AND s.starts_at > %(now)s) "
        "< %(most)s ON CONFLICT (buyer_id, item_id) DO NOTHING",
        {"buyer": buyer, "item": item_id, "now": now, "most": REMINDERS_MAX},
    )
    if not done and not _waits(item_id, buyer):
        raise TooManyReminders(most=REMINDERS_MAX)


def forget(*, item_id: FlashItemId, buyer: UserId) -> None:
    """Drop a reminder; without one nothing changes."""
    execute("DELETE FROM flash_reminder WHERE buyer_id = %s AND item_id = %s", [buyer, item_id])


def to_tell(*, now: datetime) -> list[UserId]:
    """Return who is to be told of something now."""
    found = rows(f"SELECT DISTINCT r.buyer_id {_DUE}", _moments(now))
    return [UserId(buyer) for (buyer,) in found]


def tell(*, buyer: UserId, now: datetime) -> bool:
    """Tell a buyer of everything that starts soon, in one message; say whether there was anything.

    The turn is taken before the message goes, so that a second run sends no second one; it is given back when the
    message was refused. Raises: NotSent, for the job runner to try again.
    """
    found = rows(
        "WITH due AS (SELECT r.item_id, s.starts_at, i.sku_id "
        f"{_DUE} AND r.buyer_id = %(buyer)s FOR UPDATE OF r) "
        "UPDATE flash_reminder r SET told_at = %(now)s FROM due WHERE r.buyer_id = %(buyer)s "
        "AND r.item_id = due.item_id RETURNING r.item_id, due.starts_at, due.sku_id",
        {**_moments(now), "buyer": buyer},
    )
    if not found:
        return False
    try:
        _send(buyer, found, now)
    except NotSent:
        execute(
            "UPDATE flash_reminder SET told_at = NULL WHERE buyer_id = %s AND told_at = %s "
            "AND item_id = ANY(%s::uuid[])",
            [buyer, now, [item_id for item_id, _, _ in found]],
        )
        raise
    return True


def clear(*, now: datetime) -> int:
    """Forget the reminders of sessions that are over; return how many. Safe to call again."""
    return execute(
        "DELETE FROM flash_reminder r USING flash_item i, flash_session s WHERE i.id = r.item_id "
        "AND s.id = i.session_id AND s.ends_at <= %s",
        [now],
    )


# A session that was told of once and then put off does not happen: sessions keep their times.
_DUE = (
    "FROM flash_reminder r JOIN flash_item i ON i.id = r.item_id JOIN flash_session s ON s.id = i.session_id "
    "WHERE r.told_at IS NULL AND i.status = 'accepted' AND s.starts_at <= %(soon)s AND s.starts_at > %(late)s"
)


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "soon": now + rules.REMIND_BEFORE, "late": now - LATE_MAX}


def _send(buyer: UserId, found: list[tuple[UUID, datetime, UUID]], now: datetime) -> None:
    skus = catalog.skus_for_sale([SkuId(sku_id) for _, _, sku_id in found])
    titles = [skus[SkuId(sku_id)].title.zh[:TITLE_LENGTH_MAX] for _, _, sku_id in found]
    first = min(starts_at for _, starts_at, _ in found)
    notifications.tell(
        user_id=buyer,
        news=News.FLASH,
        params={
            "names": "".join(f"「{one}」" for one in titles[:NAMES_TOLD_MAX]),
            "time": f"{first.astimezone(rules.CHINA):%H:%M}",
            "url": f"{settings.ENV.public_url}/flash",
        },
        now=now,
    )


def _waits(item_id: FlashItemId, buyer: UserId) -> bool:
    found = row("SELECT 1 FROM flash_reminder WHERE buyer_id = %s AND item_id = %s", [buyer, item_id])
    return found is not None
