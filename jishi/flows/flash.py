"""What a flash sale adds to placing an order: the buyer's share, and pieces out of the item's bucket."""

from datetime import datetime

from jishi.kernel.errors import Conflict
from jishi.kernel.ids import FlashItemId, UserId
from jishi.kernel.words import Text
from jishi.offering.flash import queries as flash_queries
from jishi.offering.flash import services as flash
from jishi.offering.inventory import services_buckets as buckets
from jishi.trade.checkout.types import Calculation
from jishi.trade.orders import queries as orders
from jishi.trade.orders.types import PlacedTrade


class FlashShareUsed(Conflict):
    """The buyer has his share of the item; `limit` is that in pieces."""

    code = "flash_share_used"
    message = Text(zh="本商品每人限购 {limit} 件", en="At most {limit} for each buyer")


def require_share(item_id: FlashItemId, calculation: Calculation, buyer: UserId) -> None:
    """Check what a buyer wants of an item and has of it in orders that are not closed against his share.

    His held cart serialises his checkouts. Raises: FlashShareUsed (409).
    """
    limit, earlier = flash_queries.claims(item_id, buyer)
    standing = orders.not_closed(list(earlier)) if earlier else set()
    wanted = sum(line.priced.quantity for order in calculation.orders for line in order.lines)
    if wanted + sum(earlier[order_id] for order_id in standing) > limit:
        raise FlashShareUsed(limit=limit)


def take(item_id: FlashItemId, trade: PlacedTrade, *, buyer: UserId, now: datetime) -> None:
    """Take a placed trade's pieces out of the item's bucket; the scarce row comes last.

    Raises: OutOfStock (409).
    """
    lines = [line for order in trade.orders for line in order.stock_lines]
    for order in trade.orders:
        flash.claim(
            item_id=item_id,
            order_id=order.id,
            buyer=buyer,
            quantity=sum(line.quantity for line in order.stock_lines),
            now=now,
        )
    buckets.reserve_from(item_id, lines, now=now)
