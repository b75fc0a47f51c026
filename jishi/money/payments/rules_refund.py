"""How much goes back. Pure; the algorithm and its promises are in docs/algorithms/refund.md (domain, section
4).

By pieces: round_half_up(line payable × pieces returned so far / pieces) − already refunded, each funder's
share the same way. By amount: spread over the lines by what is left of them, funders pro rata. All figures
in minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from jishi.kernel.errors import Conflict, Invalid, ProgrammingError
from jishi.kernel.ids import OrderLineId
from jishi.kernel.money import Money, round_half_up, split
from jishi.kernel.words import Text
from jishi.money.payments.rules_claw_back import capped, spread
from jishi.money.payments.types import ClawBack, Clawed, PiecesToRefund, RefundLine, RefundPlan, Shares


class RefundTooMuch(Conflict):
    """More than what is left of the order or of a line; `left_minor` or `left_pieces` says how much that
    is.
    """

    code = "refund_too_much"
    message = Text(zh="退款超过了可退的部分", en="That is more than what is left to refund")


class NothingToRefund(Conflict):
    """Nothing of the order is left to go back."""

    code = "nothing_to_refund"
    message = Text(zh="已经没有可退的款项", en="There is nothing left to refund")


NONE = Shares()
SIDES = tuple(field.name for field in fields(Shares))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundableLine:
    """A line as sold, and what was refunded of it so far: by pieces, and by amounts on top."""

    order_line_id: OrderLineId
    pieces: int
    sold: Shares
    pieces_back: int = 0
    back_by_pieces: Shares = NONE
    back_by_amount: Shares = NONE

    @property
    def back(self) -> Shares:
        """All that went back."""
        return self.back_by_pieces + self.back_by_amount

    @property
    def left(self) -> Shares:
        """All that can still go back."""
        return self.sold - self.back

    @property
    def pieces_left(self) -> int:
        """The pieces that were not returned."""
        return self.pieces - self.pieces_back


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundableOrder:
    """An order as refunds see it; `nothing_sent` is whether no piece of it ever left."""

    lines: tuple[RefundableLine, ...]
    freight_left_minor: int
    nothing_sent: bool
    currency: str
    claw_back: ClawBack | None = None


def by_pieces(line: RefundableLine, pieces: int) -> Shares:
    """Return what goes back for `pieces` more of a line.

    An amount refunded earlier has lowered what every piece of the line cost. The last piece takes all that
    is left. Raises: Invalid for less than one piece, RefundTooMuch for more than are left.
    """
    if pieces < 1:
        raise Invalid(field="quantity")
    if pieces > line.pieces_left:
        raise RefundTooMuch(order_line_id=line.order_line_id, left_pieces=line.pieces_left)

    return Shares(**{side: _within(due_of(line, pieces, side), getattr(line.left, side)) for side in SIDES})


def due_of(line: RefundableLine, pieces: int, side: str) -> int:
    """Return what one side of a line still has to give back once `pieces` more are back; below zero when it gave
    more than that already.
    """
    price = getattr(line.sold, side) - getattr(line.back_by_amount, side)
    so_far = round_half_up(price * (line.pieces_back + pieces), line.pieces)
    return int(so_far - getattr(line.back_by_pieces, side))


def by_amount(lines: Sequence[RefundableLine], amount_minor: int) -> list[Shares]:
    """Spread an amount over the lines by what the buyer could still get for them; the funders go along pro
    rata.

    Raises: Invalid for no amount, RefundTooMuch for more than is left of the lines.
    """
    if amount_minor < 1:
        raise Invalid(field="amount")
    left = [line.left.payable for line in lines]
    if amount_minor > sum(left):
        raise RefundTooMuch(left_minor=sum(left))
    return [_pro_rata(line, part) for line, part in zip(lines, split(amount_minor, left), strict=True)]


def _pro_rata(line: RefundableLine, payable: int) -> Shares:
    if payable == 0:
        return Shares()
    so_far = line.back.payable + payable

    def due(side: str) -> int:
        wanted = round_half_up(getattr(line.sold, side) * so_far, line.sold.payable)
        return _within(wanted - getattr(line.back, side), getattr(line.left, side))

    return Shares(**{side: due(side) for side in SIDES})


def _within(amount: int, most: int) -> int:
    return max(0, min(amount, most))


def freight_due(order: RefundableOrder, *, asked: bool | None, all_goods_back: bool) -> int:
    """Return the freight that goes back: by the rule (None), because it was asked for (True), or not at all
    (False).

    The rule: freight was for sending, so it goes back when nothing was sent and nothing will be.
    """
    by_rule = order.nothing_sent and all_goods_back
    return order.freight_left_minor if (by_rule if asked is None else asked) else 0


def plan_pieces(
    order: RefundableOrder, wishes: Sequence[PiecesToRefund], *, freight: bool | None = None
) -> RefundPlan:
    """Plan a refund of some pieces.

    Raises: Invalid for a line that is not of the order, twice named or without pieces; RefundTooMuch.
    """
    known = {line.order_line_id: line for line in order.lines}
    wanted = {wish.order_line_id: wish.quantity for wish in wishes}
    if not wishes or len(wanted) != len(wishes) or not wanted.keys() <= known.keys():
        raise Invalid(field="lines")
    shares = {line_id: by_pieces(known[line_id], quantity) for line_id, quantity in wanted.items()}
    clawed: tuple[Clawed, ...] = ()
    if order.claw_back is not None:
        shares, clawed = _less_clawed(order, wanted, order.claw_back)
    lines = tuple(
        _refund_line(
            known[line_id], wanted.get(line_id, 0), part, order.currency, is_claw_back=line_id not in wanted
        )
        for line_id, part in shares.items()
    )
    all_back = all(line.pieces_left == wanted.get(line.order_line_id, 0) for line in order.lines)
    due = freight_due(order, asked=freight, all_goods_back=all_back)
    return RefundPlan(lines=lines, freight=Money(due, order.currency), clawed=clawed)


def _less_clawed(
    order: RefundableOrder, wanted: Mapping[OrderLineId, int], claw_back: ClawBack
) -> tuple[dict[OrderLineId, Shares], tuple[Clawed, ...]]:
    """Return what each line gives back when discounts are lost on what is kept, and what is withheld for it.

    What is withheld is never more than what there is to send. Each funder's part of it is given back to him on the
    line that lost it; the commission grows with what the merchant no longer gives away.
    """
    due = {
        side: [due_of(line, wanted.get(line.order_line_id, 0), side) for line in order.lines]
        for side in SIDES
    }
    kept = {line.order_line_id: line.pieces_left - wanted.get(line.order_line_id, 0) for line in order.lines}
    to_send = sum(max(amount, 0) for amount in due["payable"])
    clawed = capped(claw_back(kept), to_send)
    for place, line in enumerate(order.lines):
        mine = [one for one in clawed if one.order_line_id == line.order_line_id]
        platform, merchant = sum(one.platform for one in mine), sum(one.amount - one.platform for one in mine)
        base = line.sold.payable + line.sold.platform_discount + line.sold.points_discount
        due["platform_discount"][place] += platform
        due["merchant_discount"][place] += merchant
        due["commission"][place] -= round_half_up(line.sold.commission * merchant, base) if base else 0
    due_in_all = {side: sum(amounts) for side, amounts in due.items()}
    due_in_all["payable"] = to_send - sum(one.amount for one in clawed)
    parts = {
        side: spread(due_in_all[side], amounts, [getattr(line.left, side) for line in order.lines])
        for side, amounts in due.items()
    }
    shares = {
        line.order_line_id: Shares(**{side: parts[side][place] for side in SIDES})
        for place, line in enumerate(order.lines)
    }
    return {line_id: part for line_id, part in shares.items() if part != NONE or line_id in wanted}, clawed


def plan_amount(order: RefundableOrder, amount: Money, *, freight: bool | None = None) -> RefundPlan:
    """Plan a refund of an amount on the goods, pieces staying with the buyer.

    Raises: Invalid for another currency or no amount, RefundTooMuch.
    """
    if amount.currency != order.currency:
        raise Invalid(field="amount")
    shares = by_amount(order.lines, amount.amount_minor)
    lines = tuple(
        _refund_line(line, 0, part, order.currency)
        for line, part in zip(order.lines, shares, strict=True)
        if part.payable
    )
    due = freight_due(order, asked=bool(freight), all_goods_back=False)
    return RefundPlan(lines=lines, freight=Money(due, order.currency))


def plan_rest(order: RefundableOrder) -> RefundPlan:
    """Plan a refund of all that is left, freight included. Raises: NothingToRefund."""
    wishes = [
        PiecesToRefund(order_line_id=line.order_line_id, quantity=line.pieces_left)
        for line in order.lines
        if line.pieces_left
    ]
    if wishes:
        return plan_pieces(order, wishes, freight=True)
    if order.freight_left_minor == 0:
        raise NothingToRefund
    return RefundPlan(lines=(), freight=Money(order.freight_left_minor, order.currency))


def _refund_line(
    line: RefundableLine, quantity: int, part: Shares, currency: str, *, is_claw_back: bool = False
) -> RefundLine:
    if part.payable > line.left.payable:
        raise ProgrammingError("a refund above what is left of its line")
    return RefundLine(
        order_line_id=line.order_line_id,
        quantity=quantity,
        payable=Money(part.payable, currency),
        platform_discount=Money(part.platform_discount, currency),
        points_discount=Money(part.points_discount, currency),
        commission=Money(part.commission, currency),
        merchant_discount=Money(part.merchant_discount, currency),
        is_claw_back=is_claw_back,
    )
