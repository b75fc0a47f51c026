"""All tables of the area, for Django's migrations."""

from jishi.discovery.behaviour.models import ConsentRow, EventRow, VisitorRow
from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.discovery.recommendations.models import ListRow, RefusalRow, VersionRow
from jishi.discovery.search.models import IndexNode

__all__ = [
    "BannerRow",
    "ConsentRow",
    "EventRow",
    "FavouriteRow",
    "FollowRow",
    "IndexNode",
    "ListRow",
    "RefusalRow",
    "ShelfRow",
    "VersionRow",
    "VisitorRow",
]
