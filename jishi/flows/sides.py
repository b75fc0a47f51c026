"""Orders at sale, translated into the words of money. Pure; the figures are those frozen when it was sold."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import OrderLineId
from jishi.kernel.money import Money, share, zero
from jishi.money.ledger.types import Sides, no_sides
from jishi.money.payments.types import (
    Clawed,
    RefundLine,
    Shares,
    SoldLine,
    SoldOrder,
)
from jishi.money.settlement.types import EntryKind, NewEntry
from jishi.offering.catalog.types_kinds import ProductKind
from jishi.offering.pricing.rules import clawed_back, platform_part
from jishi.trade.orders.types import LineAtSale, OrderAtSale


def commission_of(line: LineAtSale) -> Money:
    """Return the commission frozen on a line: its rate on the goods after the merchant's own discounts.

    The platform's discounts and points do not lower it: the platform pays for those itself.
    """
    base_minor = line.amount.amount_minor - line.merchant_discount.amount_minor
    return Money(share(base_minor, line.commission_basis_points), line.amount.currency)


def line_sides(line: LineAtSale) -> Sides:
    """Return who brings what to a line."""
    return Sides(
        paid=line.payable,
        points=line.points_discount,
        subsidy=line.platform_discount,
        commission=commission_of(line),
    )


def freight_sides(freight: Money) -> Sides:
    """Return who brings what to freight: the buyer alone, and no commission is taken of it."""
    nothing = zero(freight.currency)
    return Sides(paid=freight, points=nothing, subsidy=nothing, commission=nothing)


def order_sides(order: OrderAtSale) -> Sides:
    """Return who brings what to a whole order.

    Raises: ProgrammingError when its lines do not make its total.
    """
    whole = _sum([line_sides(line) for line in order.lines], freight_sides(order.freight))
    if whole.paid != order.total:
        raise ProgrammingError(f"the lines and freight of order {order.id} do not make its total")
    return whole


def refund_sides(lines: Sequence[RefundLine], freight: Money) -> Sides:
    """Return what each side gives back in a refund."""
    return _sum([refund_line_sides(line) for line in lines], freight_sides(freight))


def refund_line_sides(line: RefundLine) -> Sides:
    """Return what each side gives back of one line."""
    return Sides(
        paid=line.payable,
        points=line.points_discount,
        subsidy=line.platform_discount,
        commission=line.commission,
    )


def _sum(parts: Iterable[Sides], first: Sides) -> Sides:
    return sum(parts, first)


def sold(order: OrderAtSale) -> SoldOrder:
    """Return an order as refunds see it."""
    return SoldOrder(
        order_id=order.id,
        lines=tuple(
            SoldLine(
                order_line_id=line.id,
                pieces=line.quantity,
                sold=Shares(
                    payable=line.payable.amount_minor,
                    platform_discount=line.platform_discount.amount_minor,
                    points_discount=line.points_discount.amount_minor,
                    commission=commission_of(line).amount_minor,
                    merchant_discount=line.merchant_discount.amount_minor,
                ),
            )
            for line in order.lines
        ),
        freight=order.freight,
        nothing_sent=not any(
            line.shipped_quantity for line in order.lines if line.kind is ProductKind.PHYSICAL
        ),
        claw_back=partial(clawed, order) if order.claw_backs else None,
    )


def clawed(order: OrderAtSale, kept: Mapping[OrderLineId, int]) -> list[Clawed]:
    """Return what discounts are lost on the pieces of an order that stay, rule by rule and line by line."""
    pieces = {place: kept[line.id] for place, line in enumerate(order.lines)}
    return [
        Clawed(
            rule_id=rule.rule_id,
            order_line_id=order.lines[line.place].id,
            amount=amount,
            platform=platform_part(amount, rule.funders),
        )
        for rule in order.claw_backs
        for line, amount in zip(rule.lines, clawed_back(rule, pieces), strict=True)
        if line.place is not None
    ]


def sale_entries(order: OrderAtSale) -> list[NewEntry]:
    """Return the lines of the merchant's statement for an order as it was sold: one per line, one for
    freight.
    """
    entries = [
        _entry(
            order,
            EntryKind.SALE,
            line_sides(line),
            freight=zero(order.freight.currency),
            line_id=line.id,
            merchant_discount=line.merchant_discount,
        )
        for line in order.lines
    ]
    if order.freight.amount_minor:
        nothing = no_sides(order.freight.currency)
        entries.append(_entry(order, EntryKind.FREIGHT, nothing, freight=order.freight, line_id=None))
    return entries


def refund_entries(
    order: OrderAtSale, refund_id: UUID, lines: Sequence[RefundLine], freight: Money
) -> list[NewEntry]:
    """Return the lines of the merchant's statement for a refund, all negative."""
    nothing = zero(freight.currency)
    entries = [
        _entry(
            order,
            EntryKind.REFUND,
            -refund_line_sides(line),
            freight=nothing,
            line_id=line.order_line_id,
            refund_id=refund_id,
            merchant_discount=-line.merchant_discount,
        )
        for line in lines
    ]
    if freight.amount_minor:
        entries.append(
            _entry(
                order,
                EntryKind.REFUND,
                no_sides(freight.currency),
                freight=-freight,
                line_id=None,
                refund_id=refund_id,
            )
        )
    return entries


def _entry(
    order: OrderAtSale,
    kind: EntryKind,
    goods: Sides,
    *,
    freight: Money,
    line_id: OrderLineId | None,
    refund_id: UUID | None = None,
    merchant_discount: Money | None = None,
) -> NewEntry:
    return NewEntry(
        merchant_id=order.merchant_id,
        kind=kind,
        order_id=order.id,
        order_number=order.number,
        order_line_id=line_id,
        refund_id=refund_id,
        goods=goods.paid,
        freight=freight,
        subsidy=goods.subsidy + goods.points,
        commission=goods.commission,
        merchant_discount=merchant_discount or zero(freight.currency),
    )
