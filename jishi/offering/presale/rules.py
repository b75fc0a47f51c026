"""What a pre-sale may promise, where it stands, and the price it sells at: pure functions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from jishi.kernel.ids import MerchantId, PresaleId, SkuId
from jishi.kernel.words import Text
from jishi.offering.presale.types import PresaleStage, PresaleTerms, PresaleWish
from jishi.offering.pricing.types import Funder, FunderShare
from jishi.offering.pricing.types_promotions import LowerPrice, Promotion, Scope

DEPOSIT_SHARE = 5  # Civil Code art. 586: of a deposit, what exceeds a fifth of the price is none
BALANCE_AT_LEAST = timedelta(days=1)
AHEAD_MAX = timedelta(days=180)
PRESALE_NAME = Text(zh="定金预售", en="Pre-sale")


def total_minor(wish: PresaleWish) -> int:
    """Return what a piece costs in the end: the price, less what the deposit counts for beyond itself."""
    return wish.price_minor - (wish.worth_minor - wish.deposit_minor)


def faults(wish: PresaleWish, *, now: datetime) -> Iterator[str]:
    """Name the fields that promise what a pre-sale cannot."""
    times = (
        wish.deposit_from_at,
        wish.deposit_until_at,
        wish.balance_from_at,
        wish.balance_until_at,
        wish.ship_by_at,
    )
    if any(one.tzinfo is None for one in times):
        yield "deposit_from_at"
        return
    if wish.worth_minor < wish.deposit_minor or wish.worth_minor >= wish.price_minor:
        yield "worth_minor"
    elif wish.deposit_minor * DEPOSIT_SHARE > total_minor(wish):
        yield "deposit_minor"
    if wish.deposit_until_at <= max(wish.deposit_from_at, now):
        yield "deposit_until_at"
    if wish.balance_from_at < wish.deposit_until_at:
        yield "balance_from_at"
    if wish.balance_until_at - wish.balance_from_at < BALANCE_AT_LEAST:
        yield "balance_until_at"
    if not wish.balance_until_at <= wish.ship_by_at <= now + AHEAD_MAX:
        yield "ship_by_at"
    if wish.per_buyer_max > wish.quota:
        yield "per_buyer_max"


def stage(terms: PresaleTerms, now: datetime, *, is_stopped: bool, left: int) -> PresaleStage:
    """Return where a pre-sale stands, with so many pieces left; one that was stopped takes no deposits any more."""
    if now >= terms.balance_until_at:
        return PresaleStage.OVER
    if now >= terms.balance_from_at:
        return PresaleStage.BALANCE
    if is_stopped or now >= terms.deposit_until_at:
        return PresaleStage.WAITING
    if now < terms.deposit_from_at:
        return PresaleStage.SOON
    return PresaleStage.DEPOSIT if left > 0 else PresaleStage.SOLD_OUT


def promotion(
    presale_id: PresaleId, *, merchant_id: MerchantId, sku_id: SkuId, terms: PresaleTerms
) -> Promotion:
    """Return a pre-sale as the price function takes it: what a piece costs in the end, paid for by its merchant."""
    return Promotion(
        id=f"presale_{presale_id}",
        version=1,
        name=PRESALE_NAME,
        effect=LowerPrice(prices={sku_id: terms.total.amount_minor}),
        funders=(FunderShare(funder=Funder.MERCHANT, basis_points=10_000),),
        currency=terms.total.currency,
        merchant_id=merchant_id,
        scope=Scope(marks=frozenset({("sku", str(sku_id))})),
        starts_at=terms.deposit_from_at,
        ends_at=terms.balance_until_at,
    )
