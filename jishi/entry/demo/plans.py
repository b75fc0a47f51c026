"""Ninety days of orders, decided before anything is written: pure, and the same for the same seed number."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from jishi.entry.demo.content import DemoMerchant, DemoProduct
from jishi.entry.demo.goods import listing_time, sku_codes, sold_out
from jishi.money.payments.types import ChannelName

DAYS = 90
TO_SHIP_PER_STORE = (2, 4)
IN_DEMAND = 2  # of the first products of a store, buyers take pictures at home
PHOTO_SHARE = 0.35
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Fate(StrEnum):
    """How an order ends when nothing but time passes."""

    KEPT = "kept"
    UNPAID = "unpaid"
    CANCELLED = "cancelled"  # paid, and cancelled before anything was sent
    RETURNED = "returned"  # everything went back
    PART_RETURNED = "part_returned"  # one piece went back
    APPEASED = "appeased"  # some money went back, the goods stayed


FATES = {
    Fate.KEPT: 85,
    Fate.UNPAID: 4,
    Fate.CANCELLED: 4,
    Fate.RETURNED: 2,
    Fate.PART_RETURNED: 3,
    Fate.APPEASED: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When each step of an order is taken, unless that is still to come."""

    placed: datetime
    paid: datetime
    shipped: datetime
    delivered: datetime
    received: datetime
    regretted: datetime  # when money is asked back, if it is
    reviewed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLine:
    """Pieces of a SKU, by its code; `stars` of the review that follows, 0 for none."""

    product: DemoProduct
    sku_code: str
    quantity: int
    stars: int
    has_photo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrder:
    """An order to be; `buyer` is a place in the crowd."""

    buyer: int
    lines: list[PlannedLine]
    channel: ChannelName
    fate: Fate
    times: Times


def plan(
    merchant: DemoMerchant,
    products: Sequence[DemoProduct],
    *,
    orders: tuple[int, int],
    buyers: int,
    seed: int,
    now: datetime,
) -> list[PlannedOrder]:
    """Return a store's orders, between `orders` and a few more, the oldest first; the last ones wait for the
    merchant.
    """
    chance = random.Random(f"{seed}:{merchant.code}:orders")
    asked_for = [*products[:2], *chance.sample(products[2:], len(products) - 2)]
    weights = [1 / (place + 1.5) for place in range(len(asked_for))]
    placed = [_placed(chance, now) for _ in range(chance.randint(*orders))]
    waiting = [now - HOUR * chance.uniform(1.2, 7) for _ in range(chance.randint(*TO_SHIP_PER_STORE))]
    planned = []
    for at in sorted(placed):
        found = _order(chance, asked_for, weights, at, buyers=buyers, seed=seed, now=now)
        planned.append(found)
    for at in sorted(waiting):
        found = _order(chance, asked_for, weights, at, buyers=buyers, seed=seed, now=now)
        planned.append(replace(found, fate=Fate.KEPT, times=times(chance, at, ship_after=30 * HOUR)))
    return planned


def times(chance: random.Random, placed: datetime, *, ship_after: timedelta | None = None) -> Times:
    """Return the steps of an order: paid in minutes, sent in hours, delivered in days."""
    paid = placed + timedelta(minutes=chance.uniform(1, 14))
    shipped = paid + (ship_after or HOUR * chance.uniform(4, 34))
    delivered = shipped + HOUR * chance.uniform(30, 80)
    received = delivered + HOUR * chance.uniform(1, 110)
    return Times(
        placed=placed,
        paid=paid,
        shipped=shipped,
        delivered=delivered,
        received=received,
        regretted=received + HOUR * chance.uniform(5, 90),
        reviewed=received + HOUR * chance.uniform(0.2, 70),
    )


def _placed(chance: random.Random, now: datetime) -> datetime:
    """Return an instant of the last ninety days: more of them lately, few of them at night."""
    while True:
        days_ago: float = DAYS * (1 - chance.random() ** 0.8)
        at = now - DAY * days_ago - 8 * HOUR
        if at > now - DAYS * DAY and not 17 <= at.hour < 23:  # 1 to 7 in the morning in China
            return at


def _order(
    chance: random.Random,
    products: Sequence[DemoProduct],
    weights: Sequence[float],
    at: datetime,
    *,
    buyers: int,
    seed: int,
    now: datetime,
) -> PlannedOrder:
    drawn = chance.choices(products, weights, k=chance.choice((1, 1, 1, 2, 2, 3)))
    chosen = {one.code: one for one in drawn}.values()
    # What nobody could buy yet is left out.
    there = [one for one in chosen if listing_time(one, seed=seed, now=now) < at] or [
        min(products, key=lambda one: listing_time(one, seed=seed, now=now))
    ]
    return PlannedOrder(
        buyer=chance.randrange(buyers),
        lines=[
            _line(chance, product, seed, is_in_demand=product in products[:IN_DEMAND]) for product in there
        ],
        channel=chance.choice((ChannelName.ALIPAY, ChannelName.WECHAT, ChannelName.WECHAT)),
        fate=chance.choices(list(FATES), list(FATES.values()))[0],
        times=times(chance, at),
    )


def _line(chance: random.Random, product: DemoProduct, seed: int, *, is_in_demand: bool) -> PlannedLine:
    gone = sold_out(product, seed=seed)
    is_dear = product.price_minor > 100_000
    stars = chance.choices((0, 5, 4, 3, 2, 1), (22, 52, 18, 5, 2, 1))[0]
    return PlannedLine(
        product=product,
        sku_code=chance.choice([code for code in sku_codes(product) if code not in gone]),
        quantity=1 if is_dear else chance.choice((1, 1, 1, 1, 2, 2, 3)),
        stars=stars,
        has_photo=stars >= 4 and is_in_demand and chance.random() < PHOTO_SHARE,
    )
