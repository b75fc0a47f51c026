"""The verbs that count pieces: what left, what is about to be refunded, what was."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from jishi.kernel.db import require_transaction, rows
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import OrderId, OrderLineId, SkuId, WarehouseId
from jishi.kernel.money import Money
from jishi.kernel.words import Text
from jishi.money.payments.types import PiecesToRefund, RefundLine
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory.types import StockLine
from jishi.trade.orders import events, statements
from jishi.trade.orders.rules import LinePieces, State, fulfilment_of, payment_after, summary, unsent_part
from jishi.trade.orders.services_moves import Cause, move, tell
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    FulfilmentStatus,
    OrderPaymentStatus,
    OrderStatus,
    PiecesWish,
)
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.types import PackedLine

SHIPPABLE = frozenset({OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPED})


class PiecesGone(Conflict):
    """More pieces are wanted than are left to ship or to refund; `order_line_ids` names the lines."""

    code = "pieces_gone"
    message = Text(
        zh="部分商品已发货或正在退款", en="Some of these pieces were already sent or are being refunded"
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Who sent pieces, and what the timeline calls it where it is no parcel."""

    actor: Actor
    actor_id: UUID | None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    id: OrderLineId
    sku_id: SkuId
    warehouse_id: WarehouseId
    pieces: LinePieces
    refunded: int
    refundable: int
    travels: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """An order as the counting verbs need it."""

    state: State
    total_minor: int
    refunded_minor: int
    lines: list[_Line]


def note_shipped(
    *, order_id: OrderId, wanted: Sequence[PiecesWish] | None, staff_id: UUID, now: datetime
) -> list[PackedLine]:
    """Count pieces as sent in a parcel, all that are left when `wanted` is None; return them with their warehouses.

    Raises: PiecesGone (409) for more than is left, for goods that travel in no parcel, for a closed or an unpaid
    order; NotFound for a line of another order.
    """
    found = _pieces(order_id)
    left = {line.id: line.pieces.to_ship if line.travels else 0 for line in found.lines}
    counts = (
        {line_id: pieces for line_id, pieces in left.items() if pieces}
        if wanted is None
        else _summed((wish.order_line_id, wish.quantity) for wish in wanted)
    )
    _require(counts, left)
    return _note_sent(order_id, found, counts, Sent(Actor.MERCHANT, staff_id), now)


def note_handed_over(
    *, order_id: OrderId, counts: Mapping[OrderLineId, int], by: Sent, now: datetime
) -> list[PackedLine]:
    """Count pieces as sent that travel in no parcel: codes given, services had. Raises: see `note_shipped`."""
    found = _pieces(order_id)
    _require(counts, {line.id: 0 if line.travels else line.pieces.to_ship for line in found.lines})
    return _note_sent(order_id, found, counts, by, now)


def _note_sent(
    order_id: OrderId, found: "_Pieces", counts: Mapping[OrderLineId, int], by: Sent, now: datetime
) -> list[PackedLine]:
    lines = {line.id: line for line in found.lines}
    if not counts or summary(found.state) not in SHIPPABLE:
        raise PiecesGone(order_line_ids=[str(line_id) for line_id in counts])
    after = [
        replace(line.pieces, shipped=line.pieces.shipped + counts.get(line.id, 0)) for line in found.lines
    ]
    target = replace(found.state, fulfilment=fulfilment_of(after, all_delivered=False))
    move(
        statements.SHIP,
        events.OrderShipped,
        sources=SHIPPABLE,
        target=summary(target),
        cause=Cause(kind=by.kind or summary(target), actor=by.actor, actor_id=by.actor_id),
        now=now,
        order_ids=[order_id],
        fulfilment=target.fulfilment,
        pieces=sum(counts.values()),
        line_ids=list(counts),
        quantities=list(counts.values()),
    )
    return [
        PackedLine(
            order_line_id=line_id,
            sku_id=lines[line_id].sku_id,
            warehouse_id=lines[line_id].warehouse_id,
            quantity=quantity,
        )
        for line_id, quantity in counts.items()
    ]


def reserve_refund_pieces(
    *, order_id: OrderId, lines: Sequence[PiecesToRefund], now: datetime
) -> list[StockLine]:
    """Count pieces as being refunded; those not sent yet go first, never will be sent, and are returned to
    be released.

    Raises: PiecesGone (409) for more than was neither refunded nor is about to be; NotFound for another
    order's line.
    """
    require_transaction("refunding pieces")
    found = _pieces(order_id)
    counts = _summed((line.order_line_id, line.quantity) for line in lines)
    _require(counts, {line.id: line.refundable for line in found.lines})
    unsent = {line.id: unsent_part(line.pieces, counts.get(line.id, 0)) for line in found.lines}
    target = _without_unsent(order_id, found, unsent)
    moved = rows(
        statements.RESERVE_REFUND,
        {
            "order_id": order_id,
            "line_ids": list(counts),
            "quantities": list(counts.values()),
            "unsent": [unsent[line_id] for line_id in counts],
            "status": summary(target),
            "fulfilment": target.fulfilment,
            "now": now,
        },
    )
    tell(events.OrderRefundOpened, moved, now)
    return [
        StockLine(
            owner_id=order_id,
            sku_id=line.sku_id,
            warehouse_id=line.warehouse_id,
            quantity=unsent[line.id],
        )
        for line in found.lines
        if unsent[line.id]
    ]


