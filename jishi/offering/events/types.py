"""Sale events as operators write them, merchants enrol in them and buyers see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.kernel.ids import CategoryId, CouponTemplateId, MediaId, ProductId, PromotionId, SaleEventId
from jishi.kernel.words import Text
from jishi.offering.catalog.types import ProductCard
from jishi.offering.coupons.types_buyers import CouponOffer
from jishi.offering.media.types import Image
from jishi.offering.pricing.types import FunderShare
from jishi.offering.pricing.types_promotions import Effect

NAME_MAX, SLUG_MAX, TEXT_MAX = 60, 60, 1_000
PRODUCTS_MAX = 200
ROWS_MAX = 10
ROW_PRODUCTS_MAX = 12
COUPONS_MAX = 12
LINK_MAX = 200


class EventStatus(StrEnum):
    """A draft is nobody's yet; merchants enrol; it runs with the products that were accepted; it is over for good."""

    DRAFT = "draft"
    ENROLLING = "enrolling"
    RUNNING = "running"
    OVER = "over"


class EntryStatus(StrEnum):
    """Applied waits for the platform; what was withdrawn or rejected may be applied for again."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWish:
    """An event as it is written. `promotion_id` is a draft of the platform's: what it says are the terms; its goods
    become those that are accepted. Without categories every product may be enrolled.
    """

    slug: str
    name: Text
    promotion_id: PromotionId
    enrol_from: datetime
    enrol_until: datetime
    category_ids: list[CategoryId] = field(default_factory=list)
    products_max: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRowOfGoods:
    """A titled row of products on an event's page."""

    title: Text
    product_ids: list[ProductId]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPageWish:
    """What an event's page says above all of its goods: a picture with an address of the shop, a text, coupons to
    claim, what runs in the flash sale, and rows of chosen products.
    """

    text: Text = field(default_factory=lambda: Text("", ""))
    rows: list[EventRowOfGoods] = field(default_factory=list)
    banner_id: MediaId | None = None
    banner_link: str = ""
    coupon_ids: list[CouponTemplateId] = field(default_factory=list)
    has_flash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWish:
    """The products that a merchant enrols; they take the place of those he enrolled before."""

    product_ids: Annotated[frozenset[ProductId], Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A merchant's entry; `reason` says why it was rejected. `titles` names the products, by id."""

    status: EntryStatus
    product_ids: list[ProductId]
    titles: dict[str, Text]
    reason: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventForMerchant:
    """An event as merchants see it, with the terms that enrolling accepts and their own entry, if any.

    `can_enrol` says whether an entry may be written now; it may be withdrawn until the event runs.
    """

    id: SaleEventId
    name: Text
    status: EventStatus
    enrol_from: datetime
    enrol_until: datetime
    starts_at: datetime
    ends_at: datetime
    effect: Effect
    funders: list[FunderShare]
    category_ids: list[CategoryId]
    products_max: int
    can_enrol: bool
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A titled row of an event's products, in the asked language."""

    title: str
    products: list[ProductCard]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventShown:
    """An event's page in the asked language. `rows` are chosen products, `products` all that take part and are on
    sale; both are empty once it is over, as are `coupons`, which stand as a visitor sees them. With `has_flash` the
    page shows what runs in the flash sale.
    """

    slug: str
    name: str
    text: str
    starts_at: datetime
    ends_at: datetime
    is_over: bool
    effect: Effect
    rows: list[ShownRow]
    products: list[ProductCard]
    banner: Image | None = None
    banner_link: str = ""
    coupons: list[CouponOffer] = field(default_factory=list)
    has_flash: bool = False
