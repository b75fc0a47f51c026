"""What came of a promotion."""

from dataclasses import dataclass

from jishi.trade.orders.types_promotions import PromotionSales


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionResults:
    """What was sold with a promotion since it was drafted; None for one that sets prices of its own: an order keeps
    the price that was paid, not what it would have been.
    """

    sales: PromotionSales | None
