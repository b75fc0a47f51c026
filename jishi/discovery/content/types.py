"""The home page."""

from dataclasses import dataclass

from jishi.offering.catalog.types import CategoryNode, ProductCard
from jishi.offering.media.types import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
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
