"""Coupon templates as their owners write and see them, and the coupons made of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from jishi.kernel.channels import Channel
from jishi.kernel.exact import Exact, Instant
from jishi.kernel.ids import CouponId, CouponTemplateId, MerchantId, SkuId
from jishi.kernel.words import Text
from jishi.offering.coupons.types_lift import CouponLift
from jishi.offering.pricing.types import FunderShare
from jishi.offering.pricing.types_promotions import Audience, FreightOff, Tiers
from jishi.offering.promotions.types import GoodsWish

DAYS_MAX = 366
REMIND_DAYS_MAX = 30
HOLDOUT_MAX = 50  # percent: more of both groups say no more
CouponEffect = Annotated[Tiers | FreightOff, Field(discriminator="kind")]


class TemplateStatus(StrEnum):
    """A draft gives nothing; a live one gives, a paused one gives nothing for now, an end is for good. Coupons that
    were given stay good whatever becomes of their template.
    """

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class Way(StrEnum):
    """How a coupon comes to its buyer."""

    CLAIM = "claim"  # he presses a button
    CODE_SHARED = "code_shared"  # one code for many buyers
    CODE_ONCE = "code_once"  # each code for one buyer, once
    SIGN_UP = "sign_up"  # with a new account
    SPEND = "spend"  # when an order of so much is completed
    BIRTHDAY = "birthday"  # once a year, on the buyer's birthday, as often as he has one
    GOODWILL = "goodwill"  # staff give it after a sale
    EVENT = "event"  # an event of the platform gives it


class CouponStatus(StrEnum):
    """Where a coupon of a buyer stands; whether it is still good is its time's to say."""

    HELD = "held"
    LOCKED = "locked"  # in a trade that waits for its payment
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTemplateWish:
    """A template as it is written.

    A coupon is good from `valid_from` to before `valid_until`, or for `valid_days` from when it is given: one of the
    two is set. It is given between `claim_from` and `claim_until` (None: without bound), `stock` times in all and
    `per_person_max` times to one buyer. Its holder is told `remind_days` before it ends (None: not at all).
    `spend_minor` is the order's amount from which `Way.SPEND` gives. `funders` is the platform's to choose.
    `holdout_percent` of those who would get one are given none, to see what the others' coupons bring.
    """

    name: Text
    effect: CouponEffect
    goods: GoodsWish = field(default_factory=GoodsWish)
    audience: Audience = field(default_factory=Audience)
    channels: frozenset[Channel] = frozenset()
    way: Way = Way.CLAIM
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    valid_days: Annotated[int, Field(ge=1, le=DAYS_MAX), Exact] | None = None
    claim_from: Instant | None = None
    claim_until: Instant | None = None
    stock: Annotated[int, Field(ge=1, le=10**8), Exact] | None = None
    per_person_max: Annotated[int, Field(ge=1, le=100), Exact] = 1
    spend_minor: Annotated[int, Field(ge=1, le=10**9), Exact] | None = None
    is_returned_on_refund: StrictBool = True
    remind_days: Annotated[int, Field(ge=1, le=REMIND_DAYS_MAX), Exact] | None = 3
    holdout_percent: Annotated[int, Field(ge=0, le=HOLDOUT_MAX), Exact] = 0
    stack_group: Annotated[str, Field(max_length=20, pattern=r"^[a-z0-9_]*$")] = ""
    funders: Annotated[tuple[FunderShare, ...], Field(max_length=3)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTemplateCard:
    """A template in its owner's list. `code_count` codes were made, `given_count` coupons are or were in buyers'
    hands, `used_count` of them are in paid trades, where they took `discount_minor` off; those buyers paid
    `revenue_minor` for the goods they covered.
    """

    id: CouponTemplateId
    version: int
    status: TemplateStatus
    wish: CouponTemplateWish
    merchant_id: MerchantId | None
    changed_at: datetime
    code_count: int
    given_count: int
    used_count: int
    discount_minor: int
    revenue_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCard:
    """A code of a template, and how many coupons it gave."""

    code: str
    given_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponForecast:
    """What the coupons that can still be used will probably cost: `held_count` of them, each used at `use_rate_bp`
    (basis points) and then taking `each_minor` off. `used_count` and `expired_count` are those whose fate is known.
    """

    held_count: int
    used_count: int
    expired_count: int
    use_rate_bp: int
    each_minor: int
    expected_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponDay:
    """What became of a template's coupons on one day of the shop."""

    day: date
    given_count: int
    used_count: int
    discount_minor: int
    revenue_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFigures:
    """What became of a template's coupons on each of the last 31 days, and what the rest will probably cost;
    `lift` where some of its audience were held out.
    """

    days: list[CouponDay]
    forecast: CouponForecast
    lift: CouponLift | None = None


# -- for flows, never sent to a browser ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """What a coupon does in a trade: takes `amount_minor` off these SKUs, of which `revenue_minor` is paid."""

    coupon_id: CouponId
    sku_ids: tuple[SkuId, ...]
    amount_minor: int
    revenue_minor: int
