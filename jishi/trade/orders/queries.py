"""Reads of orders for flows and other contexts; what people see is in queries_pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from pydantic import TypeAdapter

from jishi.identity.accounts.types import Recipient
from jishi.kernel.crypto import open_text
from jishi.kernel.db import row, rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import (
    MerchantId,
    OrderId,
    OrderLineId,
    ProductId,
    SkuId,
    TradeId,
    UserId,
    WarehouseId,
)
from jishi.kernel.money import Money
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.types import StockLine
from jishi.offering.pricing.types import KeptDiscount, NamedDiscount
from jishi.offering.pricing.types_claw_back import ClawBack
from jishi.trade.orders import statements
from jishi.trade.orders.types import (
    BoughtLine,
    FulfilmentStatus,
    LineAtSale,
    OrderAtSale,
    OrderPaymentStatus,
    OrderStatus,
)
from jishi.trade.shipping import queries as shipping

# For a statement that reads it along: whether somebody (`%(buyer)s`) never bought anything. Whoever has an order that
# waits for its payment is no longer new, else he could have the price of new customers in many orders at once.
IS_NEW = (
    "NOT EXISTS (SELECT FROM orders_order WHERE buyer_id = %(buyer)s "
    "AND (paid_at IS NOT NULL OR status <> 'closed'))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An order that time will move, and since when it has been as it is."""

    order_id: OrderId
    at: datetime


def order_at_sale(order_id: OrderId) -> OrderAtSale:
    """Return one order with its money frozen at sale. Raises: NotFound."""
    found = _at_sale("o.id = %s", order_id)
    if not found:
        raise NotFound
    return found[0]


def orders_at_sale(trade_id: TradeId) -> list[OrderAtSale]:
    """Return the orders of a trade with their money frozen at sale, in the order they were placed."""
    return _at_sale("o.trade_id = %s", trade_id)


def numbers(trade_id: TradeId) -> list[str]:
    """Return the numbers of a trade's orders, in the order they were placed."""
    found = rows("SELECT number FROM orders_order WHERE trade_id = %s ORDER BY id", [trade_id])
    return [number for (number,) in found]


def stock_lines(order_ids: Sequence[OrderId]) -> list[StockLine]:
    """Return the pieces of the orders that still have to leave: neither sent nor refunded."""
    return [
        StockLine(
            owner_id=order_id,
            sku_id=SkuId(sku_id),
            warehouse_id=WarehouseId(warehouse_id),
            quantity=quantity,
        )
        for order_id, sku_id, warehouse_id, quantity in rows(
            "SELECT order_id, sku_id, warehouse_id, sum(quantity - shipped_quantity - "
            "cancelled_quantity)::int "
            "FROM orders_order_line WHERE order_id = ANY(%s) "
            "AND quantity > shipped_quantity + cancelled_quantity GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [list(order_ids)],
        )
    ]


def bought_pieces(buyer: UserId, product_ids: Sequence[ProductId]) -> dict[ProductId, int]:
    """Return a buyer's pieces of products in orders that are not closed; what he never bought is left out."""
    return {
        ProductId(product_id): pieces
        for product_id, pieces in rows(
            "SELECT l.product_id, sum(l.quantity)::int FROM orders_order_line l "
            "JOIN orders_order o ON o.id = l.order_id "
            "WHERE l.buyer_id = %s AND l.product_id = ANY(%s) AND o.status <> 'closed' GROUP BY l.product_id",
            [buyer, list(product_ids)],
        )
    }


def not_closed(order_ids: Sequence[OrderId]) -> set[OrderId]:
    """Return those of the orders that are not closed."""
    found = rows(
        "SELECT id FROM orders_order WHERE id = ANY(%s::uuid[]) AND status <> 'closed'", [list(order_ids)]
    )
    return {OrderId(order_id) for (order_id,) in found}


def has_arrived(order_id: OrderId) -> bool:
    """Say whether nothing of an order is on its way: every parcel arrived, but for what was lost or came
    back and was refunded.
    """
    astray = shipping.astray(order_id)
    if astray is None:
        return _needs_no_parcel(order_id)
    if not astray:
        return True
    found = rows(
        "SELECT id, refunded_quantity - cancelled_quantity FROM orders_order_line WHERE order_id = %s",
        [order_id],
    )
    refunded = {OrderLineId(line_id): pieces for line_id, pieces in found}
    return all(refunded[line_id] >= pieces for line_id, pieces in astray.items())


def _needs_no_parcel(order_id: OrderId) -> bool:
    """Say whether all that was sent of an order went without a parcel: codes, and services that were had."""
    found = row(
        "SELECT bool_or(shipped_quantity > 0) AND bool_and(kind <> 'physical' OR shipped_quantity = 0) "
        "FROM orders_order_line WHERE order_id = %s",
        [order_id],
    )
    return bool(found and found[0])


def bought_line(order_line_id: OrderLineId, *, buyer: UserId) -> BoughtLine:
    """Return what a buyer bought with one of his lines. Raises: NotFound, also when it is not his."""
    found = row(
        "SELECT l.order_id, l.product_id, l.merchant_id, o.status = ANY(%s) FROM orders_order_line l "
        "JOIN orders_order o ON o.id = l.order_id WHERE l.id = %s AND l.buyer_id = %s",
        [[OrderStatus.RECEIVED.value, OrderStatus.COMPLETED.value], order_line_id, buyer],
    )
    if found is None:
        raise NotFound
    order_id, product_id, merchant_id, is_received = found
    return BoughtLine(
        order_id=order_id, product_id=product_id, merchant_id=merchant_id, is_received=is_received
    )


