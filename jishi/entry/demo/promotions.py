"""What the demo market has on offer: one promotion of each kind in its stores, and one across all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.entry.demo.content import DemoMerchant
from jishi.entry.demo.fronts import product_ids
from jishi.entry.demo.stores import Store
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off
from jishi.offering.pricing.types_promotions import Effect, EveryPieces, PieceOff, Tier, Tiers
from jishi.offering.promotions import queries, services
from jishi.offering.promotions.types import GoodsWish, PromotionStatus, PromotionWish

LASTS = timedelta(days=60)
GOODS_EACH = 6  # products, where a promotion is not for the whole store


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPromotion:
    """One promotion; `of` the store with this code, on its first goods or on all of them."""

    of: str
    name: Text
    effect: Effect
    is_storewide: bool = False


def _by_amount(*tiers: tuple[int, int]) -> Tiers:
    found = tuple(Tier(threshold=yuan * 100, off=Off(amount_minor=off * 100)) for yuan, off in tiers)
    return Tiers(measure=Measure.AMOUNT, tiers=found)


STORES: Sequence[DemoPromotion] = (
    DemoPromotion(
        of="soundwide",
        name=Text("满 399 减 40,满 799 减 100", "Spend ¥399, save ¥40; spend ¥799, save ¥100"),
        effect=_by_amount((399, 40), (799, 100)),
        is_storewide=True,
    ),
    DemoPromotion(
        of="greenbamboo",
        name=Text("第二件半价", "Second piece at half price"),
        effect=EveryPieces(every=2, reduced=1, basis_points=5_000),
    ),
    DemoPromotion(
        of="warmhouse",
        name=Text("三件九折", "Three pieces, 10% off"),
        effect=Tiers(measure=Measure.PIECES, tiers=(Tier(threshold=3, off=Off(basis_points=1_000)),)),
        is_storewide=True,
    ),
    DemoPromotion(
        of="stride",
        name=Text("限时九折", "10% off for a short time"),
        effect=PieceOff(off=Off(basis_points=1_000)),
    ),
    DemoPromotion(
        of="bareskin",
        name=Text("买二送一", "Buy two, get one free"),
        effect=EveryPieces(every=3, reduced=1, basis_points=10_000),
    ),
    DemoPromotion(
        of="roastery",
        name=Text("每满 100 减 8", "¥8 off every ¥100"),
        effect=Tiers(
            measure=Measure.AMOUNT,
            tiers=(Tier(threshold=100_00, off=Off(amount_minor=8_00)),),
            is_each=True,
            times_max=10,
        ),
        is_storewide=True,
    ),
)
ACROSS = DemoPromotion(
    of="",
    name=Text("跨店每满 300 减 30", "¥30 off every ¥300 across stores"),
    effect=Tiers(
        measure=Measure.AMOUNT,
        tiers=(Tier(threshold=300_00, off=Off(amount_minor=30_00)),),
        is_each=True,
        times_max=5,
    ),
)
SHARED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=6_000),
    FunderShare(funder=Funder.MERCHANT, basis_points=4_000),
)


def ensure_store(merchant: DemoMerchant, store: Store, *, now: datetime) -> None:
    """Put a store's promotion in force, unless it has had one."""
    for one in STORES:
        if one.of == merchant.code and not queries.promotions_of(store.merchant_id):
            ids = product_ids(store, merchant.products[:GOODS_EACH])
            goods = GoodsWish() if one.is_storewide else GoodsWish(product_ids=frozenset(ids.values()))
            _put(one, goods, store.merchant_id, store.owner_id, now)


def ensure_platform(administrator: UserId, *, now: datetime) -> None:
    """Put the promotion across stores in force, unless the platform has had one."""
    if not queries.promotions_of(None):
        _put(ACROSS, GoodsWish(), None, administrator, now)


def _put(
    one: DemoPromotion, goods: GoodsWish, merchant_id: MerchantId | None, staff_id: UserId, now: datetime
) -> None:
    wish = PromotionWish(
        name=one.name,
        effect=one.effect,
        goods=goods,
        starts_at=now,
        ends_at=now + LASTS,
        funders=() if merchant_id else SHARED,
    )
    made = services.draft(merchant_id=merchant_id, wish=wish, staff_id=staff_id, now=now)
    services.move(
        merchant_id=merchant_id, promotion_id=made, to=PromotionStatus.LIVE, staff_id=staff_id, now=now
    )
