"""All tables of the area, for Django's migrations."""

from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.discovery.ranking.models import ProductQuality
from jishi.discovery.search.models import IndexNode
from jishi.discovery.steering.models import Rule, RuleSet

__all__ = [
    "BannerRow",
    "FavouriteRow",
    "FollowRow",
    "IndexNode",
    "ProductQuality",
    "Rule",
    "RuleSet",
    "ShelfRow",
]
