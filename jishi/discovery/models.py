"""All tables of the area, for Django's migrations."""

from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.searches.models import SavedSearchRow

__all__ = ["BannerRow", "FavouriteRow", "FollowRow", "IndexNode", "SavedSearchRow", "ShelfRow"]
