"""When sessions are, where they and their items stand, and what opens the gate: pure functions."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from jishi.kernel.words import Text
from jishi.offering.flash.types import FlashOffer, FlashStage
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import LowerPrice, Promotion, Scope

CHINA = ZoneInfo("Asia/Shanghai")
SLOTS_HOURS = (0, 10, 14, 20)  # unless the platform says otherwise; a session ends where the next one starts
DAYS_AHEAD = 7
PREHEAT = timedelta(minutes=10)  # the bucket is cut so long before the start, and applications end

PROOF_BITS = (
    12  # 4 096 hashes on average: a tenth of a second in a browser, a price for who asks by thousands
)
PROOF_AGE_MIN = timedelta(milliseconds=300)  # nobody has read the page and pressed a button sooner
PROOF_AGE_MAX = timedelta(minutes=15)
REMIND_BEFORE = timedelta(minutes=5)  # who asked is told so long before the start
ADMISSION = timedelta(minutes=3)  # from the gate to the submitted order
CROWD_FACTOR = 2  # so many are let in for each piece left: not everybody buys
GRANTS_TO_ESTIMATE = 5

FLASH_NAME = Text(zh="限时秒杀", en="Flash sale")


def slots(after: datetime, hours: Sequence[int] = SLOTS_HOURS) -> Iterator[tuple[datetime, datetime]]:
    """Yield the sessions' times (UTC) of the day of an instant and the days ahead, as half-open periods; they start
    at these hours of the day in China.
    """
    today = after.astimezone(CHINA).date()
    starts = [
        datetime.combine(today + timedelta(days=day), time(hour), CHINA).astimezone(UTC)
        for day in range(DAYS_AHEAD + 1)
        for hour in sorted(hours)
    ]
    yield from pairwise(starts)


def stage(starts_at: datetime, ends_at: datetime, now: datetime, *, left: int = 1) -> FlashStage:
    """Return where a session stands, or one of its items with so many pieces left."""
    if now < starts_at:
        return FlashStage.SOON
    if now >= ends_at:
        return FlashStage.OVER
    return FlashStage.RUNNING if left > 0 else FlashStage.SOLD_OUT


def sold_percent(quota: int, left: int) -> int:
    """Return what went, in percent of the quota, rounded down: only the last piece makes it a hundred."""
    return max(0, min(100, (quota - left) * 100 // quota))


def is_proof(challenge: str, nonce: int, bits: int = PROOF_BITS) -> bool:
    """Say whether SHA-256 of `challenge:nonce` begins with so many zero bits."""
    digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - bits) == 0


def room(left: int) -> int:
    """Return how many may stand at the counter for so many pieces."""
    return left * CROWD_FACTOR


def wait_seconds(place: int, granted: int, elapsed_seconds: float) -> int | None:
    """Estimate the wait at a place (1 is next) from how fast others were let in; None before anybody can know."""
    if granted < GRANTS_TO_ESTIMATE or elapsed_seconds <= 0:
        return None
    return max(1, round(place * elapsed_seconds / granted))


def promotion(offer: FlashOffer) -> Promotion:
    """Return an item as the price function takes it: a lower price per piece, paid for by its merchant."""
    return Promotion(
        id=f"flash_{offer.id}",
        version=1,
        name=FLASH_NAME,
        effect=LowerPrice(prices={offer.sku_id: offer.price.amount_minor}),
        funders=(FunderShare(funder=Funder.MERCHANT, basis_points=10_000),),
        currency=offer.price.currency,
        merchant_id=offer.merchant_id,
        scope=Scope(marks=frozenset({("sku", str(offer.sku_id))})),
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
    )
