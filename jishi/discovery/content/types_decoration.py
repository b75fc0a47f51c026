"""How a store is decorated: the blocks of its front as a merchant writes them, and as buyers see them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.exact import Exact, Whole
from jishi.kernel.ids import MediaId, ProductId, StoreCategoryId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductCard
from jishi.offering.media.types import Image

BLOCKS_MAX = 20
BANNERS_MAX = 5
PRODUCTS_MAX = 12
VERSIONS_KEPT = 20


class BlockKind(StrEnum):
    """What a block of a store's front is."""

    BANNERS = "banners"
    PICTURE_TEXT = "picture_text"
    TWO_PICTURES = "two_pictures"
    CHOSEN_PRODUCTS = "chosen_products"
    RULED_PRODUCTS = "ruled_products"
    NOTICE = "notice"


class ProductRule(StrEnum):
    """What fills a row of products that nobody chose by hand."""

    NEWEST = "newest"
    BEST_SELLERS = "best_sellers"
    STORE_CATEGORY = "store_category"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedPicture:
    """One of the merchant's pictures, what it says in words, and where it leads: to a product or to a store category
    of his, or (neither) nowhere.
    """

    media_id: MediaId
    alt: Text
    product_id: ProductId | None = None
    store_category_id: StoreCategoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block as its merchant writes it. `kind` says what it has; what it has not is empty.

    banners: 1 to 5 `pictures`. picture_text: one picture, `title` or `text`. two_pictures: two pictures.
    chosen_products: 1 to 12 `product_ids`. ruled_products: a `rule`, and its `store_category_id`. notice: `title` or
    `text`. Every one but banners and two_pictures may have a `title`; texts are of up to 500 characters.
    """

    kind: BlockKind
    title: Text
    text: Text
    pictures: Annotated[list[LinkedPicture], Field(max_length=BANNERS_MAX)] = field(default_factory=list)
    product_ids: Annotated[list[ProductId], Field(max_length=PRODUCTS_MAX)] = field(default_factory=list)
    rule: ProductRule | None = None
    store_category_id: StoreCategoryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecorationSave:
    """All blocks of the draft, and the `version` that it was read at."""

    blocks: Annotated[list[Block], Field(max_length=BLOCKS_MAX)]
    version: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class DecorationVersionMove:
    """What is done to the draft that was read at this `version`."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1), Exact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoration:
    """A store's decoration as its merchant edits it; `version` guards the draft against lost updates.

    `pictures` and `product_titles` are of what the blocks name, by id. `live_number` is the version that buyers see
    (None: the store is not decorated) and `is_published` says whether the draft is just that.
    """

    blocks: list[Block]
    version: int
    live_number: int | None
    is_published: bool
    pictures: dict[str, Image]
    product_titles: dict[str, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecorationVersionRow:
    """One of the versions that were published last."""

    number: Annotated[int, Field(ge=1, examples=[3])]
    published_at: str
    block_count: int
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAddress:
    """Where the store is seen with its draft for a while, without the language; `seconds` is how long it works."""

    path: Annotated[str, Field(examples=["/store/0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa?preview=token"])]
    seconds: Annotated[int, Field(examples=[3600])]


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePicture:
    """A picture of a store's front; `link` leads to a page of the shop, if anywhere."""

    image: Image
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreBlock:
    """One block as buyers see it, in the asked language; `link` leads to more of its products."""

    kind: BlockKind
    title: str
    text: str
    pictures: list[StorePicture]
    products: list[ProductCard]
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFront:
    """What stands above the goods of a store; no blocks: the store is not decorated."""

    blocks: list[StoreBlock]
