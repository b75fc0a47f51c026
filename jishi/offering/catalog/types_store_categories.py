"""Store categories as they cross the border of the catalogue."""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from jishi.kernel.ids import ProductId, StoreCategoryId
from jishi.kernel.words import Text

CATEGORIES_MAX = 200
OF_PRODUCT_MAX = 10
PRODUCTS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCategoryNode:
    """A store category as buyers see it: with something on sale in it, or in one of its children."""

    id: StoreCategoryId
    name: str
    children: list["StoreCategoryNode"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCategoryRow:
    """A store category as its merchant orders it: how many of his products stand in it, and how many of them are on
    sale; those of its children are not counted.
    """

    id: StoreCategoryId
    name: Text
    parent_id: StoreCategoryId | None
    product_count: int
    live_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCategoryWish:
    """A store category as its merchant writes it: a Chinese name of up to 30 characters, an English one of up to 60
    that may be left empty, and the top category that it lies in, if any.
    """

    name: Text
    parent_id: StoreCategoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCategoryOrder:
    """All children of one parent (or all top categories), in the order in which they are to stand."""

    store_category_ids: Annotated[list[StoreCategoryId], Field(min_length=1, max_length=CATEGORIES_MAX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenProducts:
    """Products to put into a store category or to take out of it, up to 200 at a time."""

    product_ids: Annotated[list[ProductId], Field(min_length=1, max_length=PRODUCTS_AT_ONCE)]
