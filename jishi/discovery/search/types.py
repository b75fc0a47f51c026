"""What can be asked of search, and what it answers."""

from dataclasses import dataclass, field
from enum import StrEnum

from jishi.kernel.ids import CategoryId, MerchantId
from jishi.offering.catalog.types import ProductCard


class SearchSort(StrEnum):
    RELEVANCE = "relevance"
    SALES = "sales"
    NEWEST = "newest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWish:
    """Filters narrow, words rank; `attributes` maps attribute code to accepted values; prices in minor units."""

    words: str = ""
    category_id: CategoryId | None = None
    merchant_id: MerchantId | None = None
    brand_ids: list[str] = field(default_factory=list)
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    in_stock: bool = False
    attributes: dict[str, list[str]] = field(default_factory=dict)
    sort: SearchSort = SearchSort.RELEVANCE
    page: int = 1
    size: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One filter with its values and how many products each would leave."""

    code: str  # category | brand | merchant | price | attribute code
    name: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A page of hits. `count` is exact up to `count_cap`; `is_capped` says that there are more. `leads_to` is the
    page of the storefront that the platform shows for these words instead.
    """

    items: list[ProductCard]
    next_cursor: str | None
    count: int
    is_capped: bool
    facets: list[Facet]
    did_you_mean: str | None
    leads_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A completion; `kind` is `query`, `category`, `brand` or `store`."""

    text: str
    kind: str
    target_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    items: list[Suggestion]
