"""Reading saved searches, and what is new in them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.http import QueryDict

from jishi.discovery.search import queries as search
from jishi.discovery.search.queries import SearchWarmingUp
from jishi.discovery.searches.models import SavedSearchRow
from jishi.discovery.searches.types import Finding, SavedSearch
from jishi.kernel.ids import UserId


def saved(*, buyer: UserId, now: datetime) -> list[SavedSearch]:
    """Return what a buyer saved, the latest first, with how much is new in each: one statement."""
    return [
        SavedSearch(
            id=one.id,
            name=one.name,
            address=one.address,
            has_alerts=one.has_alerts,
            saved_at=one.saved_at,
            new_count=_new_count(one, now=now),
        )
        for one in SavedSearchRow.objects.filter(user_id=buyer).order_by("-saved_at", "-id")
    ]


def new_for(user_id: UserId, *, now: datetime) -> Finding:
    """Return what is new to somebody in the searches he wants to be told of. Raises: SearchWarmingUp."""
    kept = SavedSearchRow.objects.filter(user_id=user_id, has_alerts=True).order_by("-saved_at", "-id")
    counts = [(one.name, _count(one, max(one.looked_at, one.told_at or one.looked_at), now)) for one in kept]
    found = [(name, count) for name, count in counts if count]
    return Finding(user_id=user_id, names=[name for name, _ in found], count=sum(count for _, count in found))


def to_tell(*, told_before: datetime) -> Iterable[UserId]:
    """Return who wants to be told of what is new and was not told since an instant."""
    wanted = SavedSearchRow.objects.filter(has_alerts=True)
    told = SavedSearchRow.objects.filter(told_at__gt=told_before).values("user_id")
    found = wanted.exclude(user_id__in=told).order_by("user_id").values_list("user_id", flat=True).distinct()
    return [UserId(one) for one in found]


def _new_count(one: SavedSearchRow, *, now: datetime) -> int:
    try:
        return _count(one, one.looked_at, now)
    except SearchWarmingUp:
        return 0


def _count(one: SavedSearchRow, since: datetime, now: datetime) -> int:
    # The index knows whole seconds: what was there in the second of the last look is not new.
    return search.count_since(
        search.wish_of(QueryDict(one.address), now=now), since=since + timedelta(seconds=1)
    )
