"""What discovery reads of the catalogue: whole products to index, and which of them changed."""

from dataclasses import dataclass, field
from datetime import datetime

from jishi.kernel.ids import ProductId, SkuId, StoreCategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with an id and a name in both languages."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedAttribute:
    """A filterable attribute's value of a product, with both names of each."""

    code: str
    name: Text
    value: str
    value_name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    """Everything an index wants to know of a product on sale; `categories` from the root down, `remarks` what its
    attributes of free text say, such as an author; `codes` are bar codes and model numbers; `store_category_ids` with
    those above them. Not `is_front`: another merchant's offer of the same is better.
    """

    product_id: ProductId
    title: Text
    subtitle: Text
    description: Text
    categories: list[Named]
    brand: Named | None
    merchant: Named
    attributes: list[IndexedAttribute]
    choices: list[Text]
    remarks: list[str]
    codes: list[str]
    tags: list[str]
    price_from_minor: int
    price_to_minor: int
    in_stock: bool
    sold_count: int
    published_at: datetime
    rating: Rating | None
    sku_ids: list[SkuId]
    store_category_ids: list[StoreCategoryId] = field(default_factory=list)
    is_front: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How complete the page of a product on sale is: `filled` of the `attributes` of its category, the longer
    description in characters; and what buyers think of it, in hundredths of a star.
    """

    product_id: ProductId
    rating_hundredths: int
    review_count: int
    pictures: int
    has_video: bool
    filled: int
    attributes: int
    description_length: int
    is_in_both_languages: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Products that changed after a cursor, and the cursor to ask with next time; `is_all` when nothing is
    left.
    """

    product_ids: list[ProductId]
    cursor: str
    is_all: bool
