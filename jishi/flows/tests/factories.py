"""Orders with real money behind them, without a network: paid, completed, refunded and paid out as the flows
do it.

For tests that need money to be there. Tests of the channels themselves use the fixture `cash` in money.py.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from jishi.flows import refund, release, take_payment
from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import OrderId, RefundId, TradeId, new_id
from jishi.kernel.money import Money
from jishi.money.payments import queries, services, services_attempts
from jishi.money.payments.services_channels import RefundNotice, RefundProgress, RefundState
from jishi.money.payments.types import (
    Captured,
    ChannelName,
    Outcome,
    PartWish,
    PaymentRequest,
    PiecesToRefund,
    Refund,
    RefundReason,
)
from jishi.trade.orders import services as order_services
from jishi.trade.orders.queries import order_at_sale, orders_at_sale
from jishi.trade.orders.tests.factories import OrderWish, make_trade
from jishi.trade.orders.types import Actor, OrderAtSale

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def open_payment(trade_id: TradeId, *, now: datetime = NOW) -> None:
    """Open the payment of a trade, as placing an order does."""
    at_sale = orders_at_sale(trade_id)
    with atomic():
        services.create(
            trade_id=trade_id,
            buyer_id=at_sale[0].buyer_id,
            parts=[
                PartWish(order_id=order.id, merchant_id=order.merchant_id, amount=order.total)
                for order in at_sale
            ],
            now=now,
        )


def captured(
    trade_id: TradeId,
    *,
    channel: ChannelName = ChannelName.ALIPAY,
    transaction_id: str | None = None,
    now: datetime = NOW,
) -> Captured:
    """Open an attempt and return the right words about it, as if the channel had taken the money."""
    with atomic():
        attempt = services_attempts.open_attempt(
            services.lock(trade_id=trade_id),
            request=PaymentRequest(channel=channel),
            merchant_account="2021000000000001",
            now=now,
        )
    return Captured(
        out_trade_no=attempt.out_trade_no,
        channel=channel,
        channel_transaction_id=transaction_id or new_id().hex,
        amount=attempt.amount,
        merchant_account=attempt.merchant_account,
        paid_at=now,
        source="webhook",
    )


def pay(trade_id: TradeId, *, channel: ChannelName = ChannelName.ALIPAY, now: datetime = NOW) -> None:
    """Pay a trade whose payment is open; its orders await shipment, the ledger holds the money in escrow."""
    learnt = take_payment.learn(captured(trade_id, channel=channel, now=now), now=now)
    if learnt.outcome is not Outcome.APPLIED:
        raise AssertionError(f"the money was not taken: {learnt}")


def make_order_with_money(
    wish: OrderWish | None = None, *, channel: ChannelName = ChannelName.ALIPAY, now: datetime = NOW
) -> OrderAtSale:
    """Make one paid order, alone in its trade, with its payment and its journals."""
    trade = make_trade([wish or OrderWish()], now=now)
    open_payment(trade.id, now=now)
    pay(trade.id, channel=channel, now=now)
    return order_at_sale(trade.orders[0].id)


def make_completed_order(
    wish: OrderWish | None = None, *, channel: ChannelName = ChannelName.ALIPAY, now: datetime = NOW
) -> OrderAtSale:
    """Make a completed order: its escrow is released, its lines wait for the merchant's next statement."""
    order = make_order_with_money(wish, channel=channel, now=now)
    complete(order.id, now=now)
    return order_at_sale(order.id)


def complete(order_id: OrderId, *, now: datetime = NOW) -> None:
    """Send, receive and complete a paid order."""
    with atomic():
        order_services.lock_order_trade(order_id)
        order_services.note_shipped(order_id=order_id, wanted=None, staff_id=UUID(int=1), now=now)
        order_services.mark_received(order_id=order_id, actor=Actor.CLOCK, actor_id=None, now=now)
        order_services.mark_completed(order_id=order_id, now=now)
        release.release_escrow(order_at_sale(order_id), now=now)


def ask_refund(
    order_id: OrderId,
    *,
    lines: Sequence[PiecesToRefund] | None = None,
    amount: Money | None = None,
    freight: bool | None = None,
    reason: RefundReason = RefundReason.PARTIAL,
    now: datetime = NOW,
) -> Refund:
    """Open a refund of pieces, of an amount or of all that is left; it is not sent yet."""
    with atomic():
        order_services.lock_order_trade(order_id)
        opened = refund.open_refund(
            order=order_at_sale(order_id),
            lines=lines,
            amount=amount,
            freight=freight,
            reason=reason,
            now=now,
        )
        if lines:
            order_services.reserve_refund_pieces(order_id=order_id, lines=lines, now=now)
    return opened


def finish_refund(refund_id: RefundId, *, now: datetime = NOW) -> None:
    """Let the channel say that a refund is done."""
    if queries.refund(refund_id).amount.amount_minor == 0:
        refund.execute(refund_id=refund_id, now=now)
        return
    found = rows(
        "SELECT r.out_refund_no, cp.channel_transaction_id FROM payments_refund r JOIN "
        "payments_capture_part cp "
        "ON cp.id = r.capture_part_id WHERE r.id = %s",
        [refund_id],
    )
    number, transaction = found[0]
    outcome, why = refund.learn_refund(
        RefundNotice(
            channel_transaction_id=transaction,
            merchant_account="2021000000000001",
            refund=RefundState(out_refund_no=number, status=RefundProgress.DONE, refunded_at=now),
            event_id=new_id().hex,
        ),
        now=now,
    )
    if outcome not in {Outcome.REFUND_NOTED, Outcome.REPEATED}:
        raise AssertionError(f"the refund was not believed: {outcome} {why}")
