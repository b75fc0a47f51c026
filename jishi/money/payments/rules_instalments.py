"""Which capture gives back which part of a refund: the latest first, each at most what it took. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from jishi.kernel.money import Money, zero
from jishi.money.payments.rules_refund import RefundTooMuch
from jishi.money.payments.types import RefundLine, RefundPlan

Room = tuple[UUID, int]
"""A capture's part, and what it can still give back in minor units."""


def split_plan(plan: RefundPlan, rooms: Sequence[Room]) -> list[tuple[UUID | None, RefundPlan]]:
    """Split a refund over the captures that paid for it; Σ amounts, lines and freight are those of the plan.

    A line that is split gives its pieces and the other sides' money with its first share; the rest is the buyer's
    money alone. Raises: RefundTooMuch when the captures do not hold that much.
    """
    amount = plan.amount.amount_minor
    if amount > sum(room for _, room in rooms):
        raise RefundTooMuch
    if len(rooms) < 2 or amount <= rooms[0][1]:
        return [(rooms[0][0] if rooms else None, plan)]
    shares: list[tuple[UUID | None, RefundPlan]] = []
    left = plan
    for capture_part_id, room in rooms:
        if room > 0 and left.amount.amount_minor > 0:
            first, left = _cut(left, room)
            shares.append((capture_part_id, first))
    return shares


def _cut(plan: RefundPlan, room: int) -> tuple[RefundPlan, RefundPlan]:
    """Return what of a plan fits into a room, freight first, and the rest."""
    freight = min(room, plan.freight.amount_minor)
    currency = plan.freight.currency
    taken, kept = _cut_lines(plan.lines, room - freight)
    first = replace(plan, lines=tuple(taken), freight=Money(freight, currency))
    rest = RefundPlan(lines=tuple(kept), freight=plan.freight - Money(freight, currency))
    return first, rest


def _cut_lines(lines: Iterable[RefundLine], room: int) -> tuple[list[RefundLine], list[RefundLine]]:
    taken: list[RefundLine] = []
    kept: list[RefundLine] = []
    for line in lines:
        fits = min(room, line.payable.amount_minor)
        room -= fits
        if fits == line.payable.amount_minor:
            taken.append(line)
        elif fits == 0:
            kept.append(line)
        else:
            taken.append(replace(line, payable=Money(fits, line.payable.currency)))
            kept.append(_rest(line, fits))
    return taken, kept


def _rest(line: RefundLine, fits: int) -> RefundLine:
    """Return the buyer's money of a line beyond what fits. It is of pieces when the line is, though it names none."""
    nothing = zero(line.payable.currency)
    return RefundLine(
        order_line_id=line.order_line_id,
        quantity=0,
        payable=line.payable - Money(fits, line.payable.currency),
        platform_discount=nothing,
        points_discount=nothing,
        commission=nothing,
        merchant_discount=nothing,
        is_claw_back=line.is_claw_back or line.quantity > 0,
    )
