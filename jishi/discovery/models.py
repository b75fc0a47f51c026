"""All tables of the area, for Django's migrations."""

from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.interests.models import FavouriteRow, FollowRow

__all__ = ["BannerRow", "FavouriteRow", "FollowRow", "ShelfRow"]
