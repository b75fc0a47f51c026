"""Writing the planned orders down, step by step through the flows of the shop, as if time had passed.

Money is learnt of as from a channel; the simulated channels are told of it afterwards (`channels`). Nobody else
is told of anything (`quietly`); what has to follow is done here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.conf import settings

from jishi.entry.demo import channels
from jishi.entry.demo.content import DemoMerchant
from jishi.entry.demo.crowd import Shopper
from jishi.entry.demo.plans import DAY, HOUR, Fate, PlannedLine, PlannedOrder, Times
from jishi.entry.demo.stores import Store
from jishi.flows import cancel, complete, receive, refund, ship, take_payment, track
from jishi.flows.close_unpaid import release_unpaid
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import OrderId, OrderLineId, ProductId, QuoteId, SkuId, TradeId, WarehouseId, new_id
from jishi.kernel.money import Money, total
from jishi.kernel.words import CURRENCY
from jishi.money.payments import services as payments
from jishi.money.payments import services_attempts as attempts
from jishi.money.payments.services_channels import RefundNotice, RefundProgress, RefundState
from jishi.money.payments.types import (
    Captured,
    ChannelName,
    Outcome,
    PartWish,
    PaymentRequest,
    PiecesToRefund,
    RefundRequest,
)
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.inventory import services as inventory
from jishi.offering.inventory.types import StockLine
from jishi.trade.orders import queries as orders
from jishi.trade.orders import services_placing
from jishi.trade.orders.types import (
    Actor,
    CloseReason,
    LineDraft,
    OrderAtSale,
    OrderDraft,
    OrderStatus,
    ParcelWish,
    PlacedTrade,
    TradeDraft,
)
from jishi.trade.shipping.types import ParcelStatus, Scan, ShippingMethod

PREFIXES = {"shunfeng": "SF", "zhongtong": "78", "yuantong": "YT", "yunda": "43", "jd": "JDVA"}
CARRIERS = tuple(PREFIXES)


class HistoryBroken(Exception):
    """A step of the planned history was refused by the shop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What a buyer takes from one store."""

    merchant: DemoMerchant
    store: Store
    lines: list[PlannedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLine:
    """A line that its buyer has in hand."""

    order_line_id: OrderLineId
    product_id: ProductId
    planned: PlannedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An order as far as it came."""

    order_id: OrderId
    planned: PlannedOrder
    shopper: Shopper
    in_hand: list[WrittenLine]
    sold: list[tuple[ProductId, int]]
    is_travelling: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A store's SKUs by code, as they can be bought."""

    skus: dict[str, SkuForSale]

    @classmethod
    def of(cls, store: Store) -> "Shelf":
        """Read a store's shelf."""
        codes = rows(
            "SELECT id, code FROM catalog_sku WHERE merchant_id = %s AND is_active", [store.merchant_id]
        )
        known = catalog.skus_for_sale([SkuId(sku_id) for sku_id, _ in codes])
        return cls({code: known[SkuId(sku_id)] for sku_id, code in codes})


def write(
    planned: PlannedOrder,
    merchant: DemoMerchant,
    store: Store,
    shelf: Shelf,
    shopper: Shopper,
    *,
    now: datetime,
) -> Written:
    """Place one order and take it through its steps until `now`."""
    times, basket = planned.times, Basket(merchant=merchant, store=store, lines=planned.lines)
    trade = place(shopper, [basket], shelf, at=times.placed)
    order_id = trade.orders[0].id
    if planned.fate is Fate.UNPAID and times.placed + payment_window() < now:
        close(trade, at=times.placed + payment_window())
        return _written(order_id, planned, shopper)
    pay(trade, planned.channel, at=times.paid)
    if planned.fate is Fate.CANCELLED:
        asked = times.paid + (min(times.shipped, now) - times.paid) / 2
        cancel.cancel_order(order_id=order_id, buyer=shopper.user_id, reason="不想要了", now=asked)
        finish_refunds(order_id, at=asked)
        return _written(order_id, planned, shopper)
    return _fulfil(order_id, planned, store, shelf, shopper, now=now)


def _fulfil(
    order_id: OrderId,
    planned: PlannedOrder,
    store: Store,
    shelf: Shelf,
    shopper: Shopper,
    *,
    now: datetime,
) -> Written:
    times = planned.times
    if times.shipped > now:
        return _written(order_id, planned, shopper)
    send(order_id, planned, store, shopper, now=now)
    if times.received > now:
        return _written(order_id, planned, shopper, is_travelling=times.delivered > now)
    receive.confirm_receipt(order_id=order_id, buyer=shopper.user_id, now=times.received)
    if times.regretted < now:
        give_back(order_id, planned.fate, store, at=times.regretted)
    completed = times.received + timedelta(days=settings.ENV.return_window_days)
    is_completed = completed < now and complete.complete_order(order_id, completed)
    return _written(order_id, planned, shopper, shelf, is_sold=is_completed)


