"""All tables of the area, for Django's migrations."""

from jishi.discovery.behaviour.models import ConsentRow, EventRow, VisitorRow
from jishi.discovery.content.models import BannerRow, ShelfRow
from jishi.discovery.content.models_decoration import DecorationVersion, StoreDecoration
from jishi.discovery.interests.models import FavouriteRow, FollowRow
from jishi.discovery.ranking.models import ProductQuality
from jishi.discovery.recommendations.models import ListRow, RefusalRow, VersionRow
from jishi.discovery.recommendations.models_letters import LetterRow
from jishi.discovery.recommendations.models_measured import DailyRow, ExperimentRow
from jishi.discovery.search.models import IndexNode
from jishi.discovery.searches.models import SavedSearchRow
from jishi.discovery.steering.models import Rule, RuleSet

__all__ = [
    "BannerRow",
    "ConsentRow",
    "DailyRow",
    "DecorationVersion",
    "EventRow",
    "ExperimentRow",
    "FavouriteRow",
    "FollowRow",
    "IndexNode",
    "LetterRow",
    "ListRow",
    "ProductQuality",
    "RefusalRow",
    "Rule",
    "RuleSet",
    "SavedSearchRow",
    "ShelfRow",
    "StoreDecoration",
    "VersionRow",
    "VisitorRow",
]
