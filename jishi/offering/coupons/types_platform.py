"""Coupons as the platform's staff see them, in figures and without their holders' names."""

from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.ids import CouponId
from jishi.offering.coupons.types import CouponStatus
from jishi.offering.pricing.types import Funder


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFigures:
    """What became of a template's coupons: `used_count` are in paid trades, where they took `discount_minor` off
    goods for which `revenue_minor` was paid.
    """

    used_count: int = 0
    discount_minor: int = 0
    revenue_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderCost:
    """What one funder bears, in minor units."""

    funder: Funder
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCoupon:
    """A coupon that somebody has or had; `origin` is the kind of thing that gave it (claim, code, order …), never
    which.
    """

    id: CouponId
    origin: str
    version: int
    status: CouponStatus
    given_at: datetime
    valid_until: datetime
    used_at: datetime | None
    amount_minor: int
    revenue_minor: int
