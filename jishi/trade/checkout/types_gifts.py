"""Gifts that promotions give with a purchase, as the API shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jishi.kernel.ids import ProductId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.pricing.rules import Earned

Pool = Mapping[SkuId, Sequence[tuple[WarehouseId, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftOption:
    """A gift that is earned: `pieces` of it would come, `given` of them do. Without `is_there` none is left."""

    sku_id: SkuId
    product_id: ProductId
    title: str
    choice_name: str
    image: str | None
    price: Money
    pieces: int
    given: int
    is_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftOffer:
    """What a promotion gives with the goods of its merchant: all options, or the one that the buyer chooses
    (`is_chosen`).
    """

    promotion_id: str
    name: str
    is_chosen: bool
    options: list[GiftOption]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftChoice:
    """The gift that a buyer chooses."""

    sku_id: SkuId


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGift:
    """What a quote gave away, as it is kept: whoever buys gets this, or is asked again."""

    promotion_id: str
    sku_id: SkuId
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gifts:
    """Rules that some goods earn, what is known of their gifts, and where so many pieces could come from."""

    earned: Sequence[Earned] = ()
    skus: Mapping[SkuId, SkuForSale] = field(default_factory=dict)
    pool: Pool = field(default_factory=dict)
    choices: Mapping[str, SkuId] = field(default_factory=dict)