def note_refund(
    *, order_id: OrderId, lines: Sequence[RefundLine], amount: Money, now: datetime
) -> OrderStatus:
    """Note that a refund is done: `amount` in all, of which each line's `payable`; return the order's status.

    Pieces of a line are 0 when only money went back. An order whose whole money went back, or of which
    nothing was sent and every piece refunded, is closed, and what was not sent of it never will be: releasing
    its stock is the caller's. A completed one stays so.
    """
    require_transaction("noting a refund")
    found = _pieces(order_id)
    counts = _summed((line.order_line_id, line.quantity) for line in lines)
    paid_back = found.refunded_minor + amount.amount_minor
    target = replace(found.state, payment=payment_after(paid_back, found.total_minor))
    if _is_over(found, counts, target) and not target.is_completed and target.close_reason is None:
        target = replace(target, close_reason=CloseReason.REFUNDED)
    amounts = Counter[OrderLineId]()
    for line in lines:
        amounts[line.order_line_id] += line.payable.amount_minor
    moved = rows(
        statements.NOTE_REFUND,
        {
            "order_id": order_id,
            "line_ids": list(counts),
            "quantities": list(counts.values()),
            "amounts": [amounts[line_id] for line_id in counts],
            "amount": amount.amount_minor,
            "payment": target.payment,
            "status": summary(target),
            "close_reason": target.close_reason,
            "now": now,
        },
    )
    tell(events.OrderRefunded, moved, now)
    return summary(target)


def note_deposit_back(*, order_id: OrderId, amount: Money, now: datetime) -> None:
    """Note that the deposit of a closed order went back to its buyer; its lines stay as they are."""
    require_transaction("noting a refund")
    moved = rows(
        statements.NOTE_DEPOSIT_BACK, {"order_id": order_id, "amount": amount.amount_minor, "now": now}
    )
    tell(events.OrderRefunded, moved, now)


def _is_over(found: _Pieces, counts: Mapping[OrderLineId, int], target: State) -> bool:
    """Say whether nothing of the order is left: neither money nor, when nothing was sent, pieces."""
    sent = any(line.pieces.shipped for line in found.lines)
    left = sum(line.pieces.quantity - line.refunded - counts.get(line.id, 0) for line in found.lines)
    return target.payment is OrderPaymentStatus.REFUNDED or (left == 0 and not sent)


def _without_unsent(order_id: OrderId, found: _Pieces, unsent: Mapping[OrderLineId, int]) -> State:
    """Return the state of an order of which some unsent pieces never will be sent."""
    after = [replace(line.pieces, cancelled=line.pieces.cancelled + unsent[line.id]) for line in found.lines]
    fulfilment = found.state.fulfilment
    if fulfilment is FulfilmentStatus.PARTIALLY_SHIPPED:
        fulfilment = fulfilment_of(after, all_delivered=shipping.all_delivered(order_id))
    return replace(found.state, fulfilment=fulfilment)


def _pieces(order_id: OrderId) -> _Pieces:
    found = rows(
        "SELECT o.payment_status, o.fulfilment_status, o.close_reason, o.completed_at IS NOT NULL, "
        "o.total_minor, "
        "o.refunded_minor, l.id, l.sku_id, l.warehouse_id, l.quantity, l.shipped_quantity, "
        "l.cancelled_quantity, "
        "l.refunding_quantity, l.refunded_quantity, l.kind FROM orders_order o JOIN orders_order_line l ON "
        "l.order_id = o.id "
        "WHERE o.id = %s ORDER BY l.position",
        [order_id],
    )
    if not found:
        raise NotFound
    payment, fulfilment, close_reason, is_completed, total_minor, refunded_minor = found[0][:6]
    return _Pieces(
        state=State(
            payment=OrderPaymentStatus(payment),
            fulfilment=FulfilmentStatus(fulfilment),
            close_reason=CloseReason(close_reason) if close_reason else None,
            is_completed=is_completed,
        ),
        total_minor=total_minor,
        refunded_minor=refunded_minor,
        lines=[_line(line[6:]) for line in found],
    )


def _line(values: tuple[Any, ...]) -> _Line:
    line_id, sku_id, warehouse_id, quantity, shipped, cancelled, refunding, refunded, kind = values
    return _Line(
        id=OrderLineId(line_id),
        sku_id=SkuId(sku_id),
        warehouse_id=WarehouseId(warehouse_id),
        pieces=LinePieces(quantity=quantity, shipped=shipped, cancelled=cancelled),
        refunded=refunded,
        refundable=quantity - refunding - refunded,
        travels=kind == ProductKind.PHYSICAL,
    )


def _summed(wishes: Iterable[tuple[OrderLineId, int]]) -> dict[OrderLineId, int]:
    summed = Counter[OrderLineId]()
    for line_id, quantity in wishes:
        summed[line_id] += quantity
    return dict(summed)


def _require(wanted: Mapping[OrderLineId, int], left: Mapping[OrderLineId, int]) -> None:
    """Check that what is wanted of each line is there. Raises: NotFound, PiecesGone."""
    if not wanted.keys() <= left.keys():
        raise NotFound
    short = [str(line_id) for line_id, quantity in wanted.items() if quantity > left[line_id]]
    if short:
        raise PiecesGone(order_line_ids=short)
