"""What was sold with a promotion."""

from dataclasses import dataclass
from datetime import date

from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.offering.promotions.types_check import FunderAmount


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWithPromotion:
    """A day in China: paid orders placed on it that a promotion took something off, their buyers, what it took off,
    and what they came to.
    """

    day: date
    orders: int
    buyers: int
    discount: Money
    sales: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionSales:
    """The same over the whole time, in which each buyer counts once, and by day."""

    orders: int
    buyers: int
    discount: Money
    sales: Money
    days: list[DayWithPromotion]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldByMerchant:
    """What a merchant, or without one the whole market, sold with a promotion, and who bears what it took off."""

    merchant_id: MerchantId | None
    orders: int
    buyers: int
    discount: Money
    sales: Money
    by_funder: list[FunderAmount]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSales:
    """What the market sold with a promotion: the whole, in which each buyer counts once, and by merchant."""

    whole: SoldByMerchant
    merchants: list[SoldByMerchant]
