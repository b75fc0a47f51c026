"""What can be asked of search, and what it answers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jishi.kernel.ids import CategoryId, MerchantId, StoreCategoryId
from jishi.offering.catalog.types import ProductCard


class SearchSort(StrEnum):
    RELEVANCE = "relevance"
    SALES = "sales"
    NEWEST = "newest"
    RATING = "rating"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


# The methods by which goods are sent that can be asked for.
DELIVERY = ("standard", "express", "same_city")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWish:
    """Filters narrow, words rank; `attributes` maps attribute code to accepted values; prices in minor units.

    Of `any_words` one is enough, of `none_words` none may be there, `phrase` stands in the title as written;
    `in_title`: the words are looked for in titles only. `ships_from` are provinces (310000), `delivery`
    methods of sending, `ranges` from and to for the code of a number attribute, None meaning open.
    """

    words: str = ""
    category_id: CategoryId | None = None
    merchant_id: MerchantId | None = None
    store_category_id: StoreCategoryId | None = None
    brand_ids: list[str] = field(default_factory=list)
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    in_stock: bool = False
    attributes: dict[str, list[str]] = field(default_factory=dict)
    any_words: str = ""
    none_words: str = ""
    phrase: str = ""
    in_title: bool = False
    rating_from_hundredths: int | None = None
    published_from: datetime | None = None
    ships_from: list[str] = field(default_factory=list)
    delivery: list[str] = field(default_factory=list)
    ranges: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
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
    """One filter with its values and how many products each would leave. `is_number`: its values are numbers, so
    that a range of them can be asked for.
    """

    # category | brand | merchant | store_category | price | rating | ships_from | delivery | attribute code
    code: str
    name: str
    values: list[FacetValue]
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """What would find something when nothing was found: without the filter `code` (`kind` is `filter`), or with
    `words` only (`kind` is `words`), and how many products that would be.
    """

    kind: str
    code: str = ""
    words: str = ""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A page of hits. `count` is exact up to `count_cap`; `is_capped` says that there are more.

    `is_partly`: nothing has all the words, these have most of them or words spelt almost so. `title_parts` has, by
    id, the title of each hit in parts, of which every second one was asked for; titles without such a part are
    missing. `ways_out` helps when nothing was found. `leads_to` is the page of the storefront that the platform shows
    for these words instead.
    """

    items: list[ProductCard]
    next_cursor: str | None
    count: int
    is_capped: bool
    facets: list[Facet]
    did_you_mean: str | None
    is_partly: bool = False
    title_parts: dict[str, list[str]] = field(default_factory=dict)
    ways_out: list[WayOut] = field(default_factory=list)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMatch:
    """A product that shows a picture like the one looked for; `is_same` when it is the same but for its size."""

    product: ProductCard
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureMatches:
    """The most alike first."""

    items: list[PictureMatch]
