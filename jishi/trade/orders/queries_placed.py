"""A trade that was just written, as its buyer sees it: what was written is known and not read again."""

from collections.abc import Mapping

from jishi.identity.merchants.types import MerchantCard
from jishi.kernel.ids import MerchantId, OrderLineId
from jishi.kernel.live import live_ticket
from jishi.kernel.money import zero
from jishi.money.payments.types import PaymentSummary
from jishi.trade.orders import rules
from jishi.trade.orders.queries_pages import LINES_SHOWN
from jishi.trade.orders.rules import State
from jishi.trade.orders.types import (
    FulfilmentStatus,
    LineDraft,
    OrderDraft,
    OrderLine,
    OrderPaymentStatus,
    OrderRow,
    OrderStatus,
    PlacedOrder,
    PlacedTrade,
    Trade,
    TradeDraft,
)

_UNPAID = State(
    payment=OrderPaymentStatus.UNPAID,
    fulfilment=FulfilmentStatus.UNSHIPPED,
    close_reason=None,
    is_completed=False,
)


def as_shown(
    draft: TradeDraft,
    trade: PlacedTrade,
    payment: PaymentSummary,
    cards: Mapping[MerchantId, MerchantCard],
    *,
    language: str,
) -> Trade:
    """Return what `queries_pages.trade_of_buyer` would read, at the instant of placing."""
    topic = f"trade:{trade.id}"
    return Trade(
        id=trade.id,
        orders=[
            _row(order, placed, trade, cards[placed.merchant_id], language)
            for order, placed in zip(draft.orders, trade.orders, strict=True)
        ],
        payment=payment,
        total=draft.total,
        placed_at=trade.placed_at,
        pay_before_at=trade.pay_before_at,
        live_topic=topic,
        live_ticket=live_ticket(topic, trade.placed_at),
    )


def _row(
    draft: OrderDraft, placed: PlacedOrder, trade: PlacedTrade, card: MerchantCard, language: str
) -> OrderRow:
    lines = zip(placed.line_ids[:LINES_SHOWN], draft.lines, strict=False)
    return OrderRow(
        id=placed.id,
        number=placed.number,
        trade_id=trade.id,
        merchant=card,
        status=OrderStatus.AWAITING_PAYMENT,
        total=placed.total,
        lines=[_line(line_id, line, language) for line_id, line in lines],
        piece_count=sum(line.quantity for line in draft.lines),
        placed_at=trade.placed_at,
        actions=rules.buyer_actions(_UNPAID, can_still_pay=trade.placed_at < trade.pay_before_at),
    )


def _line(line_id: OrderLineId, draft: LineDraft, language: str) -> OrderLine:
    return OrderLine(
        id=line_id,
        product_id=draft.product_id,
        sku_id=draft.sku_id,
        title=draft.title.of(language),
        choice_name=draft.choice_name.of(language),
        image=draft.image,
        unit_price=draft.unit_price,
        quantity=draft.quantity,
        amount=draft.amount,
        discount=draft.merchant_discount + draft.platform_discount + draft.points_discount,
        payable=draft.payable,
        shipped_quantity=0,
        refunded_quantity=0,
        refunded=zero(draft.amount.currency),
        is_gift=draft.gift_of is not None,
    )
