"""Saving searches, and telling of what is new in them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import QueryDict

from jishi.discovery.search import queries as search
from jishi.discovery.search.types import SearchWish
from jishi.discovery.searches import queries_saved as queries
from jishi.discovery.searches.models import SavedSearchRow
from jishi.discovery.searches.types import SavedSearch, SavedSearchWish
from jishi.identity.notifications import services as notifications
from jishi.identity.notifications.services import NotSent
from jishi.identity.notifications.types import News
from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import UserId, new_id
from jishi.kernel.words import Text

SAVED_MAX = 50
ALERT_EVERY = timedelta(hours=20)  # a job that runs once a day must not miss a day by a few minutes
NAMES_TOLD_MAX = 3
_PARAMETERS = ("q", "stock", "from", "to", "f", "any", "none", "phrase", "title", "days", "range")


class TooManySearches(Conflict):
    """Nobody keeps more than so many."""

    code = "too_many_searches"
    message = Text(
        zh="保存的搜索已达上限,请先删除一些", en="That is as many as can be saved; please remove some first"
    )


def save(*, buyer: UserId, wish: SavedSearchWish, now: datetime) -> SavedSearch:
    """Keep a search; the same one again gets the new name and alerts. What is on sale already is not new.

    Raises: Invalid (field=address) when it asks for nothing, TooManySearches (409).
    """
    address = _normal(wish.address, now)
    done = rows(
        "INSERT INTO searches_saved (id, user_id, name, address, has_alerts, saved_at, looked_at) "
        "SELECT %(id)s, %(buyer)s, %(name)s::text, %(address)s::text, %(alerts)s, %(now)s, %(now)s "
        "WHERE EXISTS (SELECT 1 FROM searches_saved WHERE user_id = %(buyer)s AND address = %(address)s::text) "
        "OR (SELECT count(*) FROM searches_saved WHERE user_id = %(buyer)s) < %(most)s "
        "ON CONFLICT (user_id, address) DO UPDATE SET name = excluded.name, has_alerts = excluded.has_alerts "
        "RETURNING id, saved_at",
        {
            "id": new_id(), "buyer": buyer, "name": wish.name, "address": address, "alerts": wish.has_alerts,
            "now": now, "most": SAVED_MAX,
        },
    )  # fmt: skip
    if not done:
        raise TooManySearches(most=SAVED_MAX)
    saved_id, saved_at = done[0]
    return SavedSearch(
        id=saved_id,
        name=wish.name,
        address=address,
        has_alerts=wish.has_alerts,
        saved_at=saved_at,
        new_count=0,
    )


def remove(*, buyer: UserId, saved_id: UUID) -> None:
    """Forget a saved search. Raises: NotFound for one that is not his."""
    done, _ = SavedSearchRow.objects.filter(user_id=buyer, id=saved_id).delete()
    if not done:
        raise NotFound


def look(*, buyer: UserId, now: datetime) -> None:
    """Note that a buyer has seen what is new in his searches."""
    SavedSearchRow.objects.filter(user_id=buyer, looked_at__lt=now).update(looked_at=now)


def tell_of_new(*, user_id: UserId, now: datetime) -> bool:
    """Tell somebody what is new in his searches since he was told or looked, if anything: at most once a day.

    The turn is taken before the message goes, so that a second run sends no second one; it is given back when the
    message was refused. Raises: NotSent, for the job runner to try again; SearchWarmingUp.
    """
    found = queries.new_for(user_id, now=now)
    if not found.count or not _take_turn(user_id, now):
        return False
    try:
        notifications.tell(
            user_id=user_id,
            news=News.FOUND,
            params={
                "names": "".join(f"「{name}」" for name in found.names[:NAMES_TOLD_MAX]),
                "count": str(found.count),
                "url": f"{settings.ENV.public_url}/me/searches",
            },
            now=now,
        )
    except NotSent:
        _give_back(user_id, now)
        raise
    return True


def _take_turn(user_id: UserId, now: datetime) -> bool:
    """Claim this day's message: one statement over all of his searches, which only one run can win."""
    with atomic():
        rows("SELECT id FROM searches_saved WHERE user_id = %s ORDER BY id FOR UPDATE", [user_id])
        return bool(
            execute(
                "UPDATE searches_saved SET told_at = %(now)s WHERE user_id = %(user)s AND has_alerts "
                "AND NOT EXISTS (SELECT 1 FROM searches_saved other WHERE other.user_id = %(user)s "
                "AND other.told_at > %(before)s)",
                {"user": user_id, "now": now, "before": now - ALERT_EVERY},
            )
        )


def _give_back(user_id: UserId, now: datetime) -> None:
    SavedSearchRow.objects.filter(user_id=user_id, told_at=now).update(told_at=None)


def _normal(address: str, now: datetime) -> str:
    """Return an address with the parameters of a search only, in one order. Raises: Invalid."""
    given = QueryDict(address)
    kept = QueryDict(mutable=True)
    for name in _PARAMETERS:
        if values := given.getlist(name):
            kept.setlist(name, values)
    if search.wish_of(kept, now=now) == SearchWish():
        raise Invalid(field="address")
    return kept.urlencode()[:600]
