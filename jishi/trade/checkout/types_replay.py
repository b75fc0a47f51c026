"""What a quote's price was worked out from, kept whole so that it can be worked out again at any time."""

from dataclasses import dataclass
from datetime import datetime

from jishi.offering.pricing.types import FreightCharge, PriceLine
from jishi.offering.pricing.types_promotions import Buyer, Promotion


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInputs:
    """Everything the price function was given; of the rules those that cover a line, at the version of that moment.

    `left_minor` is what was left of their budgets, `coupons` those that the buyer held,
    of which the `chosen` could be used (None: all).
    """

    lines: list[PriceLine]
    freight: list[FreightCharge]
    currency: str
    at: datetime
    buyer: Buyer
    used_up: frozenset[str]
    left_minor: dict[str, int]
    promotions: list[Promotion]
    coupons: list[Promotion]
    chosen: frozenset[str] | None = None
    points_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A quote's price as JSON: as it was kept, and as its inputs give it today."""

    kept: bytes
    again: bytes

    @property
    def is_same(self) -> bool:
        return self.kept == self.again
