"""What was shown where, and what came of it, as numbers that name nobody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jishi.kernel.ids import ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """By what a product was shown: where, by which version of the models, under which arm of an experiment."""

    placement: str
    model: str
    arm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCounts:
    """How often products were shown so, opened from there, and put into carts after that."""

    shown: Shown
    impressions: int
    clicks: int
    adds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """Something that somebody paid for."""

    person_id: UUID
    product_id: ProductId
    at: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """A click that led to a purchase."""

    shown: Shown
    clicked_at: datetime
    amount_minor: int
