"""What was bought together, and what somebody bought lately: for recommending."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import ProductId, UserId
from jishi.kernel.tables import id_floor
from jishi.trade.orders.types import Basket
from jishi.trade.orders.types_paid import PaidLine

_READ_AT_ONCE = 5_000
_PAID_AFTER_MAX = timedelta(days=7)  # so long after it was placed, an order may still be paid


def baskets(*, since: datetime, at_most: int) -> Iterator[Basket]:
    """Yield the paid trades placed since an instant with their products, the latest first, up to `at_most`.

    One statement for each 5,000. What was refunded whole counts no more.
    """
    before = UUID(int=2**128 - 1)
    left = at_most
    while left > 0:
        wanted = min(left, _READ_AT_ONCE)
        found = rows(
            "SELECT t.id, t.buyer_id, t.placed_at, array_agg(DISTINCT l.product_id) "
            "FROM (SELECT id, buyer_id, placed_at FROM orders_trade WHERE id >= %s AND id < %s "
            "ORDER BY id DESC LIMIT %s) t "
            "LEFT JOIN orders_order o ON o.trade_id = t.id AND "
            "o.payment_status NOT IN ('unpaid', 'deposit_paid', 'refunded') "
            "LEFT JOIN orders_order_line l ON l.order_id = o.id AND l.quantity > l.refunded_quantity "
            "GROUP BY t.id, t.buyer_id, t.placed_at ORDER BY t.id DESC",
            [id_floor(since), before, wanted],
        )
        for trade_id, buyer_id, placed_at, product_ids in found:
            before = trade_id
            bought = [ProductId(one) for one in product_ids if one is not None]
            if bought and placed_at >= since:
                yield Basket(buyer_id=UserId(buyer_id), placed_at=placed_at, product_ids=bought)
        left = left - len(found) if len(found) == wanted else 0


def bought_since(buyer: UserId, *, since: datetime) -> set[ProductId]:
    """Return the products that a buyer ordered since an instant, in orders that are not closed: one statement."""
    return {
        ProductId(product_id)
        for (product_id,) in rows(
            "SELECT DISTINCT l.product_id FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id "
            "WHERE o.buyer_id = %s AND o.placed_at >= %s AND o.status <> 'closed'",
            [buyer, since],
        )
    }


def paid_lines(*, since: datetime, until: datetime) -> list[PaidLine]:
    """Return what was paid for in [since, until), a product of an order once: one statement."""
    found = rows(
        "SELECT o.buyer_id, l.product_id, o.paid_at, sum(l.payable_minor - l.refunded_minor)::bigint "
        "FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id "
        "WHERE o.id >= %s AND o.paid_at >= %s AND o.paid_at < %s "
        "GROUP BY o.id, o.buyer_id, l.product_id, o.paid_at",
        [id_floor(since - _PAID_AFTER_MAX), since, until],
    )
    return [
        PaidLine(buyer_id=UserId(buyer), product_id=ProductId(product), paid_at=paid_at, amount_minor=amount)
        for buyer, product, paid_at, amount in found
    ]
