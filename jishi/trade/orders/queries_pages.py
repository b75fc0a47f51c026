"""Orders as buyers and merchants see them: lists in pages that count nothing, and one order in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jishi.identity.accounts.queries import masked_phone
from jishi.identity.accounts.types import NOBODY, Recipient
from jishi.identity.merchants import queries as merchants
from jishi.identity.merchants.types import MerchantCard
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
)
from jishi.kernel.live import live_ticket
from jishi.kernel.money import Money
from jishi.kernel.pagination import BATCH, Page, Sort, limit_of, page
from jishi.kernel.words import Text
from jishi.money.payments import queries as payments
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.pricing.types import KeptDiscount
from jishi.trade.orders import rules
from jishi.trade.orders.queries import opened_recipient
from jishi.trade.orders.rules import State
from jishi.trade.orders.texts import timeline_text
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    FulfilmentStatus,
    Order,
    OrderLine,
    OrderPaymentStatus,
    OrderRow,
    OrderSort,
    OrderStatus,
    TimelineEntry,
    Trade,
)
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.types import ShippingMethod

LINES_SHOWN = 3
AWAITS_MONEY = frozenset({OrderStatus.AWAITING_PAYMENT, OrderStatus.AWAITING_BALANCE})

_HEAD = """
SELECT o.id, o.number, o.trade_id, o.merchant_id, o.status, o.payment_status, o.fulfilment_status,
o.close_reason, o.currency, o.total_minor, o.piece_count,
CASE WHEN o.shipping_method = 'virtual' THEN 0 ELSE o.unsent_count END, o.placed_at, o.pay_before_at, o.recipient
"""
# A list does not look which pieces of mixed goods are still to be sent; the page of an order does.
_TO_PACK = """
(SELECT coalesce(sum(l.quantity - l.shipped_quantity - l.cancelled_quantity), 0)::int
 FROM orders_order_line l WHERE l.order_id = o.id AND l.kind = 'physical')
"""
_LINE = """
SELECT order_id, id, product_id, sku_id, title_zh, title_en, choice_name_zh, choice_name_en, image, currency,
       unit_price_minor, quantity, amount_minor,
       merchant_discount_minor + platform_discount_minor + points_discount_minor, payable_minor,
       shipped_quantity, refunded_quantity, refunded_minor, gift_of IS NOT NULL, kind
FROM orders_order_line
"""
_PLACED = ("o.placed_at", "o.id")
_SORTS: Mapping[OrderSort, Sort] = {
    OrderSort.NEWEST: Sort(_PLACED, datetime),
    OrderSort.OLDEST: Sort(_PLACED, datetime, is_descending=False),
}


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who looks: a buyer at his orders, or a merchant at those of his store."""

    language: str
    now: datetime
    is_merchant: bool


@dataclass(frozen=True, slots=True)
class _Head:
    """What a list shows of an order, and what its actions follow from."""

    id: OrderId
    number: str
    trade_id: TradeId
    merchant_id: MerchantId
    status: OrderStatus
    state: State
    total: Money
    piece_count: int
    unsent_count: int
    placed_at: datetime
    pay_before_at: datetime
    recipient: bytes


def orders_of_buyer(
    *,
    buyer: UserId,
    statuses: Sequence[OrderStatus],
    search: str,
    cursor: str | None,
    limit: int | None,
    language: str,
    now: datetime,
) -> Page[OrderRow]:
    """Return a page of a buyer's orders, the newest first; three statements.

    Only those in `statuses` when some are given, and with `search` in their number or in a title.
    """
    size = limit_of(limit)
    newest_first = _SORTS[OrderSort.NEWEST]
    after, params = newest_first.after(cursor)
    conditions = ["o.buyer_id = %s", after]
    values: list[object] = [buyer, *params]
    if statuses:
        conditions.append("o.status = ANY(%s)")
        values.append(list(statuses))
    if search:
        conditions.append(
            "(o.number = %s OR EXISTS (SELECT FROM orders_order_line l WHERE l.order_id = o.id "
            "AND (l.title_zh ILIKE %s OR l.title_en ILIKE %s)))"
        )
        values += [search, _like(search), _like(search)]
    found = rows(
        f"{_HEAD} FROM orders_order o WHERE {' AND '.join(conditions)} {newest_first.order} LIMIT %s",
        [*values, size + 1],
    )
    return _page(found, size, _Asker(language, now, is_merchant=False))