def _written(
    order_id: OrderId,
    planned: PlannedOrder,
    shopper: Shopper,
    received_from: Shelf | None = None,
    *,
    is_sold: bool = False,
    is_travelling: bool = False,
) -> Written:
    in_hand = _in_hand(order_id, planned, received_from) if received_from else []
    return Written(
        order_id=order_id,
        planned=planned,
        shopper=shopper,
        in_hand=in_hand,
        sold=orders.sold_pieces(order_id) if is_sold else [],
        is_travelling=is_travelling,
    )


def _in_hand(order_id: OrderId, planned: PlannedOrder, shelf: Shelf) -> list[WrittenLine]:
    """Return the lines that their buyer has and may speak of."""
    order = orders.order_at_sale(order_id)
    if order.status not in {OrderStatus.RECEIVED, OrderStatus.COMPLETED}:  # it all went back
        return []
    bought = {line.sku_id: line.id for line in order.lines}
    skus = [shelf.skus[line.sku_code] for line in planned.lines]
    return [
        WrittenLine(order_line_id=bought[sku.sku_id], product_id=sku.product_id, planned=line)
        for sku, line in zip(skus, planned.lines, strict=True)
    ]


def payment_window() -> timedelta:
    """Return how long an order waits for its money."""
    return timedelta(minutes=settings.ENV.payment_window_minutes)


# -- the steps -------------------------------------------------------------------------------------


def place(shopper: Shopper, baskets: Sequence[Basket], shelf: Shelf, *, at: datetime) -> PlacedTrade:
    """Place a trade with an order for each basket, its stock reserved, its payment open."""
    drafts = [_order_draft(basket, shelf) for basket in baskets]
    draft = TradeDraft(
        id=TradeId(new_id()),
        buyer_id=shopper.user_id,
        quote_id=QuoteId(new_id()),
        recipient=shopper.recipient,
        orders=drafts,
        total=total([one.total for one in drafts], CURRENCY),
    )
    with atomic():
        trade = services_placing.draft_trade(draft, now=at, pay_before_at=at + payment_window())
        payments.create(
            trade_id=trade.id,
            buyer_id=shopper.user_id,
            parts=[
                PartWish(order_id=one.id, merchant_id=one.merchant_id, amount=one.total)
                for one in trade.orders
            ],
            now=at,
        )
        inventory.reserve([line for one in trade.orders for line in one.stock_lines], now=at)
    return trade


def _order_draft(basket: Basket, shelf: Shelf) -> OrderDraft:
    lines = [_line_draft(line, basket, shelf.skus[line.sku_code]) for line in basket.lines]
    goods = total([line.payable for line in lines], CURRENCY)
    grams = sum(line.quantity * line.product.weight_grams for line in basket.lines)
    freight = Money(_freight_minor(basket.merchant.freight, goods.amount_minor, grams), CURRENCY)
    return OrderDraft(
        merchant_id=basket.store.merchant_id,
        lines=lines,
        discounts=[],
        freight=freight,
        total=goods + freight,
        shipping_method=ShippingMethod.STANDARD,
        note="",
    )


