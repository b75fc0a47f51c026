"""The home page, and what the shop itself says."""

from dataclasses import dataclass
from enum import StrEnum

from jishi.offering.catalog.types import CategoryNode, ProductCard
from jishi.offering.media.types import Image


class ShelfKind(StrEnum):
    """What a shelf is filled with."""

    NEWEST = "newest"
    BEST_SELLERS = "best_sellers"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """A picture that leads to a page of the shop."""

    title: str
    subtitle: str
    image: Image | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A titled row of products; `link` leads to more."""

    code: str
    title: str
    products: list[ProductCard]
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    banners: list[Banner]
    categories: list[CategoryNode]
    shelves: list[Shelf]


class TextCode(StrEnum):
    """What the shop tells everybody who uses it."""

    TERMS = "terms"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopText:
    """A text of the shop in one language; `html` is sanitised."""

    code: TextCode
    title: str
    html: str
