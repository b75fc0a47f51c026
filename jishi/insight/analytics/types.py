"""A store at one glance."""

from dataclasses import dataclass

from jishi.trade.orders.types import BestSeller, DaySales


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What waits for somebody, counted up to 1000; None is not the asker's to know.

    `low_stock` are rows of stock (a variant in a warehouse) with five pieces or fewer left.
    """

    to_ship: int | None
    low_stock: int | None
    rejected_listings: int | None
    statements_to_confirm: int | None
    reviews_to_answer: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A store today and over the last thirty days, the last of which is today; parts by the asker's role.

    `today`, `days` and `best_sellers` are None for who may not see sales.
    """

    to_do: ToDo
    today: DaySales | None
    days: list[DaySales] | None
    best_sellers: list[BestSeller] | None