def ids_of_trade(trade_id: TradeId) -> list[OrderId]:
    """Return the orders of a trade, in the order they were placed."""
    found = rows("SELECT id FROM orders_order WHERE trade_id = %s ORDER BY id", [trade_id])
    return [OrderId(order_id) for (order_id,) in found]


def recipient(order_id: OrderId) -> Recipient:
    """Return where the goods of an order go, in clear: for carriers, never for a screen. Raises: NotFound."""
    found = row("SELECT recipient FROM orders_order WHERE id = %s", [order_id])
    if found is None:
        raise NotFound
    return opened_recipient(order_id, found[0])


def opened_recipient(order_id: OrderId, sealed: bytes) -> Recipient:
    """Open a recipient as the table holds it."""
    text = open_text(sealed, table="orders_order", column="recipient", row_id=order_id)
    return msgspec.json.decode(text, type=Recipient)


def sold_pieces(order_id: OrderId) -> list[tuple[ProductId, int]]:
    """Return the pieces of each product of an order that were sold and not given back."""
    found = rows(
        "SELECT product_id, sum(quantity - refunded_quantity)::int FROM orders_order_line WHERE order_id = "
        "%s "
        "GROUP BY product_id HAVING sum(quantity - refunded_quantity) > 0 ORDER BY product_id",
        [order_id],
    )
    return [(ProductId(product_id), pieces) for product_id, pieces in found]


def delivered_before(instant: datetime, *, after: Due | None, limit: int) -> list[Due]:
    """Return orders delivered until `instant` that nobody has confirmed, the oldest first, after `after`."""
    return _due(
        "SELECT id, delivered_at FROM orders_order WHERE status = 'delivered' AND delivered_at <= %s "
        "AND (%s::timestamptz IS NULL OR (delivered_at, id) > (%s, %s)) ORDER BY delivered_at, id LIMIT %s",
        instant,
        after,
        limit,
    )


def received_before(instant: datetime, *, after: Due | None, limit: int) -> list[Due]:
    """Return orders received until `instant` that are not completed, the oldest first, after `after`."""
    return _due(
        "SELECT id, received_at FROM orders_order WHERE status = 'received' AND received_at <= %s "
        "AND (%s::timestamptz IS NULL OR (received_at, id) > (%s, %s)) ORDER BY received_at, id LIMIT %s",
        instant,
        after,
        limit,
    )


def _due(sql: str, instant: datetime, after: Due | None, limit: int) -> list[Due]:
    at, order_id = (after.at, after.order_id) if after else (None, None)
    return [
        Due(order_id=OrderId(one), at=since) for one, since in rows(sql, [instant, at, at, order_id, limit])
    ]


_CLAW_BACKS = TypeAdapter(list[ClawBack])
_DISCOUNTS = TypeAdapter(list[KeptDiscount])


def discounts_of(order_id: OrderId) -> list[NamedDiscount]:
    """Return the discounts on the goods of an order as it was sold. Raises: NotFound."""
    found = row("SELECT discounts::text FROM orders_order WHERE id = %s", [order_id])
    if found is None:
        raise NotFound
    return [one for one in _DISCOUNTS.validate_json(found[0]) if not one.is_freight]


def _at_sale(which: str, key: UUID) -> list[OrderAtSale]:
    found = rows(statements.AT_SALE.format(which=which), [key])
    return [_order(list(lines)) for _, lines in groupby(found, key=lambda line: line[0])]


def _order(lines: Sequence[tuple[Any, ...]]) -> OrderAtSale:
    first = lines[0]
    currency = first[8]
    return OrderAtSale(
        id=OrderId(first[0]),
        number=first[1],
        trade_id=TradeId(first[2]),
        buyer_id=UserId(first[3]),
        merchant_id=MerchantId(first[4]),
        status=OrderStatus(first[5]),
        payment_status=OrderPaymentStatus(first[6]),
        fulfilment_status=FulfilmentStatus(first[7]),
        lines=[_line(line[11:], OrderId(first[0]), currency) for line in lines],
        freight=Money(first[9], currency),
        total=Money(first[10], currency),
        claw_backs=_CLAW_BACKS.validate_json(first[23]),
    )


def _line(line: tuple[Any, ...], order_id: OrderId, currency: str) -> LineAtSale:
    return LineAtSale(
        id=OrderLineId(line[0]),
        order_id=order_id,
        sku_id=SkuId(line[1]),
        warehouse_id=WarehouseId(line[2]),
        quantity=line[3],
        amount=Money(line[4], currency),
        merchant_discount=Money(line[5], currency),
        platform_discount=Money(line[6], currency),
        points_discount=Money(line[7], currency),
        payable=Money(line[8], currency),
        commission_basis_points=line[9],
        shipped_quantity=line[10],
        refunded_quantity=line[11],
        kind=ProductKind(line[13]),
        voucher_days=line[14],
    )
