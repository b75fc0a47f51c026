"""What it costs to price a cart: CPU time, of promotions that the process knows already as it does in a market."""

import time
from datetime import UTC, datetime
from itertools import product
from statistics import median
from uuid import UUID

from benchmarks.rows import Row
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.offering.pricing.rules import Offer, PromotionIndex, price
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Off, Priced, PriceLine
from jishi.offering.pricing.types_promotions import (
    ALL,
    Buyer,
    Effect,
    EveryPieces,
    PieceOff,
    Promotion,
    Scope,
    Tier,
    Tiers,
)

PROMOTIONS, MERCHANTS, LINES, SELLERS = 5_000, 100, 20, 5
ROUNDS = 200
MILLISECONDS_MAX = 5.0
AT = datetime(2026, 11, 11, tzinfo=UTC)


def rows() -> list[Row]:
    """Price a cart of 20 lines of five merchants among 5 000 live promotions."""
    offer, lines = market(), cart()
    times = [_cpu_milliseconds(offer, lines) for _ in range(ROUNDS)]
    applied = len({step.rule_id for step in priced(offer, lines).trace})
    return [
        Row(
            work=f"price of {LINES} lines among {PROMOTIONS:,} promotions".replace(",", " "),
            measured=median(times),
            unit="ms CPU, p50",
            measured_max=MILLISECONDS_MAX,
            note=f"{applied} rules in its trace",
        )
    ]


def _cpu_milliseconds(offer: Offer, lines: list[PriceLine]) -> float:
    begun = time.thread_time()
    priced(offer, lines)
    return (time.thread_time() - begun) * 1_000


def priced(offer: Offer, lines: list[PriceLine]) -> Priced:
    """Price a cart without freight."""
    return price(lines, freight=[], currency=CURRENCY, offer=offer)


def offer_of(index: PromotionIndex) -> Offer:
    """Return what is offered to a buyer of whom nothing is known."""
    return Offer(index=index, buyer=Buyer(), at=AT)


def market() -> Offer:
    """Return ten promotions of the platform, and of each of 100 merchants two for all his goods, eight for a category
    each and the others for a product each.
    """
    rules = [
        _rule(f"platform-{i}", None, _spend(10_000 + 1_000 * i), ("category", f"c{i}")) for i in range(10)
    ]
    each = (PROMOTIONS - len(rules)) // MERCHANTS + 1
    for merchant, i in product(range(MERCHANTS), range(each)):
        mark = ALL if i < 2 else ("category", f"c{i}") if i < 10 else ("product", f"{merchant}-{i}")
        kinds: list[Effect] = [
            _spend(5_000),
            PieceOff(off=Off(basis_points=500)),
            EveryPieces(every=2, reduced=1, basis_points=5_000),
        ]
        rules.append(_rule(f"{merchant}-{i}", _merchant(merchant), kinds[i % 3], mark))
    return offer_of(PromotionIndex(rules[:PROMOTIONS]))


def cart() -> list[PriceLine]:
    """Return 20 lines of five merchants, each with a product and two categories that promotions name."""
    return [
        PriceLine(
            sku_id=SkuId(UUID(int=i + 1)),
            merchant_id=_merchant(i % SELLERS),
            warehouse_id=WarehouseId(UUID(int=1)),
            quantity=1 + i % 3,
            unit_price=Money(1_990 + 100 * i, CURRENCY),
            marks=frozenset(
                {("product", f"{i % SELLERS}-{10 + i}"), ("category", f"c{2 + i % 8}"), ("category", "c0")}
            ),
        )
        for i in range(LINES)
    ]


def _merchant(number: int) -> MerchantId:
    return MerchantId(UUID(int=number + 1))


def _spend(threshold: int) -> Tiers:
    tiers = [(threshold, 500), (threshold * 2, 1_500), (threshold * 4, 4_000)]
    return Tiers(
        measure=Measure.AMOUNT,
        tiers=tuple(Tier(threshold=reached, off=Off(amount_minor=amount)) for reached, amount in tiers),
    )


def _rule(name: str, merchant_id: MerchantId | None, effect: Effect, mark: tuple[str, str]) -> Promotion:
    return Promotion(
        id=name,
        version=1,
        name=Text(zh=name, en=name),
        effect=effect,
        funders=(
            FunderShare(funder=Funder.MERCHANT if merchant_id else Funder.PLATFORM, basis_points=10_000),
        ),
        currency=CURRENCY,
        merchant_id=merchant_id,
        scope=Scope(marks=frozenset({mark})),
    )
