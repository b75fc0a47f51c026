"""Money nobody waits for: after closing, or taken twice. It is booked to suspense; what cannot be used goes
back.

Everything here runs inside `take_payment.learn`'s transaction, the trade and its payment locked.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jishi.flows import hand_over, sides
from jishi.flows.refund import execute as send_refund
from jishi.kernel.ids import SkuId
from jishi.kernel.outbox import publish
from jishi.money.ledger import rules as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.payments import services as payments
from jishi.money.payments import services_refund as refunds
from jishi.money.payments.events import PaymentCaptured, PaymentReturned
from jishi.money.payments.types import (
    Attempt,
    Captured,
    Disposition,
    Learnt,
    Outcome,
    PaymentStatus,
    RefundReason,
)
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types_for_sale import SkuForSale
from jishi.offering.coupons import services_redeeming as coupons
from jishi.offering.flash import queries as flash
from jishi.offering.inventory import services as inventory
from jishi.offering.pricing.rules import unit_price
from jishi.offering.promotions import services_uses as promotions
from jishi.trade.orders import queries as orders
from jishi.trade.orders import queries_coupons
from jishi.trade.orders import services as order_services
from jishi.trade.orders.types import Actor, OrderAtSale
from jishi.trade.orders.types_timeline import TimelineFact


class _CannotRevive(Exception):
    """Some of the closed trade cannot be had any more at its old price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """New money, the attempt it was asked under and its payment."""

    payment: payments.LockedPayment
    attempt: Attempt
    captured: Captured


def revive_or_return(arrival: Arrival, *, now: datetime) -> Learnt:
    """Let a late payment revive its trade if stock and price still hold, else send it back and tell the
    buyer.
    """
    at_sale = orders.orders_at_sale(arrival.attempt.trade_id)
    try:
        with transaction.atomic():  # a savepoint: reserving is all or nothing, and so is reviving
            _revive_orders(arrival, at_sale, now=now)
    except (_CannotRevive, promotions.PromotionUsedUp, inventory.OutOfStock):
        return _return_late(arrival, at_sale, now=now)
    _book_revived(arrival, at_sale, now=now)
    return Learnt(outcome=Outcome.LATE_REVIVED, status=PaymentStatus.PAID)


def _revive_orders(arrival: Arrival, at_sale: list[OrderAtSale], *, now: datetime) -> None:
    if flash.has_claims([order.id for order in at_sale]):
        raise _CannotRevive  # its pieces went back into the bucket, and to others
    on_sale = catalog.skus_for_sale([line.sku_id for order in at_sale for line in order.lines])
    if not (_price_holds(at_sale, on_sale) and _limits_hold(at_sale, on_sale)):
        raise _CannotRevive
    trade_id = arrival.payment.trade_id
    reopened = order_services.reopen(trade_id=trade_id, now=now)
    if set(reopened) != {order.id for order in at_sale}:
        raise _CannotRevive  # some of it was cancelled by a person, not by the clock
    if not coupons.take_again(
        trade_id=trade_id,
        buyer=at_sale[0].buyer_id,
        rule_ids=queries_coupons.discount_rules(trade_id),
        now=now,
    ):
        raise _CannotRevive  # a coupon of it has bought something else
    promotions.take_again(reopened)
    inventory.reserve(orders.stock_lines(reopened), now=now)
    order_services.mark_paid(trade_id=trade_id, now=now)
    hand_over.give(at_sale, now=now)


def _price_holds(at_sale: list[OrderAtSale], on_sale: Mapping[SkuId, SkuForSale]) -> bool:
    lines = [line for order in at_sale for line in order.lines]
    pieces: Counter[SkuId] = Counter()
    for line in lines:
        pieces[line.sku_id] += line.quantity
    return all(
        (sku := on_sale.get(line.sku_id)) is not None
        and sku.is_for_sale
        and unit_price(sku.price, sku.tiers, pieces[line.sku_id]) * line.quantity == line.amount
        for line in lines
    )


def _limits_hold(at_sale: list[OrderAtSale], on_sale: Mapping[SkuId, SkuForSale]) -> bool:
    """Say whether the buyer may have these pieces on top of what he bought while the trade was closed."""
    limits = {sku.product_id: sku.per_buyer_limit for sku in on_sale.values() if sku.per_buyer_limit}
    if not limits:
        return True
    pieces = Counter(orders.bought_pieces(at_sale[0].buyer_id, list(limits)))
    for line in (line for order in at_sale for line in order.lines):
        pieces[on_sale[line.sku_id].product_id] += line.quantity
    return all(pieces[product_id] <= limit for product_id, limit in limits.items())


