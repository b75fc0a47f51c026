"""Orders that are paid in two: the deposit now, the balance in its window, and what becomes of a deposit alone.

Everything here runs inside its caller's transaction, the trade and its payment locked.
"""

from datetime import datetime

from jishi.flows import sides
from jishi.flows.late_money import Arrival
from jishi.flows.refund import execute as send_refund
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import TradeId
from jishi.kernel.money import Money, share, zero
from jishi.kernel.outbox import publish
from jishi.money.ledger import rules_instalments as ledger_rules
from jishi.money.ledger import services as ledger
from jishi.money.payments import services as payments
from jishi.money.payments import services_instalments as instalments
from jishi.money.payments.events import PaymentCaptured
from jishi.money.payments.types import Disposition, Learnt, Outcome, PaymentStatus
from jishi.money.payments.types_instalments import HeldDeposit
from jishi.money.settlement import services as settlement
from jishi.money.settlement.types import EntryKind, NewEntry
from jishi.trade.orders import queries as orders
from jishi.trade.orders import services as order_services
from jishi.trade.orders.types import Actor, OrderAtSale
from jishi.trade.orders.types_timeline import TimelineFact


def apply(arrival: Arrival, *, now: datetime) -> Learnt:
    """Book the instalment that was due into escrow: a deposit, or the balance, which pays the order."""
    split = arrival.payment.instalments
    (order,) = orders.orders_at_sale(arrival.payment.trade_id)
    if split is None:
        raise ProgrammingError("a payment that is not in instalments has none to apply")
    is_deposit = split.number == 1
    status = PaymentStatus.DEPOSIT_PAID if is_deposit else PaymentStatus.PAID
    (part,) = arrival.attempt.parts
    payments.record_capture(
        payment=arrival.payment,
        attempt=arrival.attempt,
        captured=arrival.captured,
        disposition=Disposition.APPLIED,
        status=status,
        escrows={part.part_id: split.deposit if is_deposit else sides.order_sides(order).escrow},
        now=now,
    )
    ledger.post(
        ledger_rules.instalment_captured(
            part_id=part.part_id,
            order_id=order.id,
            instalment=split.number,
            channel=arrival.captured.channel,
            amount=split.due,
            at=now,
        )
    )
    trade_id = arrival.payment.trade_id
    if is_deposit:
        instalments.note_deposit(arrival.payment.id, now=now)
        order_services.mark_deposit_paid(trade_id=trade_id, until=split.balance_until_at, now=now)
    else:
        order_services.mark_paid(trade_id=trade_id, now=now)
        publish(PaymentCaptured(payment_id=arrival.payment.id, trade_id=trade_id, occurred_at=now))
    return Learnt(outcome=Outcome.APPLIED, status=status)


def end_deposit(trade_id: TradeId, *, returns: bool = False, note: str = "", now: datetime) -> None:
    """Let a deposit whose order was just closed go where it belongs; nothing without one, and again.

    Back to the buyer when it was sold so, or when `returns`: the merchant or the platform ended it. Else to the
    merchant, less the order's commission on it.
    """
    held = instalments.held_deposit(trade_id)
    if held is None:
        return
    if returns or held.returns_deposit:
        send_refund.defer(refund_id=instalments.ask_return(held, note=note, now=now))
        _tell(held, "deposit_returning", now)
        return
    order = orders.order_at_sale(held.order_id)
    commission = forfeit_commission(order, held.amount)
    instalments.forfeit(held, now=now)
    ledger.post(
        ledger_rules.deposit_forfeited(
            order_id=order.id,
            merchant_id=order.merchant_id,
            amount=held.amount,
            commission=commission,
            at=now,
        )
    )
    settlement.add_entries([_entry(order, held.amount, commission)], now=now)
    _tell(held, "deposit_forfeited", now)


def forfeit_commission(order: OrderAtSale, deposit: Money) -> Money:
    """Return the commission on a deposit that the merchant keeps: the rate frozen on the order's one line."""
    (line,) = order.lines
    return Money(share(deposit.amount_minor, line.commission_basis_points), deposit.currency)


def _entry(order: OrderAtSale, deposit: Money, commission: Money) -> NewEntry:
    nothing = zero(deposit.currency)
    return NewEntry(
        merchant_id=order.merchant_id,
        kind=EntryKind.DEPOSIT,
        order_id=order.id,
        order_number=order.number,
        order_line_id=None,
        refund_id=None,
        goods=deposit,
        freight=nothing,
        subsidy=nothing,
        commission=commission,
        merchant_discount=nothing,
    )


def _tell(held: HeldDeposit, kind: str, now: datetime) -> None:
    order_services.add_timeline(
        [
            TimelineFact(
                order_id=held.order_id, kind=kind, actor=Actor.PLATFORM, actor_id=None, reason="", at=now
            )
        ]
    )
