"""Trades and orders in any state, written by the services that write real ones; no stock is involved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.accounts.types import Recipient
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import atomic
from jishi.kernel.ids import (
    MerchantId,
    OrderId,
    ProductId,
    QuoteId,
    SkuId,
    TradeId,
    UserId,
    WarehouseId,
    new_id,
)
from jishi.kernel.money import Money, total
from jishi.kernel.words import Text
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.trade.orders import services
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.services_placing import draft_trade
from jishi.trade.orders.types import (
    Actor,
    LineDraft,
    OrderAtSale,
    OrderDraft,
    PiecesWish,
    PlacedTrade,
    TradeDraft,
)
from jishi.trade.shipping.types import ShippingMethod

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PAYMENT_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWish:
    """A line of a made order; discounts are of the whole line, in minor units."""

    unit_price_minor: int = 10_000
    quantity: int = 1
    merchant_discount_minor: int = 0
    platform_discount_minor: int = 0
    points_discount_minor: int = 0
    commission_basis_points: int = 500
    sku_id: SkuId | None = None
    product_id: ProductId | None = None
    warehouse_id: WarehouseId | None = None
    kind: ProductKind = ProductKind.PHYSICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """A made order; its merchant is made when none is named."""

    lines: Sequence[LineWish] = (LineWish(),)
    freight_minor: int = 0
    merchant_id: MerchantId | None = None


# The ledger's worked example: goods 100.00, discounts 10.00 + 20.00, points 3.00, freight 8.00, to pay 75.00.
WORKED_EXAMPLE = OrderWish(
    lines=(
        LineWish(
            unit_price_minor=5_000,
            quantity=2,
            merchant_discount_minor=1_000,
            platform_discount_minor=2_000,
            points_discount_minor=300,
        ),
    ),
    freight_minor=800,
)


def make_trade(
    orders: Sequence[OrderWish] = (OrderWish(),), *, buyer: UserId | None = None, now: datetime = NOW
) -> PlacedTrade:
    """Make a trade that awaits payment."""
    draft = make_draft(orders, buyer=buyer or make_buyer(now=now))
    with atomic():
        return draft_trade(draft, now=now, pay_before_at=now + PAYMENT_WINDOW)


def make_draft(orders: Sequence[OrderWish], *, buyer: UserId) -> TradeDraft:
    """Make what a checkout hands over to be written down."""
    drafts = [_order(wish) for wish in orders]
    return TradeDraft(
        id=TradeId(new_id()),
        buyer_id=buyer,
        quote_id=QuoteId(new_id()),
        recipient=make_recipient(),
        orders=drafts,
        total=total([one.total for one in drafts], "CNY"),
    )


def make_paid_trade(
    orders: Sequence[OrderWish] = (OrderWish(),), *, buyer: UserId | None = None, now: datetime = NOW
) -> PlacedTrade:
    """Make a trade whose orders await shipment."""
    trade = make_trade(orders, buyer=buyer, now=now)
    with atomic():
        services.mark_paid(trade_id=trade.id, now=now)
    return trade


def make_paid_order(
    wish: OrderWish | None = None, *, buyer: UserId | None = None, now: datetime = NOW
) -> OrderAtSale:
    """Make one paid order, alone in its trade."""
    trade = make_paid_trade([wish or OrderWish()], buyer=buyer, now=now)
    return order_at_sale(trade.orders[0].id)


def make_shipped_order(
    wish: OrderWish | None = None,
    *,
    pieces: Sequence[PiecesWish] | None = None,
    buyer: UserId | None = None,
    now: datetime = NOW,
) -> OrderAtSale:
    """Make an order of which all pieces, or some, count as sent; it has no parcel."""
    order = make_paid_order(wish, buyer=buyer, now=now)
    ship(order.id, pieces, now=now)
    return order_at_sale(order.id)


def make_received_order(
    wish: OrderWish | None = None, *, buyer: UserId | None = None, now: datetime = NOW
) -> OrderAtSale:
    """Make an order whose receipt the buyer has confirmed."""
    order = make_shipped_order(wish, buyer=buyer, now=now)
    with atomic():
        services.mark_received(order_id=order.id, actor=Actor.BUYER, actor_id=order.buyer_id, now=now)
    return order_at_sale(order.id)


def ship(order_id: OrderId, pieces: Sequence[PiecesWish] | None = None, *, now: datetime = NOW) -> None:
    """Count pieces of an order as sent, all that are left when None."""
    with atomic():
        services.note_shipped(order_id=order_id, wanted=pieces, staff_id=uuid4(), now=now)


def make_recipient(area_code: str = "310104") -> Recipient:
    """Make a recipient in Shanghai."""
    return Recipient(
        recipient="王小明",
        phone="13800138000",
        area_code=area_code,
        province="上海市",
        city="上海市",
        district="徐汇区",
        street="漕溪北路 100 号 3 栋 402",
        postcode="",
    )


def _order(wish: OrderWish) -> OrderDraft:
    lines = [_line(line) for line in wish.lines]
    freight = Money(wish.freight_minor, "CNY")
    return OrderDraft(
        merchant_id=wish.merchant_id or make_merchant(),
        lines=lines,
        discounts=[],
        freight=freight,
        total=total([line.payable for line in lines] + [freight], "CNY"),
        shipping_method=ShippingMethod.STANDARD,
        note="",
    )


def _line(wish: LineWish) -> LineDraft:
    def cny(amount_minor: int) -> Money:
        return Money(amount_minor, "CNY")

    amount = wish.unit_price_minor * wish.quantity
    discount = wish.merchant_discount_minor + wish.platform_discount_minor + wish.points_discount_minor
    return LineDraft(
        sku_id=wish.sku_id or SkuId(new_id()),
        product_id=wish.product_id or ProductId(new_id()),
        warehouse_id=wish.warehouse_id or WarehouseId(new_id()),
        title=Text("龙井茶", "Longjing tea"),
        choice_name=Text("250 克", "250 g"),
        image=None,
        unit_price=cny(wish.unit_price_minor),
        quantity=wish.quantity,
        amount=cny(amount),
        merchant_discount=cny(wish.merchant_discount_minor),
        platform_discount=cny(wish.platform_discount_minor),
        points_discount=cny(wish.points_discount_minor),
        payable=cny(amount - discount),
        commission_basis_points=wish.commission_basis_points,
        kind=wish.kind,
    )