def _book_revived(arrival: Arrival, at_sale: list[OrderAtSale], *, now: datetime) -> None:
    held = {part.order_id: part.part_id for part in arrival.attempt.parts}
    capture_id = payments.record_capture(
        payment=arrival.payment,
        attempt=arrival.attempt,
        captured=arrival.captured,
        disposition=Disposition.APPLIED,
        status=PaymentStatus.PAID,
        escrows={held[order.id]: sides.order_sides(order).escrow for order in at_sale},
        now=now,
    )
    ledger.post_all(
        [
            ledger_rules.late_payment(
                capture_id=capture_id,
                payment_id=arrival.payment.id,
                channel=arrival.captured.channel,
                amount=arrival.captured.amount,
                at=now,
            ),
            *(
                ledger_rules.late_payment_revived(
                    part_id=held[order.id], order_id=order.id, sides=sides.order_sides(order), at=now
                )
                for order in at_sale
            ),
        ]
    )
    publish(
        PaymentCaptured(payment_id=arrival.payment.id, trade_id=arrival.payment.trade_id, occurred_at=now)
    )


def _return_late(arrival: Arrival, at_sale: list[OrderAtSale], *, now: datetime) -> Learnt:
    capture_id = payments.record_capture(
        payment=arrival.payment,
        attempt=arrival.attempt,
        captured=arrival.captured,
        disposition=Disposition.LATE,
        status=PaymentStatus.LATE_PAID,
        escrows={},
        now=now,
    )
    ledger.post(
        ledger_rules.late_payment(
            capture_id=capture_id,
            payment_id=arrival.payment.id,
            channel=arrival.captured.channel,
            amount=arrival.captured.amount,
            at=now,
        )
    )
    _send_back(arrival, capture_id, RefundReason.LATE_PAYMENT, at_sale, now=now)
    return Learnt(outcome=Outcome.LATE_RETURNED, status=PaymentStatus.LATE_PAID)


def return_second(arrival: Arrival, *, now: datetime) -> Learnt:
    """Send back money that was taken once more for what is already paid, and tell the buyer; or money for an
    instalment of a payment that is closed.
    """
    capture_id = payments.record_capture(
        payment=arrival.payment,
        attempt=arrival.attempt,
        captured=arrival.captured,
        disposition=Disposition.SECOND,
        status=arrival.payment.status,
        escrows={},
        now=now,
    )
    ledger.post(
        ledger_rules.second_capture(
            capture_id=capture_id,
            payment_id=arrival.payment.id,
            channel=arrival.captured.channel,
            amount=arrival.captured.amount,
            at=now,
        )
    )
    at_sale = orders.orders_at_sale(arrival.attempt.trade_id)
    is_late = (
        arrival.payment.status is PaymentStatus.CLOSED
        and arrival.attempt.instalment == arrival.payment.instalment
    )
    reason = RefundReason.LATE_PAYMENT if is_late else RefundReason.SECOND_CAPTURE
    _send_back(arrival, capture_id, reason, at_sale, now=now)
    outcome = Outcome.LATE_RETURNED if is_late else Outcome.SECOND_RETURNED
    return Learnt(outcome=outcome, status=arrival.payment.status)


def _send_back(
    arrival: Arrival, capture_id: UUID, reason: RefundReason, at_sale: list[OrderAtSale], *, now: datetime
) -> None:
    opened = refunds.ask_return_of_capture(capture_id=capture_id, reason=reason, now=now)
    send_refund.defer_many([{"refund_id": refund_id} for refund_id in opened])
    order_services.add_timeline(
        [
            TimelineFact(
                order_id=order.id,
                kind=f"{reason}_returned",
                actor=Actor.CHANNEL,
                actor_id=None,
                reason="",
                at=now,
            )
            for order in at_sale
        ]
    )
    publish(
        PaymentReturned(
            payment_id=arrival.payment.id,
            trade_id=arrival.payment.trade_id,
            reason=reason,
            occurred_at=now,
        )
    )
