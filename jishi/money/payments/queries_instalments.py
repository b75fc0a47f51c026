"""Reads of payments in two instalments, and of what their captures can still give back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import OrderId
from jishi.kernel.money import Money
from jishi.money.payments.rules_instalments import split_plan
from jishi.money.payments.types import RefundPlan
from jishi.money.payments.types_instalments import Instalments

INSTALMENTS = "deposit_minor, balance_from_at, balance_until_at, returns_deposit, deposit_paid_at"


def instalments_from(found: Sequence[Any], amount: Money) -> Instalments | None:
    """Return how a payment of `amount` is split, from its columns `INSTALMENTS`; None when it is paid at once."""
    deposit_minor, balance_from_at, balance_until_at, returns_deposit, deposit_paid_at = found
    if deposit_minor is None:
        return None
    deposit = Money(deposit_minor, amount.currency)
    return Instalments(
        deposit=deposit,
        balance=amount - deposit,
        balance_from_at=balance_from_at,
        balance_until_at=balance_until_at,
        returns_deposit=returns_deposit,
        deposit_paid_at=deposit_paid_at,
    )


def rooms(order_id: OrderId) -> list[tuple[UUID, int]]:
    """Return what each capture for an order can still give back (minor units), the latest first; what is on its way
    back counts as gone.
    """
    found = rows(
        "SELECT cp.id, cp.amount_minor - coalesce((SELECT sum(r.amount_minor) FROM payments_refund r "
        "WHERE r.capture_part_id = cp.id AND NOT r.is_suspense), 0)::bigint FROM payments_part part "
        "JOIN payments_capture_part cp ON cp.part_id = part.id JOIN payments_capture c ON c.id = cp.capture_id "
        "WHERE part.order_id = %s AND c.disposition = 'applied' ORDER BY c.instalment DESC",
        [order_id],
    )
    return [(capture_part_id, room) for capture_part_id, room in found]


def over_captures(plan: RefundPlan, order_id: OrderId) -> list[tuple[UUID | None, RefundPlan]]:
    """Split a refund over the captures that paid for its order, the latest first; one statement.

    Raises: RefundTooMuch when they do not hold that much any more.
    """
    return split_plan(plan, rooms(order_id))
