"""What is for sale, as it crosses the border of the catalogue; public texts are in the asked language."""

from dataclasses import dataclass, field
from enum import StrEnum

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.exact import Whole
from jishi.kernel.ids import BrandId, CategoryId, MediaId, ProductId, SharedProductId, SkuId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.catalog.types_attributes import AttributeMisfit
from jishi.offering.catalog.types_facts import ProductFacts, TierWish
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.catalog.types_offers import SharedOffers
from jishi.offering.catalog.types_shelf import ShelfPlan
from jishi.offering.media.types import Image, Video
from jishi.offering.pricing.types import PriceTier


class ListingStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LIVE = "live"
    OFF_SHELF = "off_shelf"
    REJECTED = "rejected"
    BANNED = "banned"


class VersionStatus(StrEnum):
    """Where one written version of a product stands; the first three are open. A rejected one is refused for good
    once the next is written.
    """

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    LIVE = "live"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class Cause(StrEnum):
    """Why a version waits for a person."""

    NEW_PRODUCT = "new_product"
    TEXTS = "texts"
    PICTURES = "pictures"
    PLACE = "place"
    VARIANTS = "variants"
    PRICES = "prices"
    FINDINGS = "findings"
    STANDING = "standing"


class ProductSort(StrEnum):
    """How a plain list of products is ordered."""

    NEWEST = "newest"
    SALES = "sales"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


