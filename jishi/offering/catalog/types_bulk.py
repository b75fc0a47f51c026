"""What work on many products at once needs to know of the catalogue, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jishi.kernel.ids import BrandId, CategoryId, ProductId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import CategoryAttribute, ListingStatus, ProductWish, VersionStatus
from jishi.offering.catalog.types_review import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """What products of a category must be; `path` are the names from the root down."""

    id: CategoryId
    path: list[Text]
    is_open: bool
    is_leaf: bool
    in_force: Mapping[str, Mapping[str, Any]]
    attributes: list[CategoryAttribute]
    names: Mapping[str, Text]
    choices: Mapping[str, Mapping[str, Text]]
    definitions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All categories, the brands that may be named, those of them the merchant is not authorised to sell, and the
    words that texts must not contain.
    """

    categories: Mapping[CategoryId, CategoryRule]
    brands: Mapping[BrandId, Text]
    closed_brands: frozenset[BrandId]
    words: Mapping[str, Severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProduct:
    """A product of a merchant as it is written now; `proposal` says where its open version stands."""

    id: ProductId
    status: ListingStatus
    proposal: VersionStatus | None
    wish: ProductWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Products by their ids, and which of them has a SKU code, or (as far as asked for) sells under a GTIN."""

    products: Mapping[ProductId, KnownProduct]
    by_code: Mapping[str, ProductId]
    by_gtin: Mapping[str, ProductId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A wish that was checked, and with which definitions, for a product that is there or (None) a new one."""

    product_id: ProductId | None
    wish: ProductWish
    definitions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenProduct:
    """A product as it is written now."""

    id: ProductId
    wish: ProductWish


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAxis:
    """Something buyers choose between in some of a merchant's products."""

    code: str
    name: Text
