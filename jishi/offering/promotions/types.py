"""Promotions as merchants and operators write and see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from jishi.kernel.channels import Channel
from jishi.kernel.exact import Exact, Instant
from jishi.kernel.ids import BrandId, CategoryId, MerchantId, OrderId, ProductId, PromotionId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import FunderShare
from jishi.offering.pricing.types_promotions import Audience, Effect, Refunding

Word = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
Words = Annotated[frozenset[Word], Field(max_length=50)]


class PromotionStatus(StrEnum):
    """A draft is nobody's yet; what is live counts within its time, what was paused can go on, an end is for good."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsWish:
    """Which goods: all when everything is empty; else what one of the lists names, but for the excluded products."""

    product_ids: Annotated[frozenset[ProductId], Field(max_length=500)] = frozenset()
    category_ids: Annotated[frozenset[CategoryId], Field(max_length=100)] = frozenset()
    brand_ids: Annotated[frozenset[BrandId], Field(max_length=100)] = frozenset()
    tags: Words = frozenset()
    excluded_product_ids: Annotated[frozenset[ProductId], Field(max_length=500)] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionWish:
    """A promotion as it is written. `budget_minor` is the most it may take off in all, `per_buyer_max` how many
    orders of one buyer may use it; None is without bound. `funders` is the platform's to choose.
    """

    name: Text
    effect: Effect
    goods: GoodsWish = field(default_factory=GoodsWish)
    audience: Audience = field(default_factory=Audience)
    channels: frozenset[Channel] = frozenset()
    starts_at: Instant
    ends_at: Instant
    priority: Annotated[int, Field(ge=-100, le=100), Exact] = 0
    stack_group: Annotated[str, Field(max_length=20, pattern=r"^[a-z0-9_]*$")] = ""
    is_exclusive: StrictBool = False
    refunding: Refunding = Refunding.KEEP
    budget_minor: Annotated[int, Field(ge=1, le=10**12), Exact] | None = None
    per_buyer_max: Annotated[int, Field(ge=1, le=1_000), Exact] | None = None
    funders: Annotated[tuple[FunderShare, ...], Field(max_length=3)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionUsed:
    """What a promotion, at a version, took off an order, in minor units."""

    order_id: OrderId
    promotion_id: PromotionId
    version: int
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionCard:
    """A promotion in its owner's list; `spent_minor` is what it has taken off so far."""

    id: PromotionId
    version: int
    status: PromotionStatus
    wish: PromotionWish
    spent_minor: int
    merchant_id: MerchantId | None
    changed_at: datetime
