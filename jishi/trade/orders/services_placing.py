"""Writing down a new trade: one statement, however many orders and lines it has."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Model
from django.utils import timezone

from jishi.kernel.crypto import Sealed
from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.ids import OrderId, TradeId, WarehouseId, new_id, order_number
from jishi.kernel.money import Money, total
from jishi.offering.inventory.types import StockLine
from jishi.trade.orders import statements
from jishi.trade.orders.models import Order, OrderEvent, OrderLine, Trade
from jishi.trade.orders.types import (
    Actor,
    FulfilmentStatus,
    LineDraft,
    OrderDraft,
    OrderPaymentStatus,
    OrderStatus,
    PlacedOrder,
    PlacedTrade,
    TradeDraft,
)


def _column_names(model: type[Model]) -> str:
    return ", ".join(str(field.column) for field in model._meta.concrete_fields)


PLACE = statements.PLACE.format(
    trades=_column_names(Trade),
    orders=_column_names(Order),
    lines=_column_names(OrderLine),
    events=_column_names(OrderEvent),
)


def draft_trade(draft: TradeDraft, *, now: datetime, pay_before_at: datetime) -> PlacedTrade:
    """Write a trade with its orders, lines and timeline, waiting for payment; everything of the draft is
    frozen.

    The recipient is sealed into each order.
    """
    require_transaction("placing a trade")
    trade = Trade(
        id=draft.id,
        buyer_id=draft.buyer_id,
        quote_id=draft.quote_id,
        currency=draft.total.currency,
        total_minor=draft.total.amount_minor,
        placed_at=now,
        pay_before_at=pay_before_at,
    )
    recipient = msgspec.json.encode(draft.recipient).decode()
    numbers = _numbers(len(draft.orders), now)
    orders = [
        _order(one, trade, number, recipient) for one, number in zip(draft.orders, numbers, strict=True)
    ]
    lines = [_lines(one, order) for one, order in zip(draft.orders, orders, strict=True)]
    _write(trade, orders, [line for group in lines for line in group])
    return PlacedTrade(
        id=TradeId(trade.id),
        orders=[_placed_order(*pair) for pair in zip(draft.orders, orders, strict=True)],
    )


def _write(trade: Trade, orders: Sequence[Order], lines: Sequence[OrderLine]) -> None:
    """Insert everything in one statement."""
    execute(
        PLACE,
        {
            "trades": _as_json([trade]),
            "orders": _as_json(orders),
            "lines": _as_json(lines),
            "events": _as_json([_placed(order, trade) for order in orders]),
        },
    )


def _as_json(instances: Sequence[Model]) -> str:
    """Return rows as JSON objects by column, as jsonb_populate_recordset wants them."""
    return msgspec.json.encode([_columns(instance) for instance in instances]).decode()


def _columns(instance: Model) -> dict[str, object]:
    fields = instance._meta.concrete_fields
    return {str(field.column): _json_value(field.pre_save(instance, add=True)) for field in fields}


def _json_value(value: object) -> object:
    """Return what PostgreSQL reads back from JSON: sealed bytes as `\\x` and hexadecimal digits."""
    return f"\\x{value.sealed.hex()}" if isinstance(value, Sealed) else value


def _numbers(count: int, now: datetime) -> list[str]:
    """Return numbers for `count` orders; the day is the shop's, not UTC's."""
    day = timezone.localdate(now)
    drawn = rows("SELECT nextval('orders_number') FROM generate_series(1, %s)", [count])
    return [order_number(sequence, day) for (sequence,) in drawn]


def _order(draft: OrderDraft, trade: Trade, number: str, recipient: str) -> Order:
    def summed(amounts: Sequence[Money]) -> int:
        return total(amounts, trade.currency).amount_minor

    pieces = sum(line.quantity for line in draft.lines)
    return Order(
        id=new_id(),
        number=number,
        trade=trade,
        buyer_id=trade.buyer_id,
        merchant_id=draft.merchant_id,
        status=OrderStatus.AWAITING_PAYMENT,
        payment_status=OrderPaymentStatus.UNPAID,
        fulfilment_status=FulfilmentStatus.UNSHIPPED,
        currency=trade.currency,
        goods_minor=summed([line.amount for line in draft.lines]),
        merchant_discount_minor=summed([line.merchant_discount for line in draft.lines]),
        platform_discount_minor=summed([line.platform_discount for line in draft.lines]),
        points_discount_minor=summed([line.points_discount for line in draft.lines]),
        freight_minor=draft.freight.amount_minor,
        total_minor=draft.total.amount_minor,
        discounts=msgspec.to_builtins(draft.discounts),
        piece_count=pieces,
        unsent_count=pieces,
        shipping_method=draft.shipping_method,
        recipient=recipient,
        note=draft.note,
        placed_at=trade.placed_at,
        pay_before_at=trade.pay_before_at,
    )


def _lines(draft: OrderDraft, order: Order) -> list[OrderLine]:
    return [_line(line, order, position) for position, line in enumerate(draft.lines, start=1)]


def _line(draft: LineDraft, order: Order, position: int) -> OrderLine:
    return OrderLine(
        id=new_id(),
        order=order,
        position=position,
        buyer_id=order.buyer_id,
        merchant_id=order.merchant_id,
        product_id=draft.product_id,
        sku_id=draft.sku_id,
        warehouse_id=draft.warehouse_id,
        title_zh=draft.title.zh,
        title_en=draft.title.en,
        choice_name_zh=draft.choice_name.zh,
        choice_name_en=draft.choice_name.en,
        image=draft.image,
        currency=order.currency,
        unit_price_minor=draft.unit_price.amount_minor,
        quantity=draft.quantity,
        amount_minor=draft.amount.amount_minor,
        merchant_discount_minor=draft.merchant_discount.amount_minor,
        platform_discount_minor=draft.platform_discount.amount_minor,
        points_discount_minor=draft.points_discount.amount_minor,
        payable_minor=draft.payable.amount_minor,
        commission_basis_points=draft.commission_basis_points,
    )


def _placed(order: Order, trade: Trade) -> OrderEvent:
    return OrderEvent(
        order_id=order.id, kind="placed", actor=Actor.BUYER, actor_id=trade.buyer_id, at=trade.placed_at
    )


def _placed_order(draft: OrderDraft, order: Order) -> PlacedOrder:
    return PlacedOrder(
        id=OrderId(order.id),
        number=order.number,
        merchant_id=draft.merchant_id,
        total=draft.total,
        stock_lines=[
            StockLine(
                owner_id=order.id,
                sku_id=line.sku_id,
                warehouse_id=WarehouseId(line.warehouse_id),
                quantity=line.quantity,
            )
            for line in draft.lines
        ],
    )
