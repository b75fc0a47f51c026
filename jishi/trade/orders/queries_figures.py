"""Orders in figures: a store's, each function one statement over a range of an index; and the whole market's."""

from collections.abc import Sequence
from datetime import datetime

from jishi.kernel.db import row, rows
from jishi.kernel.ids import MerchantId
from jishi.kernel.money import Money
from jishi.kernel.words import CURRENCY, Text
from jishi.trade.orders.types import BestSeller, DaySales, OrderStatus, RecentSales

_PAID = "o.payment_status NOT IN ('unpaid', 'deposit_paid')"


def waiting_in(merchant_id: MerchantId, statuses: Sequence[OrderStatus], *, at_most: int) -> int:
    """Return how many of a merchant's orders are in the statuses, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM orders_order WHERE merchant_id = %s AND status = ANY(%s) "
        "LIMIT %s) waiting",
        [merchant_id, list(statuses), at_most],
    )
    return int(found[0]) if found else 0


def sales_by_day(merchant_id: MerchantId, *, since: datetime, until: datetime) -> list[DaySales]:
    """Return the days of since ≤ placed < until on which something was ordered, the oldest first."""
    found = rows(
        "SELECT (o.placed_at AT TIME ZONE 'Asia/Shanghai')::date, count(*), "
        f"count(*) FILTER (WHERE {_PAID}), "
        f"coalesce(sum(o.total_minor) FILTER (WHERE {_PAID}), 0)::bigint "
        "FROM orders_order o WHERE o.merchant_id = %s AND o.placed_at >= %s AND o.placed_at < %s "
        "AND o.currency = %s GROUP BY 1 ORDER BY 1",
        [merchant_id, since, until, CURRENCY],
    )
    return [
        DaySales(day=day, orders=orders, paid_orders=paid, sales=Money(sales, CURRENCY))
        for day, orders, paid, sales in found
    ]


def best_sellers(
    merchant_id: MerchantId, *, since: datetime, until: datetime, limit: int, language: str
) -> list[BestSeller]:
    """Return the products that brought in most with paid orders of since ≤ placed < until."""
    found = rows(
        "SELECT l.product_id, max(l.title_zh), max(l.title_en), max(l.image), sum(l.quantity)::bigint, "
        "sum(l.payable_minor)::bigint AS sales "
        "FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id "
        f"WHERE o.merchant_id = %s AND o.placed_at >= %s AND o.placed_at < %s AND o.currency = %s AND {_PAID} "
        "GROUP BY l.product_id ORDER BY sales DESC, l.product_id LIMIT %s",
        [merchant_id, since, until, CURRENCY, limit],
    )
    return [
        BestSeller(
            product_id=product_id,
            title=Text(title_zh, title_en).of(language),
            image=image,
            pieces=pieces,
            sales=Money(sales, CURRENCY),
        )
        for product_id, title_zh, title_en, image, pieces, sales in found
    ]


def recent_sales(*, since: datetime, now: datetime, half_life_days: float) -> list[RecentSales]:
    """Return what was sold of every product of the market in orders paid from `since` on, in one grouped statement
    that reads all orders: for nightly work. `decayed` counts a piece half for every half-life since it was paid.
    """
    found = rows(
        "SELECT l.product_id, sum(l.quantity)::bigint, sum(l.refunded_quantity)::bigint, "
        "sum(l.quantity * power(0.5, greatest(0, extract(epoch FROM %s - o.paid_at)::float8) / 86400 / %s)) "
        "FROM orders_order o JOIN orders_order_line l ON l.order_id = o.id WHERE o.paid_at >= %s AND o.paid_at <= %s "
        "GROUP BY l.product_id",
        [now, half_life_days, since, now],
    )
    return [
        RecentSales(product_id=product_id, pieces=pieces, returned=returned, decayed=decayed)
        for product_id, pieces, returned, decayed in found
    ]