class ListingSort(StrEnum):
    """How a merchant's own products are ordered: by their last change, or by their lowest price."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


class AuthorisationStatus(StrEnum):
    """Where a merchant's request to sell a brand stands."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AttributeKind(StrEnum):
    """What an attribute's value may be; values are kept as text, whatever the kind (`rules.normal_value`)."""

    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCrumb:
    id: CategoryId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryNode:
    """One category with its children, as the tree is shown."""

    id: CategoryId
    name: str
    icon: str | None = None
    children: list["CategoryNode"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeOption:
    """One of the values an attribute may have: the code that is stored, and what people read."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryAttribute:
    """An attribute products of a category have, its own or inherited; `choices` are the names of `options`, `unit`
    is what a number counts.
    """

    code: str
    name: str
    kind: AttributeKind
    is_required: bool
    is_filterable: bool
    is_sale_axis: bool
    choices: list[str]
    options: list[AttributeOption] = field(default_factory=list)
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDetail:
    """A category on its own page: the way to it, what is below it, and what its products can be filtered by."""

    id: CategoryId
    name: str
    breadcrumbs: list[CategoryCrumb]
    children: list[CategoryNode]
    filters: list[CategoryAttribute]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRow:
    """A brand to choose; one that needs an authorisation says where the merchant's request stands, if there is one,
    and why it was refused or withdrawn.
    """

    id: BrandId
    name: str
    needs_authorisation: bool = False
    authorisation: AuthorisationStatus | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationWish:
    """What shows that a merchant may sell a brand: 1 to 6 of his pictures, and a note of up to 500 characters."""

    media_ids: list[MediaId]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What buyers think of a product: the average in hundredths of a star (100 to 500) of `count` reviews."""

    average_hundredths: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard:
    """A product in a list; `price` is the lowest price of its SKUs, `merchants` how many sell it: the card is of the
    best offer.
    """

    id: ProductId
    title: str
    price: Money
    list_price: Money | None
    image: Image | None
    merchant: MerchantCard
    in_stock: bool
    sold_count: int
    rating: Rating | None
    merchants: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisValue:
    code: str
    name: str
    image: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAxis:
    """A sale attribute buyers choose on, such as colour."""

    code: str
    name: str
    values: list[AxisValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """One combination of sale attributes: `choice` maps axis code to value code.

    `lowest_price` is the lowest in 30 days, where it is to be shown: beside a list price, and when the price fell. It
    is of the days before the present price; once that has stood for 30 days, or if it is the first, it is the lowest.
    """

    id: SkuId
    code: str
    choice: dict[str, str]
    price: Money
    list_price: Money | None
    in_stock: bool
    lowest_price: Money | None = None
    gtin: str = ""
    model: str = ""
    tiers: list[PriceTier] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the specification table; `colour` is set when the value is one, as `#rrggbb`."""

    name: str
    value: str
    colour: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDetail:
    """Everything a product page shows. `description` is sanitised HTML. Of an offer of a shared product, `shared_id`
    is its lasting address, and `shared` says what all merchants offer, when there are several offers.
    """

    id: ProductId
    title: str
    subtitle: str
    description: str
    breadcrumbs: list[CategoryCrumb]
    brand: str | None
    merchant: MerchantCard
    images: list[Image]
    axes: list[SaleAxis]
    skus: list[Sku]
    facts: list[Fact]
    price_from: Money
    price_to: Money
    in_stock: bool
    sold_count: int
    rating: Rating | None
    version: int
    video: Video | None = None
    shared_id: SharedProductId | None = None
    shared: SharedOffers | None = None
    tags: list[str] = field(default_factory=list)
    kind: ProductKind = ProductKind.PHYSICAL
    voucher_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuName:
    """What a SKU is called in lists of stock."""

    sku_id: SkuId
    code: str
    title: str
    choice_name: str


# -- the merchant's side ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisValueWish:
    code: str
    name: Text
    media_id: MediaId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAxisWish:
    code: str
    name: Text
    values: list[AxisValueWish]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuWish:
    """A SKU as a merchant writes it; `id` is None for a new one; prices in minor units of the merchant's
    currency. `gtin` is the number on its bar code, `model` what its maker calls it, `tiers` up to 5 wholesale steps.
    """

    code: str
    choice: dict[str, str]
    price_minor: Whole
    list_price_minor: Whole | None = None
    weight_grams: Whole = 0
    volume_cm3: Whole = 0
    gtin: str = ""
    model: str = ""
    tiers: list[TierWish] = field(default_factory=list)
    id: SkuId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductWish:
    """A product as a merchant writes it, both languages; `attributes` maps attribute code to its value.

    A service says for how many days (1 to 1 095) its vouchers are good, `voucher_days`; other kinds say nothing.
    """

    title: Text
    subtitle: Text
    description: Text
    category_id: CategoryId
    brand_id: BrandId | None
    media_ids: list[MediaId]
    axes: list[SaleAxisWish]
    skus: list[SkuWish]
    attributes: dict[str, str]
    freight_template_id: str | None = None
    per_buyer_limit: Whole | None = None
    video_id: MediaId | None = None
    facts: ProductFacts = field(default_factory=ProductFacts)
    kind: ProductKind = ProductKind.PHYSICAL
    voucher_days: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductForMerchant:
    """A product as its merchant edits it; `version` guards against lost updates.

    `wish` is the open version when there is one, else what is live. `proposal` says where the open one stands
    and `reason` why it was rejected, `causes` why it waits for a person; `live` is what buyers see meanwhile.
    `misfits` are what the category asks otherwise since, once the product has been live.
    """

    id: ProductId
    status: ListingStatus
    wish: ProductWish
    images: list[Image]
    version: int
    updated_at: str
    proposal: VersionStatus | None = None
    reason: str = ""
    live: ProductWish | None = None
    video: Video | None = None
    causes: list[Cause] = field(default_factory=list)
    plan: ShelfPlan | None = None
    misfits: list[AttributeMisfit] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSave:
    """A new product, or (with the `version` it was read at) the next version of one. A new one may be an offer of a
    shared product.
    """

    wish: ProductWish
    version: Whole | None = None
    shared_product_id: SharedProductId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A line of the merchant's product list; `available` over all its SKUs and warehouses, in pieces."""

    id: ProductId
    title: str
    image: Image | None
    status: ListingStatus
    price_from: Money
    price_to: Money
    sku_count: int
    available: int
    updated_at: str
    proposal: VersionStatus | None = None
    plan: ShelfPlan | None = None
