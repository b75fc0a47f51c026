"""The coupons of the demo market: of two stores, and of the platform, one by a code, one for mishaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.entry.demo.content import DemoMerchant
from jishi.entry.demo.stores import Store
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.coupons import queries, services
from jishi.offering.coupons.types import CouponTemplateWish, TemplateStatus, Way
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Audience, Tier, Tiers

LASTS = timedelta(days=60)
GOOD_FOR_DAYS = 14
CODE = "JISHI2026"
BY_PLATFORM = (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCoupon:
    """One template; `of` the store with this code, the platform's without."""

    name: Text
    threshold_minor: int
    off: Off
    of: str = ""
    way: Way = Way.CLAIM
    is_new_only: bool = False


TEMPLATES: Sequence[DemoCoupon] = (
    DemoCoupon(
        of="soundwide",
        name=Text("数码满 299 减 30", "¥30 off ¥299"),
        threshold_minor=299_00,
        off=Off(amount_minor=30_00),
    ),
    DemoCoupon(
        of="greenbamboo",
        name=Text("好茶九折券", "10% off tea"),
        threshold_minor=88_00,
        off=Off(basis_points=1_000, cap_minor=20_00),
    ),
    DemoCoupon(
        name=Text("全场满 200 减 15", "¥15 off ¥200, any store"),
        threshold_minor=200_00,
        off=Off(amount_minor=15_00),
    ),
    DemoCoupon(
        name=Text("新人满 59 减 10", "¥10 off ¥59 for your first order"),
        threshold_minor=59_00,
        off=Off(amount_minor=10_00),
        way=Way.SIGN_UP,
        is_new_only=True,
    ),
    DemoCoupon(
        name=Text("集市纪念券", "Jishi souvenir"),
        threshold_minor=100_00,
        off=Off(amount_minor=8_00),
        way=Way.CODE_SHARED,
    ),
    DemoCoupon(
        name=Text("售后补偿满 20 减 10", "¥10 off ¥20, for a mishap"),
        threshold_minor=20_00,
        off=Off(amount_minor=10_00),
        way=Way.GOODWILL,
    ),
)


def ensure_store(merchant: DemoMerchant, store: Store, *, now: datetime) -> None:
    """Let a store give its coupons, unless it has had some."""
    mine = [one for one in TEMPLATES if one.of == merchant.code]
    if mine and not queries.templates_of(store.merchant_id).items:
        for one in mine:
            _put(one, store.merchant_id, store.owner_id, now)


def ensure_platform(administrator: UserId, *, now: datetime) -> None:
    """Let the platform give its coupons, unless it has had some."""
    if not queries.templates_of(None).items:
        for one in TEMPLATES:
            if not one.of:
                _put(one, None, administrator, now)


def _put(one: DemoCoupon, merchant_id: MerchantId | None, staff_id: UserId, now: datetime) -> None:
    wish = CouponTemplateWish(
        name=one.name,
        effect=Tiers(measure=Measure.AMOUNT, tiers=(Tier(threshold=one.threshold_minor, off=one.off),)),
        audience=Audience(is_new_only=one.is_new_only),
        way=one.way,
        valid_days=GOOD_FOR_DAYS,
        claim_from=now,
        claim_until=now + LASTS,
        funders=() if merchant_id else BY_PLATFORM,
    )
    made = services.draft(merchant_id=merchant_id, wish=wish, staff_id=staff_id, now=now)
    services.move(
        merchant_id=merchant_id, template_id=made, to=TemplateStatus.LIVE, staff_id=staff_id, now=now
    )
    if one.way is Way.CODE_SHARED:
        services.make_codes(merchant_id=merchant_id, template_id=made, word=CODE, staff_id=staff_id, now=now)
