"""Coupons as buyers see them; texts are in the asked language."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import CouponId, CouponTemplateId
from jishi.offering.pricing.types import Measure
from jishi.offering.pricing.types_promotions import Tier

CODE_LENGTH_MAX = 40


class OfferState(StrEnum):
    """Whether a buyer can have a coupon."""

    OPEN = "open"
    CLAIMED = "claimed"  # he has had as many as one person may
    GONE = "gone"


class CouponState(StrEnum):
    """Where a buyer's coupon stands at an instant."""

    USABLE = "usable"
    LOCKED = "locked"  # in an order that waits for its payment
    USED = "used"
    EXPIRED = "expired"


class GoodsKind(StrEnum):
    """Which goods a coupon covers, in a word."""

    ALL = "all"
    STORE = "store"
    SOME = "some"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTerms:
    """What a coupon takes off: the highest tier that is reached counts, thresholds in minor units or pieces; with
    `is_each` once for every full threshold.
    """

    name: str
    merchant: MerchantCard | None
    goods: GoodsKind
    measure: Measure
    tiers: list[Tier]
    is_each: bool
    is_freight: bool
    is_new_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponOffer:
    """A coupon that can be claimed; good until `valid_until`, or for `valid_days` from the claim."""

    id: CouponTemplateId
    terms: CouponTerms
    valid_from: datetime | None
    valid_until: datetime | None
    valid_days: int | None
    claim_until: datetime | None
    state: OfferState


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerCoupon:
    """A coupon of a buyer."""

    id: CouponId
    terms: CouponTerms
    valid_from: datetime
    valid_until: datetime
    state: CouponState


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """A code, as its buyer typed it: spaces, dashes and small letters do not matter."""

    code: Annotated[str, Field(min_length=4, max_length=CODE_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f]+$")]
