"""What people like, follow and looked at; public texts are in the asked language."""

from dataclasses import dataclass
from datetime import datetime

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import ProductId
from jishi.offering.catalog.types import ProductCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """A product somebody likes; `product` is None while it is not on sale."""

    product_id: ProductId
    product: ProductCard | None
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A store somebody follows."""

    merchant: MerchantCard
    followed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """A product somebody looked at, and when he did so last."""

    product: ProductCard
    viewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A product page that somebody opened."""

    product_id: ProductId
