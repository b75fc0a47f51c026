"""What travels in no parcel: codes are given and vouchers issued at payment, vouchers are used, the rest goes back.

docs/decisions/0106-goods-without-a-parcel.md says why it is so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from jishi.flows.refund import open_refund
from jishi.flows.release import release_escrow
from jishi.flows.take_back import take_back_codes
from jishi.kernel import audit
from jishi.kernel.db import atomic
from jishi.kernel.errors import Conflict, NotFound
from jishi.kernel.ids import MerchantId, OrderId, OrderLineId, UserId
from jishi.kernel.words import Text
from jishi.money.payments import services_refund as refunds
from jishi.money.payments.types import PiecesToRefund, RefundReason
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.inventory import queries_merchant as warehouses
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory import services_merchant as stock
from jishi.offering.inventory.types import ReceiptLine, ReceiptWish, StockLine
from jishi.trade.handover import queries
from jishi.trade.handover import services as handover
from jishi.trade.handover.types import CodesAdded, CodeUpload, Redeemed, SoldPieces
from jishi.trade.orders import queries as orders
from jishi.trade.orders import services
from jishi.trade.orders.services import Sent
from jishi.trade.orders.types import Actor, LineAtSale, OrderAtSale, OrderStatus
from jishi.trade.orders.types_timeline import TimelineFact
from jishi.trade.shipping.types import PackedLine

log = structlog.get_logger(__name__)

BATCH = 200
WITH_UNUSED = frozenset(
    {
        OrderStatus.AWAITING_SHIPMENT,
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.DELIVERED,
        OrderStatus.RECEIVED,
    }
)


class NoWarehouse(Conflict):
    """Codes are kept as stock, and the merchant has no warehouse to keep it in."""

    code = "no_warehouse"
    message = Text(zh="请先建一个仓库", en="Open a warehouse first")


class NothingUnused(Conflict):
    """Everything of the order was opened or used, went back before, or the order is over."""

    code = "nothing_unused"
    message = Text(zh="没有可退的未使用卡券", en="There is nothing unused to give back")


class CannotRedeem(Conflict):
    """The voucher is used, void or expired; `state` says which."""

    code = "cannot_redeem"
    message = Text(zh="该券已使用、已作废或已过期", en="This voucher is used, void or expired")


# -- at payment ----------------------------------------------------------------------------------------------


def give(at_sale: Sequence[OrderAtSale], *, now: datetime) -> None:
    """Give codes and issue vouchers for the orders of a trade that was just paid, in the same transaction.

    No statement for orders of which all travels. A line whose pool is short, which no sale can cause, waits.
    """
    codes = _sold(at_sale, ProductKind.VIRTUAL)
    services_sold = _sold(at_sale, ProductKind.SERVICE)
    if services_sold:
        days = {line.id: line.voucher_days or 0 for order in at_sale for line in order.lines}
        handover.issue(services_sold, days, now=now)
        _tell([line.order_id for line in services_sold], "vouchers_issued", now)
    if not codes:
        return
    served = handover.give(codes, now=now)
    if len(served) < len(codes):
        log.error("codes_short", orders=sorted({str(line.order_id) for line in codes}))
    for order in at_sale:
        counts = {line.order_line_id: line.quantity for line in served if line.order_id == order.id}
        if counts:
            _send(order.id, counts, Sent(Actor.PLATFORM, None, "codes_given"), now)
            if orders.has_arrived(order.id):
                services.mark_delivered(order_id=order.id, actor=Actor.PLATFORM, kind="handed_over", now=now)


def _sold(at_sale: Sequence[OrderAtSale], kind: ProductKind) -> list[SoldPieces]:
    return [
        SoldPieces(
            order_id=order.id,
            order_line_id=line.id,
            buyer_id=order.buyer_id,
            merchant_id=order.merchant_id,
            sku_id=line.sku_id,
            warehouse_id=line.warehouse_id,
            quantity=line.quantity,
        )
        for order in at_sale
        for line in order.lines
        if line.kind is kind
    ]


def _send(order_id: OrderId, counts: Mapping[OrderLineId, int], by: Sent, now: datetime) -> None:
    """Count pieces as sent and take them out of stock."""
    sent = services.note_handed_over(order_id=order_id, counts=counts, by=by, now=now)
    inventory.ship(_stock_lines(order_id, sent), reference=str(by.kind), now=now, staff_id=by.actor_id)


def _stock_lines(order_id: OrderId, sent: Sequence[PackedLine]) -> list[StockLine]:
    return [
        StockLine(owner_id=order_id, sku_id=one.sku_id, warehouse_id=one.warehouse_id, quantity=one.quantity)
        for one in sent
    ]


def _tell(order_ids: Sequence[OrderId], kind: str, now: datetime) -> None:
    services.add_timeline(
        [
            TimelineFact(order_id=one, kind=kind, actor=Actor.PLATFORM, actor_id=None, reason="", at=now)
            for one in dict.fromkeys(order_ids)
        ]
    )


# -- the buyer -----------------------------------------------------------------------------------------------


def open_code(*, order_id: OrderId, code_id: UUID, buyer: UserId, now: datetime) -> None:
    """Show a buyer his code, from when on it cannot go back by itself. Raises: NotFound, also when it is not his."""
    with atomic():
        services.lock_order_trade(order_id)
        if not handover.open_code(code_id=code_id, order_id=order_id, buyer=buyer, now=now):
            raise NotFound


def return_unused(*, order_id: OrderId, buyer: UserId, now: datetime) -> None:
    """Refund a buyer's unopened codes and unused vouchers, which are void from now on.

    Raises: NotFound, NothingUnused (409).
    """
    with atomic():
        services.lock_order_trade(order_id)
        order = orders.order_at_sale(order_id)
        if order.buyer_id != buyer:
            raise NotFound
        pieces = queries.unused_pieces(order_id)
        if not pieces or order.status not in WITH_UNUSED:
            raise NothingUnused
        _refund(order, pieces, "unused", buyer, now)


def _refund(
    order: OrderAtSale, pieces: Mapping[OrderLineId, int], note: str, by: UserId | None, now: datetime
) -> None:
    lines = [PiecesToRefund(order_line_id=line_id, quantity=count) for line_id, count in pieces.items()]
    open_refund(order=order, lines=lines, reason=RefundReason.PARTIAL, note=note, requested_by=by, now=now)
    unsent = services.reserve_refund_pieces(order_id=order.id, lines=lines, now=now)
    if unsent:
        inventory.release_lines(unsent, now=now)
    take_back_codes(order, now=now)


# -- the merchant --------------------------------------------------------------------------------------------


def add_codes(*, merchant_id: MerchantId, wish: CodeUpload, staff: UserId, now: datetime) -> CodesAdded:
    """Put codes into the pool of a merchant's SKU; each that is new is one more piece on sale.

    Safe to call again: a code that is there already counts as repeated. Raises: NotFound for a SKU that is not his or
    not of a virtual product, NoWarehouse (409).
    """
    if wish.sku_id not in catalog.skus_of_merchant(merchant_id, [wish.sku_id]) & catalog.code_skus(
        [wish.sku_id]
    ):
        raise NotFound
    places = warehouses.warehouses(merchant_id, language="zh")
    if not places:
        raise NoWarehouse
    with atomic():
        added = handover.fill(
            merchant_id=merchant_id, sku_id=wish.sku_id, warehouse_id=places[0].id, texts=wish.codes, now=now
        )
        if added:
            receipt = ReceiptWish(
                warehouse_id=places[0].id,
                lines=[ReceiptLine(sku_id=wish.sku_id, quantity=added)],
                reference="codes",
            )
            stock.book_codes(merchant_id=merchant_id, wish=receipt, staff_id=staff, now=now)
        audit.record(
            actor=staff,
            actor_kind="staff",
            action="codes.added",
            subject_kind="sku",
            subject_id=wish.sku_id,
            merchant_id=merchant_id,
            data={"added": added},
            now=now,
        )
    return CodesAdded(added=added, repeated=len(wish.codes) - added, left=queries.left_of(wish.sku_id))


def redeem(*, merchant_id: MerchantId, code: str, staff: UserId, language: str, now: datetime) -> Redeemed:
    """Use a voucher of the merchant; its order completes with its last piece, when no refund is under way.

    Raises: NotFound, also for another merchant's; CannotRedeem (409).
    """
    found = queries.find_voucher(merchant_id=merchant_id, code=code, now=now)
    with atomic():
        services.lock_order_trade(found.order_id)
        if not handover.redeem(voucher_id=found.id, staff_id=staff, now=now):
            state = queries.find_voucher(merchant_id=merchant_id, code=code, now=now).state
            raise CannotRedeem(state=state)
        _send(found.order_id, {found.order_line_id: 1}, Sent(Actor.MERCHANT, staff, "voucher_used"), now)
        order = orders.order_at_sale(found.order_id)
        _end(order, staff, now)
        audit.record(
            actor=staff,
            actor_kind="staff",
            action="voucher.redeemed",
            subject_kind="order",
            subject_id=found.order_id,
            merchant_id=merchant_id,
            data={"voucher_id": found.id},
            now=now,
        )
    name = catalog.sku_names([found.sku_id], language=language)[found.sku_id]
    line = next(line for line in order.lines if line.id == found.order_line_id)
    return Redeemed(
        order_number=order.number,
        title=name.title,
        choice_name=name.choice_name,
        redeemed_at=now,
        unused_count=_unused(line),
    )


def _unused(line: LineAtSale) -> int:
    return queries.unused_pieces(line.order_id).get(line.id, 0)


def _end(order: OrderAtSale, staff: UserId, now: datetime) -> None:
    """Go on with an order of which a voucher was just used: nothing but services and codes is over with the last."""
    if order.status is not OrderStatus.SHIPPED:
        return
    if any(line.kind is ProductKind.PHYSICAL for line in order.lines):
        if orders.has_arrived(order.id):
            services.mark_delivered(order_id=order.id, now=now)
        return
    services.mark_received(
        order_id=order.id, actor=Actor.MERCHANT, actor_id=staff, kind="service_had", now=now
    )
    if not refunds.has_open_refunds(order.id) and services.mark_completed(order_id=order.id, now=now):
        release_escrow(order, now=now)


# -- time ----------------------------------------------------------------------------------------------------


def refund_expired(now: datetime) -> int:
    """Refund the vouchers that nobody used in time; return of how many orders. One that fails holds up no other.

    Raises: ExceptionGroup with what went wrong.
    """
    failures: list[Exception] = []
    done = 0
    for order_id in queries.orders_with_expired(now, limit=BATCH):
        try:
            done += _expire(order_id, now)
        except Exception as error:
            log.exception("vouchers_cannot_expire", order_id=str(order_id))
            failures.append(error)
    if failures:
        raise ExceptionGroup("vouchers that could not expire", failures)
    return done


def _expire(order_id: OrderId, now: datetime) -> bool:
    with atomic():
        services.lock_order_trade(order_id)
        pieces = queries.unused_pieces(order_id, expired_by=now)
        if not pieces:
            return False
        _refund(orders.order_at_sale(order_id), pieces, "expired", None, now)
        _tell([order_id], "vouchers_expired", now)
        return True
