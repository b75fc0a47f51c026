"""Plan a refund: the pure rules, run on what was asked back of an order so far."""

from collections.abc import Sequence

from jishi.kernel.db import rows
from jishi.kernel.money import Money
from jishi.money.payments import rules_refund
from jishi.money.payments.rules_refund import (
    SIDES,
    NothingToRefund,
    RefundableLine,
    RefundableOrder,
    RefundTooMuch,
)
from jishi.money.payments.types import PiecesToRefund, RefundPlan, Shares, SoldLine, SoldOrder

__all__ = ["NothingToRefund", "RefundTooMuch", "plan_refund"]


def plan_refund(
    sold: SoldOrder,
    *,
    lines: Sequence[PiecesToRefund] | None,
    amount: Money | None,
    freight: bool | None,
) -> RefundPlan:
    """Plan a refund of pieces, of an amount, or (neither given) of all that is left; one statement.

    `freight` None leaves the freight to the rule. What is on its way back counts as gone.
    Raises: Invalid, RefundTooMuch, NothingToRefund.
    """
    order = _refundable(sold)
    if lines is not None:
        return rules_refund.plan_pieces(order, lines, freight=freight)
    if amount is not None:
        return rules_refund.plan_amount(order, amount, freight=freight)
    return rules_refund.plan_rest(order)


_SO_FAR = (
    "SELECT order_line_id, sum(quantity)::bigint, "
    + ", ".join(
        f"coalesce(sum({side}_minor) FILTER (WHERE {which}), 0)::bigint"
        for which in ("quantity > 0 OR is_claw_back", "quantity = 0 AND NOT is_claw_back")
        for side in SIDES
    )
    + " FROM payments_refund_line WHERE order_id = %s GROUP BY order_line_id UNION ALL "
    f"SELECT NULL, coalesce(sum(freight_minor), 0)::bigint{', 0' * 2 * len(SIDES)} FROM payments_refund "
    "WHERE order_id = %s"
)


def _refundable(sold: SoldOrder) -> RefundableOrder:
    """Add to an order what was asked back of it so far; a refund that failed is still going to be sent."""
    so_far = {line_id: figures for line_id, *figures in rows(_SO_FAR, [sold.order_id, sold.order_id])}
    (freight_back, *_) = so_far[None]
    return RefundableOrder(
        lines=tuple(_refundable_line(line, so_far.get(line.order_line_id)) for line in sold.lines),
        freight_left_minor=sold.freight.amount_minor - freight_back,
        nothing_sent=sold.nothing_sent,
        currency=sold.freight.currency,
        claw_back=sold.claw_back,
    )


def _refundable_line(line: SoldLine, so_far: Sequence[int] | None) -> RefundableLine:
    pieces, *sides = so_far or [0] * (1 + 2 * len(SIDES))
    return RefundableLine(
        order_line_id=line.order_line_id,
        pieces=line.pieces,
        sold=line.sold,
        pieces_back=pieces,
        back_by_pieces=_shares(sides[: len(SIDES)]),
        back_by_amount=_shares(sides[len(SIDES) :]),
    )


def _shares(sides: Sequence[int]) -> Shares:
    return Shares(**dict(zip(SIDES, sides, strict=True)))
