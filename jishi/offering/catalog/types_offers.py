"""Shared products: one thing that several merchants sell, and what each of them offers."""

from dataclasses import dataclass, field
from enum import StrEnum

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import CategoryId, MerchantId, ProductId, SharedProductId, SkuId
from jishi.kernel.money import Money


class CategoryMode(StrEnum):
    """Whose the products of a category are; without a word of its own it is as its parent says, at the top `own`."""

    INHERITED = ""
    OWN = "own"
    SHARED = "shared"


class MoveKind(StrEnum):
    """What an operator did with shared products."""

    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One way in which an offer reaches the usual region: its freight in minor units, and within how many days."""

    freight_minor: int
    days_min: int
    days_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the choice of the best offer looks at; nothing in `deliveries`: it is not sent to the usual region.

    `stars_sum` of `review_count` reviews of the merchant's goods.
    """

    product_id: ProductId
    price_minor: int
    in_stock: bool
    deliveries: list[Delivery]
    stars_sum: int = 0
    review_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an offer stands among the others, as it is kept; the place in the list says how good it is."""

    product_id: ProductId
    delivery: Delivery | None = None
    stars_sum: int = 0
    review_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferToRank:
    """A live offer of a shared product with the SKU by which it is compared: the cheapest that is in stock."""

    product_id: ProductId
    merchant_id: MerchantId
    sku_id: SkuId
    price: Money
    in_stock: bool
    freight_template_id: str | None
    weight_grams: int
    volume_cm3: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantRating:
    """What buyers think of all that a merchant sells, in hundredths of a star."""

    average_hundredths: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSku:
    """One combination of sale attributes of an offer, to be put into the cart by its id."""

    id: SkuId
    choice: dict[str, str]
    price: Money
    in_stock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one merchant offers of a shared product: `price` is his lowest, `freight` of one piece to the usual region
    (None: he does not send there) within `days_min` to `days_max` days.
    """

    product_id: ProductId
    merchant: MerchantCard
    price: Money
    in_stock: bool
    freight: Money | None
    days_min: int | None
    days_max: int | None
    rating: MerchantRating | None
    skus: list[OfferSku]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOffers:
    """All offers of a shared product that can be seen, the best first; `merchants` counts who sells it."""

    id: SharedProductId
    merchants: int
    price_from: Money
    offers: list[Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRow:
    """A shared product as a merchant chooses it; `own_product_id` is his offer of it, when he has one."""

    id: SharedProductId
    title: str
    brand: str | None
    category_id: CategoryId
    image: str | None
    merchants: int
    price_from: Money | None
    own_product_id: ProductId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two shared products that may be one, and why it seems so."""

    first: SharedProductId
    second: SharedProductId
    reasons: list[str] = field(default_factory=list)
