"""What was paid for, for who counts it."""

from dataclasses import dataclass
from datetime import datetime

from jishi.kernel.ids import ProductId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidLine:
    """What somebody paid for one product with one order, without what went back since."""

    buyer_id: UserId
    product_id: ProductId
    paid_at: datetime
    amount_minor: int
