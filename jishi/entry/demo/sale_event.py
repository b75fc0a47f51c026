"""The demo's sale event: enrolled in by its stores, accepted, running, with a page of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jishi.entry.demo import painting, pictures
from jishi.entry.demo.content import DemoMerchant
from jishi.entry.demo.fronts import product_ids
from jishi.entry.demo.promotions import SHARED
from jishi.entry.demo.stores import Store
from jishi.kernel.db import row
from jishi.kernel.ids import MediaId, ProductId, SaleEventId, UserId
from jishi.kernel.words import Text
from jishi.offering.coupons import queries as coupons
from jishi.offering.coupons.types import Way
from jishi.offering.events import services
from jishi.offering.events.types import (
    EntryStatus,
    EntryWish,
    EventPageWish,
    EventRowOfGoods,
    EventWish,
)
from jishi.offering.media import services as media
from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import PieceOff
from jishi.offering.promotions import services as promotions
from jishi.offering.promotions.types import PromotionWish

SLUG = "year-end"
LASTS = timedelta(days=30)
STORES = 4
FIRST, GOODS_EACH = 6, 6  # behind those that a store's own promotion is for
NAME = Text("年终好物节", "Year-end finds")
SAYS = Text("精选好物 9 折,先领券再下单。", "10% off chosen goods; claim your coupons first.")
COLOUR, EMOJIS = "#c2410c", ["1f381", "1f389", "1f9f8", "1f375"]


def ensure(
    administrator: UserId, merchants: Sequence[DemoMerchant], stores: Mapping[str, Store], *, now: datetime
) -> None:
    """Write the event, let the first stores enrol, accept them and start it, unless there has been one."""
    if row("SELECT 1 FROM events_event LIMIT 1") is not None:
        return
    event_id = _drafted(administrator, now)
    services.open_enrolment(event_id=event_id, staff_id=administrator, now=now)
    chosen: list[tuple[Text, list[ProductId]]] = []
    for merchant in merchants[:STORES]:
        store = stores[merchant.code]
        ids = list(product_ids(store, merchant.products[FIRST : FIRST + GOODS_EACH]).values())
        if not ids:
            continue
        services.enrol(
            merchant_id=store.merchant_id,
            event_id=event_id,
            wish=EntryWish(product_ids=frozenset(ids)),
            staff_id=store.owner_id,
            now=now,
        )
        chosen.append((merchant.name, ids))
    services.decide_all(event_id=event_id, to=EntryStatus.ACCEPTED, staff_id=administrator, now=now)
    services.write_page(event_id=event_id, wish=_page(chosen, now), staff_id=administrator, now=now)
    services.start(event_id=event_id, staff_id=administrator, now=now)


def _drafted(administrator: UserId, now: datetime) -> SaleEventId:
    terms = PromotionWish(
        name=Text("年终好物 9 折", "Year-end 10% off"),
        effect=PieceOff(off=Off(basis_points=1_000)),
        starts_at=now,
        ends_at=now + LASTS,
        funders=SHARED,
    )
    made = promotions.draft(merchant_id=None, wish=terms, staff_id=administrator, now=now)
    wish = EventWish(
        slug=SLUG,
        name=NAME,
        promotion_id=made,
        enrol_from=now - timedelta(minutes=1),
        enrol_until=now + timedelta(hours=1),
    )
    return services.draft(wish=wish, staff_id=administrator, now=now)


def _page(chosen: Sequence[tuple[Text, list[ProductId]]], now: datetime) -> EventPageWish:
    claimed = [one for one in coupons.templates_of(None).items if one.wish.way is Way.CLAIM]
    return EventPageWish(
        text=SAYS,
        banner_id=_banner(now),
        banner_link="/coupons",
        coupon_ids=[one.id for one in claimed],
        has_flash=True,
        rows=[EventRowOfGoods(title=name, product_ids=ids) for name, ids in chosen],
    )


def _banner(now: datetime) -> MediaId:
    made = painting.encoded(pictures.banner(EMOJIS, colour=COLOUR, seed=SLUG))
    kept = media.keep(merchant_id=None, made=made, file_name=f"event-{SLUG}.png", staff_id=None, now=now)
    return kept.id