def orders_of_merchant(
    *,
    merchant_id: MerchantId,
    statuses: Sequence[OrderStatus],
    search: str,
    sort: OrderSort = OrderSort.NEWEST,
    cursor: str | None,
    limit: int | None,
    language: str,
    now: datetime,
) -> Page[OrderRow]:
    """Return a page of a merchant's orders; `search` begins a number; three statements.

    Each status is a range of its own in the index and read no further than the page, so a page costs the
    same for ten orders and for a million.
    """
    size = limit_of(limit, most=BATCH)
    sorted_so = f"{_SORTS[sort].order} LIMIT %s"
    after, params = _SORTS[sort].after(cursor)
    mine = f"FROM orders_order o WHERE o.merchant_id = %s AND {after}"
    values: list[object] = [merchant_id, *params]
    if search:
        mine += " AND o.number LIKE %s"
        values.append(f"{_escaped(search)}%")
    if statuses:
        found = rows(
            f"{_HEAD} FROM unnest(%s::text[]) AS wanted (status) CROSS JOIN LATERAL "
            f"(SELECT o.* {mine} AND o.status = wanted.status {sorted_so}) o {sorted_so}",
            [list(statuses), *values, size + 1, size + 1],
        )
    else:
        found = rows(f"{_HEAD} {mine} {sorted_so}", [*values, size + 1])
    return _page(found, size, _Asker(language, now, is_merchant=True))


def order_of_buyer(*, order_id: OrderId, buyer: UserId, language: str, now: datetime) -> Order:
    """Return one of a buyer's orders in full. Raises: NotFound."""
    return _order("o.buyer_id", buyer, order_id, _Asker(language, now, is_merchant=False))


def order_of_merchant(*, order_id: OrderId, merchant_id: MerchantId, language: str, now: datetime) -> Order:
    """Return one of a merchant's orders in full, the recipient masked as far as no parcel needs him.

    Raises: NotFound.
    """
    return _order("o.merchant_id", merchant_id, order_id, _Asker(language, now, is_merchant=True))


def trade_of_buyer(*, trade_id: TradeId, buyer: UserId, language: str, now: datetime) -> Trade:
    """Return one of a buyer's trades with its orders and its payment. Raises: NotFound."""
    found = rows(
        f"{_HEAD}, t.total_minor FROM orders_trade t JOIN orders_order o ON o.trade_id = t.id "
        "WHERE t.id = %s AND t.buyer_id = %s ORDER BY o.id",
        [trade_id, buyer],
    )
    if not found:
        raise NotFound
    shown = _rows([one[:-1] for one in found], _Asker(language, now, is_merchant=False))
    first = _head(found[0][:-1])
    topic = f"trade:{trade_id}"
    return Trade(
        id=trade_id,
        orders=shown,
        payment=payments.summary(trade_id),
        total=Money(found[0][-1], first.total.currency),
        placed_at=first.placed_at,
        pay_before_at=first.pay_before_at,
        live_topic=topic,
        live_ticket=live_ticket(topic, now),
    )


def _order(column: str, owner: UUID, order_id: OrderId, asker: _Asker) -> Order:
    found = row(
        f"{_HEAD}, o.goods_minor, o.merchant_discount_minor + o.platform_discount_minor + "
        "o.points_discount_minor, o.freight_minor, o.refunded_minor, o.discounts::text, o.shipping_method, "
        f"o.note, {_TO_PACK} "
        f"FROM orders_order o WHERE o.id = %s AND {column} = %s",
        [order_id, owner],
    )
    if found is None:
        raise NotFound
    goods, discount, freight, refunded, discounts, method, note, to_pack = found[15:]
    head = replace(_head(found[:15]), unsent_count=to_pack)
    card = merchants.cards([head.merchant_id], language=asker.language)[head.merchant_id]
    topic = f"order:{order_id}"
    currency = head.total.currency
    return Order(
        id=head.id,
        number=head.number,
        trade_id=head.trade_id,
        merchant=card,
        status=head.status,
        payment_status=head.state.payment,
        fulfilment_status=head.state.fulfilment,
        close_reason=head.state.close_reason,
        lines=_lines("order_id = %s", [order_id], asker.language).get(order_id, []),
        discounts=[
            one.shown(asker.language)
            for one in msgspec.json.decode(discounts, type=list[KeptDiscount])
            if not one.is_freight
        ],
        goods_amount=Money(goods, currency),
        discount_amount=Money(discount, currency),
        freight_amount=Money(freight, currency),
        total=head.total,
        refunded=Money(refunded, currency),
        shipping_method=ShippingMethod(method),
        recipient=_recipient(head, asker),
        note=note,
        parcels=shipping.parcels_of([order_id])[order_id],
        timeline=_timeline(order_id, asker.language),
        actions=_actions(head, asker),
        placed_at=head.placed_at,
        pay_before_at=head.pay_before_at if head.status in AWAITS_MONEY else None,
        live_topic=topic,
        live_ticket=live_ticket(topic, asker.now),
    )


def _page(found: Sequence[tuple[Any, ...]], size: int, asker: _Asker) -> Page[OrderRow]:
    return page(_rows(found, asker), limit=size, key=lambda order: (order.placed_at, order.id))


