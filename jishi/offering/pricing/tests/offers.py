"""Carts, rules and what they come to, for tests of the price."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.offering.pricing.rules import price
from jishi.offering.pricing.rules_draft import Offer
from jishi.offering.pricing.rules_scope import PromotionIndex
from jishi.offering.pricing.types import Funder, FunderShare, Measure, NotApplied, Off, Priced, PriceLine
from jishi.offering.pricing.types_promotions import Buyer, Effect, Mark, Promotion, Tier, Tiers

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MERCHANTS = [MerchantId(UUID(int=number)) for number in range(1, 4)]
BY_MERCHANT = (FunderShare(funder=Funder.MERCHANT, basis_points=10_000),)
SHARED = (
    FunderShare(funder=Funder.PLATFORM, basis_points=3_333),
    FunderShare(funder=Funder.MERCHANT, basis_points=6_667),
)


def sku(number: int) -> SkuId:
    return SkuId(UUID(int=number))


def line(
    number: int = 1,
    cents: int = 1_000,
    quantity: int = 1,
    *,
    merchant: int = 0,
    marks: set[Mark] | None = None,
) -> PriceLine:
    return PriceLine(
        sku_id=sku(number),
        merchant_id=MERCHANTS[merchant],
        warehouse_id=WarehouseId(UUID(int=1)),
        quantity=quantity,
        unit_price=Money(cents, "CNY"),
        marks=frozenset(marks or ()),
    )


def rule(effect: Effect, **also: object) -> Promotion:
    fields: dict[str, object] = {
        "id": "rule",
        "version": 1,
        "name": Text("活动", "Offer"),
        "effect": effect,
        "funders": BY_MERCHANT,
        "currency": "CNY",
        "merchant_id": MERCHANTS[0],
    }
    return Promotion(**{**fields, **also})  # type: ignore[arg-type]


def priced(lines: list[PriceLine], *rules: Promotion, buyer: Buyer | None = None, **also: object) -> Priced:
    offer = Offer(index=PromotionIndex(rules), buyer=buyer or Buyer(), at=NOW)
    return price(lines, freight=[], currency="CNY", offer=replace(offer, **also))  # type: ignore[arg-type]


def left(found: Priced) -> list[int]:
    return [one.payable.amount_minor for one in found.lines]


def reasons(found: Priced) -> dict[str, NotApplied]:
    return {one.promotion_id: one.reason for one in found.passed}


def off(cents: int = 0, basis_points: int = 0, cap: int | None = None) -> Off:
    return Off(amount_minor=cents, basis_points=basis_points, cap_minor=cap)


def spend(*tiers: tuple[int, Off], measure: Measure = Measure.AMOUNT, **also: object) -> Tiers:
    return Tiers(
        measure=measure,
        tiers=tuple(Tier(threshold=threshold, off=one) for threshold, one in tiers),
        **also,  # type: ignore[arg-type]
    )
