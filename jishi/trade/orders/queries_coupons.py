"""What the coupons of a trade need to know of its orders."""

from collections.abc import Mapping

from jishi.kernel.db import rows
from jishi.kernel.ids import OrderLineId, SkuId, TradeId


def discount_rules(trade_id: TradeId) -> list[str]:
    """Return the ids of the rules that took something off a trade, coupons among them."""
    found = rows(
        "SELECT DISTINCT one ->> 'rule_id' FROM orders_order o "
        "CROSS JOIN jsonb_array_elements(o.discounts) AS one WHERE o.trade_id = %s ORDER BY 1",
        [trade_id],
    )
    return [rule_id for (rule_id,) in found]


def kept_skus(trade_id: TradeId, *, less: Mapping[OrderLineId, int] | None = None) -> list[SkuId]:
    """Return the SKUs of a trade of which not every piece came back; `less` are pieces that come back too."""
    going = less or {}
    found = rows(
        "SELECT DISTINCT l.sku_id FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id "
        "LEFT JOIN unnest(%s::uuid[], %s::int[]) AS g (line_id, pieces) ON g.line_id = l.id "
        "WHERE o.trade_id = %s AND l.refunded_quantity + coalesce(g.pieces, 0) < l.quantity",
        [list(going), list(going.values()), trade_id],
    )
    return [SkuId(sku_id) for (sku_id,) in found]