def _rows(found: Sequence[tuple[Any, ...]], asker: _Asker) -> list[OrderRow]:
    heads = [_head(one) for one in found]
    ids = [head.id for head in heads]
    cards = merchants.cards({head.merchant_id for head in heads}, language=asker.language) if heads else {}
    lines = _lines("order_id = ANY(%s) AND position <= %s", [ids, LINES_SHOWN], asker.language) if ids else {}
    return [_row(head, cards[head.merchant_id], lines.get(head.id, []), asker) for head in heads]


def _row(head: _Head, card: MerchantCard, lines: list[OrderLine], asker: _Asker) -> OrderRow:
    return OrderRow(
        id=head.id,
        number=head.number,
        trade_id=head.trade_id,
        merchant=card,
        status=head.status,
        total=head.total,
        lines=lines,
        piece_count=head.piece_count,
        placed_at=head.placed_at,
        actions=_actions(head, asker),
        recipient=_masked(_opened(head)) if asker.is_merchant else None,
    )


def _head(found: tuple[Any, ...]) -> _Head:
    (
        order_id, number, trade_id, merchant_id, status, payment, fulfilment, close_reason,
        currency, total_minor, piece_count, unsent_count, placed_at, pay_before_at, recipient,
    ) = found  # fmt: skip
    return _Head(
        id=OrderId(order_id),
        number=number,
        trade_id=TradeId(trade_id),
        merchant_id=MerchantId(merchant_id),
        status=OrderStatus(status),
        state=State(
            payment=OrderPaymentStatus(payment),
            fulfilment=FulfilmentStatus(fulfilment),
            close_reason=CloseReason(close_reason) if close_reason else None,
            is_completed=status == OrderStatus.COMPLETED,
        ),
        total=Money(total_minor, currency),
        piece_count=piece_count,
        unsent_count=unsent_count,
        placed_at=placed_at,
        pay_before_at=pay_before_at,
        recipient=bytes(recipient),
    )


def _actions(head: _Head, asker: _Asker) -> list[str]:
    if asker.is_merchant:
        return rules.merchant_actions(head.state, unsent_count=head.unsent_count)
    return rules.buyer_actions(head.state, can_still_pay=asker.now < head.pay_before_at)


def _opened(head: _Head) -> Recipient:
    return opened_recipient(head.id, head.recipient)


def _recipient(head: _Head, asker: _Asker) -> Recipient:
    recipient = _opened(head)
    if not asker.is_merchant or recipient == NOBODY:
        return recipient
    masked = replace(recipient, phone=masked_phone(recipient.phone))
    if head.status in rules.PARCEL_NEEDS_ADDRESS:
        return masked
    return replace(masked, recipient=rules.masked_name(recipient.recipient), street="***")


def _masked(recipient: Recipient) -> str:
    return "" if recipient == NOBODY else rules.masked_name(recipient.recipient)


def _lines(condition: str, params: Sequence[object], language: str) -> dict[OrderId, list[OrderLine]]:
    lines: dict[OrderId, list[OrderLine]] = {}
    for found in rows(f"{_LINE} WHERE {condition} ORDER BY order_id, position", params):
        lines.setdefault(found[0], []).append(_line(found, language))
    return lines


def _line(found: tuple[Any, ...], language: str) -> OrderLine:
    (
        _, line_id, product_id, sku_id, title_zh, title_en, choice_zh, choice_en, image, currency,
        unit_price, quantity, amount, discount, payable, shipped, refunded_quantity, refunded,
        is_gift, kind,
    ) = found  # fmt: skip
    return OrderLine(
        id=OrderLineId(line_id),
        product_id=ProductId(product_id),
        sku_id=SkuId(sku_id),
        title=Text(title_zh, title_en).of(language),
        choice_name=Text(choice_zh, choice_en).of(language),
        image=image,
        unit_price=Money(unit_price, currency),
        quantity=quantity,
        amount=Money(amount, currency),
        discount=Money(discount, currency),
        payable=Money(payable, currency),
        shipped_quantity=shipped,
        refunded_quantity=refunded_quantity,
        refunded=Money(refunded, currency),
        is_gift=is_gift,
        kind=ProductKind(kind),
    )


def _timeline(order_id: OrderId, language: str) -> list[TimelineEntry]:
    """Return an order's timeline, the newest first.

    The table is cut by month of its ids: an entry is never older than its order, so older months are not
    touched.
    """
    found = rows(
        "SELECT kind, reason, actor, at FROM orders_event WHERE order_id = %s AND id >= %s ORDER BY id DESC",
        [order_id, rules.ids_from(order_id)],
    )
    return [
        TimelineEntry(kind=kind, text=timeline_text(kind, reason, language), actor=Actor(actor), at=at)
        for kind, reason, actor, at in found
    ]


def _like(text: str) -> str:
    return f"%{_escaped(text)}%"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