def _freight_minor(rates: dict[str, int], goods_minor: int, grams: int) -> int:
    """Return what the store's usual way costs: by the kilogram begun, free from an amount."""
    if goods_minor >= rates["free_from"]:
        return 0
    return rates["first"] + rates["next"] * max(0, -(-grams // 1000) - 1)


def _line_draft(line: PlannedLine, basket: Basket, sku: SkuForSale) -> LineDraft:
    amount, nothing = sku.price * line.quantity, Money(0, CURRENCY)
    return LineDraft(
        sku_id=sku.sku_id,
        product_id=sku.product_id,
        warehouse_id=WarehouseId(basket.store.warehouse_ids[0]),
        title=sku.title,
        choice_name=sku.choice_name,
        image=sku.image,
        unit_price=sku.price,
        quantity=line.quantity,
        amount=amount,
        merchant_discount=nothing,
        platform_discount=nothing,
        points_discount=nothing,
        payable=amount,
        commission_basis_points=basket.merchant.commission_basis_points,
    )


def pay(trade: PlacedTrade, channel: ChannelName, *, at: datetime) -> None:
    """Pay a trade as its channel would tell. Raises: HistoryBroken."""
    with atomic():
        attempt = attempts.open_attempt(
            payments.lock(trade_id=trade.id),
            request=PaymentRequest(channel=channel),
            merchant_account=channels.account(channel),
            now=at,
        )
    captured = Captured(
        out_trade_no=attempt.out_trade_no,
        channel=channel,
        channel_transaction_id=new_id().hex,
        amount=attempt.amount,
        merchant_account=attempt.merchant_account,
        paid_at=at,
        source="webhook",
    )
    learnt = take_payment.learn(captured, now=at)
    if learnt.outcome is not Outcome.APPLIED:
        raise HistoryBroken(f"the money was not taken: {learnt}")


def close(trade: PlacedTrade, *, at: datetime) -> None:
    """Close a trade that nobody paid in time."""
    trade_id = TradeId(trade.id)
    with atomic():
        payments.close(trade_id=trade_id, now=at)
        release_unpaid(trade_id, reason=CloseReason.UNPAID, actor=Actor.CLOCK, now=at)


def send(order_id: OrderId, planned: PlannedOrder, store: Store, shopper: Shopper, *, now: datetime) -> None:
    """Send everything in one parcel, and let its carrier scan it until `now`."""
    times = planned.times
    number = crc32(f"{planned.lines[0].sku_code}:{planned.buyer}:{times.placed}".encode())
    carrier = CARRIERS[number % len(CARRIERS)]
    tracking_number = f"{PREFIXES[carrier]}{number:012}"
    ship.ship_order(
        order_id=order_id,
        merchant_id=store.merchant_id,
        wish=ParcelWish(carrier=carrier, tracking_number=tracking_number),
        staff=store.owner_id,
        now=times.shipped,
    )
    scans = [scan for scan in _scans(times, shopper) if scan.at <= now]
    if scans:
        track.record_scans(carrier=carrier, tracking_number=tracking_number, scans=scans, now=scans[-1].at)


def _scans(times: Times, shopper: Shopper) -> list[Scan]:
    home = shopper.recipient
    on_the_way = times.delivered - times.shipped
    told = (
        (ParcelStatus.COLLECTED, 0.06, "已揽收", "始发网点"),
        (ParcelStatus.IN_TRANSIT, 0.35, "快件已发往目的地分拨中心", "分拨中心"),
        (ParcelStatus.IN_TRANSIT, 0.75, f"快件已到达{home.city}分拨中心", home.city),
        (ParcelStatus.OUT_FOR_DELIVERY, 0.92, "派送中，请保持电话畅通", home.district),
        (ParcelStatus.DELIVERED, 1.0, "已签收，感谢使用", home.district),
    )
    return [
        Scan(status=status, description=text, location=location, at=times.shipped + on_the_way * part)
        for status, part, text, location in told
    ]


def give_back(order_id: OrderId, fate: Fate, store: Store, *, at: datetime) -> None:
    """Send money back as the order's fate wants it; pieces that come back go on the shelf again."""
    order = orders.order_at_sale(order_id)
    request = _refund_request(order, fate)
    if request is None:
        return
    refund.request_refund(
        merchant_id=store.merchant_id, order_id=order_id, request=request, staff=store.owner_id, now=at
    )
    finish_refunds(order_id, at=at + 2 * HOUR)
    back = {one.order_line_id: one.quantity for one in request.lines or []}
    returned = [
        StockLine(
            owner_id=order_id,
            sku_id=line.sku_id,
            warehouse_id=store.warehouse_ids[0],
            quantity=back[line.id],
        )
        for line in order.lines
        if line.id in back
    ]
    if returned:
        with atomic():
            inventory.take_back(
                returned, restock=True, reference=order.number, now=at + DAY, staff_id=store.owner_id
            )


def _refund_request(order: OrderAtSale, fate: Fate) -> RefundRequest | None:
    if fate is Fate.RETURNED:
        lines = [PiecesToRefund(order_line_id=line.id, quantity=line.quantity) for line in order.lines]
        return RefundRequest(lines=lines, freight=True, reason="七天无理由退货")
    if fate is Fate.PART_RETURNED:
        first = PiecesToRefund(order_line_id=order.lines[0].id, quantity=1)
        return RefundRequest(lines=[first], reason="尺寸不合适")
    if fate is Fate.APPEASED:
        amount = Money(order.lines[0].payable.amount_minor // 10, CURRENCY)
        return RefundRequest(amount=amount, reason="外包装压坏，补偿一成")
    return None


def finish_refunds(order_id: OrderId, *, at: datetime) -> None:
    """Let the channel say that an order's refunds are done. Raises: HistoryBroken."""
    waiting = rows(
        "SELECT r.out_refund_no, cp.channel_transaction_id, a.merchant_account FROM payments_refund r "
        "JOIN payments_capture_part cp ON cp.id = r.capture_part_id JOIN payments_capture c ON c.id = "
        "cp.capture_id JOIN payments_attempt a ON a.id = c.attempt_id "
        "WHERE r.order_id = %s AND r.status <> 'done'",
        [order_id],
    )
    for number, transaction, account in waiting:
        notice = RefundNotice(
            channel_transaction_id=transaction,
            merchant_account=account,
            refund=RefundState(out_refund_no=number, status=RefundProgress.DONE, refunded_at=at),
            event_id=new_id().hex,
        )
        outcome, why = refund.learn_refund(notice, now=at)
        if outcome is not Outcome.REFUND_NOTED:
            raise HistoryBroken(f"the refund was not believed: {why}")
