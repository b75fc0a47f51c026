"""Writing down a new trade: one statement, however many orders and lines it has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db.models import Model
from django.utils import timezone

from jishi.identity.accounts.types import NOBODY
from jishi.kernel.crypto import seal_text
from jishi.kernel.db import execute, require_transaction, rows
from jishi.kernel.errors import Conflict
from jishi.kernel.ids import OrderId, OrderLineId, new_id, order_number
from jishi.kernel.money import Money, total
from jishi.kernel.words import Text
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

Columns = dict[str, object]
PAYABLE_MAX = timedelta(days=7)  # the longest window to pay in: what is unpaid was placed within it


class TooManyUnpaid(Conflict):
    """The buyer holds the goods of `limit` trades already that he has not paid."""

    code = "too_many_unpaid"
    message = Text(
        zh="您有太多未付款的订单,请先付款或取消",
        en="Too many unpaid orders; pay for some or cancel them first",
    )


def _empty(model: type[Model]) -> Columns:
    """Return every column of a model with its default: what a row is made from, without an instance of it."""
    return {str(field.column): field.get_default() for field in model._meta.concrete_fields}


TRADE, ORDER, LINE, EVENT = _empty(Trade), _empty(Order), _empty(OrderLine), _empty(OrderEvent)
PLACE = statements.PLACE.format(
    trades=", ".join(TRADE), orders=", ".join(ORDER), lines=", ".join(LINE), events=", ".join(EVENT)
)


# One statement for both: an order has a budget of statements. How many numbers is written out: it is small, and of a
# count that PostgreSQL does not see it expects a thousand, and plans anew each time.
_NUMBERS = """
SELECT nextval('orders_number'), (
    SELECT count(DISTINCT trade_id) FROM orders_order
    WHERE buyer_id = %s AND status = 'awaiting_payment' AND placed_at > %s
) FROM generate_series(1, {count})
"""


def draft_trade(
    draft: TradeDraft, *, now: datetime, pay_before_at: datetime, unpaid_max: int | None = None
) -> PlacedTrade:
    """Write a trade with its orders, lines and timeline, waiting for payment; everything of the draft is
    frozen.

    The recipient is sealed into each order. Raises: TooManyUnpaid when the buyer has `unpaid_max` trades already
    that wait for payment; the caller holds the buyer's cart, so that his checkouts come one after the other.
    """
    require_transaction("placing a trade")
    times: Columns = {"placed_at": now, "pay_before_at": pay_before_at}
    trade = TRADE | times | {
        "id": draft.id,
        "buyer_id": draft.buyer_id,
        "quote_id": draft.quote_id,
        "currency": draft.total.currency,
        "total_minor": draft.total.amount_minor,
    }  # fmt: skip
    recipient = msgspec.json.encode(draft.recipient or NOBODY).decode()
    orders = [
        (one, _placed_order(one, number))
        for one, number in zip(draft.orders, _numbers(draft, now, unpaid_max), strict=True)
    ]
    execute(
        PLACE,
        {
            "trades": _as_json([trade]),
            "orders": _as_json([_order(*order, draft, recipient) | times for order in orders]),
            "lines": _as_json([line for order in orders for line in _lines(*order, draft)]),
            "events": _as_json([_event(placed, draft, now) for _, placed in orders]),
        },
    )
    return PlacedTrade(
        id=draft.id, orders=[placed for _, placed in orders], placed_at=now, pay_before_at=pay_before_at
    )


def _as_json(columns: Sequence[Columns]) -> str:
    """Return rows as JSON objects by column, as jsonb_populate_recordset wants them."""
    return msgspec.json.encode(columns).decode()


def _numbers(draft: TradeDraft, now: datetime, unpaid_max: int | None) -> list[str]:
    """Return a number for each order; the day is the shop's, not UTC's. Raises: TooManyUnpaid."""
    day = timezone.localdate(now)
    drawn = rows(_NUMBERS.format(count=len(draft.orders)), [draft.buyer_id, now - PAYABLE_MAX])
    if unpaid_max is not None and drawn[0][1] >= unpaid_max:
        raise TooManyUnpaid(limit=unpaid_max)
    return [order_number(sequence, day) for sequence, _ in drawn]


def _placed_order(draft: OrderDraft, number: str) -> PlacedOrder:
    order_id = OrderId(new_id())
    return PlacedOrder(
        id=order_id,
        number=number,
        merchant_id=draft.merchant_id,
        total=draft.total,
        line_ids=[OrderLineId(new_id()) for _ in draft.lines],
        stock_lines=[
            StockLine(
                owner_id=order_id,
                sku_id=line.sku_id,
                warehouse_id=line.warehouse_id,
                quantity=line.quantity,
            )
            for line in draft.lines
        ],
    )


def _order(draft: OrderDraft, placed: PlacedOrder, trade: TradeDraft, recipient: str) -> Columns:
    def summed(amounts: Sequence[Money]) -> int:
        return total(amounts, trade.total.currency).amount_minor

    pieces = sum(line.quantity for line in draft.lines)
    return ORDER | {
        "id": placed.id,
        "number": placed.number,
        "trade_id": trade.id,
        "buyer_id": trade.buyer_id,
        "merchant_id": draft.merchant_id,
        "status": OrderStatus.AWAITING_PAYMENT,
        "payment_status": OrderPaymentStatus.UNPAID,
        "fulfilment_status": FulfilmentStatus.UNSHIPPED,
        "currency": trade.total.currency,
        "goods_minor": summed([line.amount for line in draft.lines]),
        "merchant_discount_minor": summed([line.merchant_discount for line in draft.lines]),
        "platform_discount_minor": summed([line.platform_discount for line in draft.lines]),
        "points_discount_minor": summed([line.points_discount for line in draft.lines]),
        "freight_minor": draft.freight.amount_minor,
        "total_minor": draft.total.amount_minor,
        "discounts": draft.discounts,
        "claw_backs": draft.claw_backs,
        "piece_count": pieces,
        "unsent_count": pieces,
        "shipping_method": draft.shipping_method,
        "recipient": _sealed(recipient, placed.id),
        "note": draft.note,
    }


def _sealed(recipient: str, order_id: OrderId) -> str:
    """Return the sealed recipient as PostgreSQL reads bytes from JSON: `\\x` and hexadecimal digits."""
    sealed = seal_text(recipient, table=Order._meta.db_table, column="recipient", row_id=order_id)
    return f"\\x{sealed.hex()}"


def _lines(draft: OrderDraft, placed: PlacedOrder, trade: TradeDraft) -> list[Columns]:
    order: Columns = LINE | {
        "order_id": placed.id,
        "buyer_id": trade.buyer_id,
        "merchant_id": draft.merchant_id,
        "currency": trade.total.currency,
    }
    lines = zip(placed.line_ids, draft.lines, strict=True)
    return [
        order | {"id": line_id, "position": position} | _frozen(line)
        for position, (line_id, line) in enumerate(lines, start=1)
    ]


def _frozen(draft: LineDraft) -> Columns:
    return {
        "product_id": draft.product_id,
        "sku_id": draft.sku_id,
        "warehouse_id": draft.warehouse_id,
        "title_zh": draft.title.zh,
        "title_en": draft.title.en,
        "choice_name_zh": draft.choice_name.zh,
        "choice_name_en": draft.choice_name.en,
        "image": draft.image,
        "unit_price_minor": draft.unit_price.amount_minor,
        "quantity": draft.quantity,
        "amount_minor": draft.amount.amount_minor,
        "merchant_discount_minor": draft.merchant_discount.amount_minor,
        "platform_discount_minor": draft.platform_discount.amount_minor,
        "points_discount_minor": draft.points_discount.amount_minor,
        "payable_minor": draft.payable.amount_minor,
        "commission_basis_points": draft.commission_basis_points,
        "gift_of": draft.gift_of,
        "kind": draft.kind,
        "voucher_days": draft.voucher_days,
    }


def _event(placed: PlacedOrder, trade: TradeDraft, now: datetime) -> Columns:
    return EVENT | {
        "id": new_id(),
        "order_id": placed.id,
        "kind": "placed",
        "actor": Actor.BUYER,
        "actor_id": trade.buyer_id,
        "at": now,
    }
