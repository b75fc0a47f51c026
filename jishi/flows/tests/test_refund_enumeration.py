"""Every small cart over every kind of rule, refunded piece by piece in every order: nobody gains or loses a cent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain, combinations_with_replacement, product

import pytest

from jishi.flows import sides
from jishi.kernel.ids import OrderId, OrderLineId, TradeId, UserId, WarehouseId, new_id
from jishi.kernel.money import zero
from jishi.money.payments.rules_refund import NONE, RefundableLine, RefundableOrder, plan_pieces
from jishi.money.payments.types import PiecesToRefund, RefundPlan, Shares, SoldOrder
from jishi.offering.pricing.rules import claw_backs_of
from jishi.offering.pricing.tests.offers import BY_MERCHANT, MERCHANTS, line, off, priced, rule, sku, spend
from jishi.offering.pricing.types import Funder, FunderShare, Measure, Priced
from jishi.offering.pricing.types_promotions import (
    Bundle,
    BundlePart,
    Effect,
    EveryPieces,
    PieceOff,
    Promotion,
    Refunding,
)
from jishi.trade.orders.types import (
    FulfilmentStatus,
    LineAtSale,
    OrderAtSale,
    OrderPaymentStatus,
    OrderStatus,
)

PRICES = (999, 101, 4_000)
FUNDERS = (
    BY_MERCHANT,
    (FunderShare(funder=Funder.PLATFORM, basis_points=10_000),),
    (
        FunderShare(funder=Funder.PLATFORM, basis_points=3_333),
        FunderShare(funder=Funder.MERCHANT, basis_points=6_667),
    ),
)
EFFECTS = (
    spend((1_500, off(333)), (5_000, off(1_234))),
    spend((1_000, off(100)), is_each=True),
    spend((3, off(0, 1_550)), measure=Measure.PIECES),
    EveryPieces(every=2, reduced=1, basis_points=5_000),
    EveryPieces(every=3, reduced=1, basis_points=10_000),
    Bundle(
        parts=(
            BundlePart(sku_ids=frozenset({sku(1)}), pieces=1),
            BundlePart(sku_ids=frozenset({sku(2)}), pieces=1),
        ),
        price_minor=777,
    ),
    PieceOff(off=off(0, 1_050)),
)
COUPON = rule(spend((1_000, off(250))), id="coupon", refunding=Refunding.CLAW_BACK)
SIDES = [field.name for field in fields(Shares)]


def offers(effects: Sequence[Effect]) -> Iterator[tuple[list[Promotion], list[Promotion]]]:
    """Yield rules and coupons: each kind by each funder, kept and clawed back, alone, with another, with a coupon."""
    for effect, funders, refunding in product(effects, FUNDERS, Refunding):
        one = rule(effect, id="one", funders=funders, refunding=refunding)
        other = rule(
            EFFECTS[0], id="two", merchant_id=None, funders=FUNDERS[2], refunding=Refunding.CLAW_BACK
        )
        yield [one], []
        yield [one, other], []
        yield [one], [COUPON]


def sold(found: Priced) -> OrderAtSale:
    """Return a priced cart as its order freezes it, at 5 % commission."""
    order_id, nothing = OrderId(new_id()), zero("CNY")
    return OrderAtSale(
        id=order_id,
        number="1",
        trade_id=TradeId(new_id()),
        buyer_id=UserId(new_id()),
        merchant_id=MERCHANTS[0],
        status=OrderStatus.AWAITING_SHIPMENT,
        payment_status=OrderPaymentStatus.PAID,
        fulfilment_status=FulfilmentStatus.UNSHIPPED,
        lines=[
            LineAtSale(
                id=OrderLineId(new_id()),
                order_id=order_id,
                sku_id=one.sku_id,
                warehouse_id=WarehouseId(new_id()),
                quantity=one.quantity,
                amount=one.amount,
                merchant_discount=one.merchant_discount,
                platform_discount=one.platform_discount,
                points_discount=one.points_discount,
                payable=one.payable,
                commission_basis_points=500,
                shipped_quantity=0,
                refunded_quantity=0,
            )
            for one in found.lines
        ],
        freight=nothing,
        total=found.total,
        claw_backs=claw_backs_of(found, MERCHANTS[0]),
    )


def refundable(order: SoldOrder) -> RefundableOrder:
    return RefundableOrder(
        lines=tuple(
            RefundableLine(order_line_id=one.order_line_id, pieces=one.pieces, sold=one.sold)
            for one in order.lines
        ),
        freight_left_minor=0,
        nothing_sent=False,
        currency="CNY",
        claw_back=order.claw_back,
    )


def less(order: RefundableOrder, plan: RefundPlan) -> RefundableOrder:
    """Return the order after a refund by pieces."""
    given = {one.order_line_id: one for one in plan.lines}

    def after(one: RefundableLine) -> RefundableLine:
        if (part := given.get(one.order_line_id)) is None:
            return one
        shares = Shares(**{side: getattr(part, side).amount_minor for side in SIDES})
        return replace(
            one, pieces_back=one.pieces_back + part.quantity, back_by_pieces=one.back_by_pieces + shares
        )

    return replace(order, lines=tuple(after(one) for one in order.lines))


def refund_in_every_order(start: RefundableOrder) -> int:
    """Refund piece by piece along every path through what may be kept; return how many refunds that were.

    Two paths that meet with the same money given back go on as one.
    """
    seen, waiting, steps = {start.lines}, [start], 0
    while waiting:
        order = waiting.pop()
        for one in order.lines:
            if one.pieces_left:
                plan = plan_pieces(order, [PiecesToRefund(order_line_id=one.order_line_id, quantity=1)])
                after = less(order, plan)
                check(after, plan)
                steps += 1
                if after.lines not in seen:
                    seen.add(after.lines)
                    waiting.append(after)
    return steps


def check(order: RefundableOrder, plan: RefundPlan) -> None:
    assert plan.amount.amount_minor >= 0
    assert all(getattr(one, side).amount_minor >= 0 for one in plan.lines for side in SIDES)
    assert all(getattr(one.left, side) >= 0 for one in order.lines for side in SIDES)
    if not any(one.pieces_left for one in order.lines):
        assert all(one.left == NONE for one in order.lines)


def enumerated(effects: Sequence[Effect], carts: Iterable[Sequence[int]]) -> int:
    """Refund every cart (pieces of one, two or three SKUs) over every offer; return how many refunds that were."""
    steps = 0
    for (rules, coupons), pieces in product(list(offers(effects)), list(carts)):
        wanted = [line(place + 1, PRICES[place], count) for place, count in enumerate(pieces)]
        order = sold(priced(wanted, *rules, coupons=coupons))
        steps += refund_in_every_order(refundable(sides.sold(order)))
    return steps


def test_small_carts_end_at_zero_in_every_order() -> None:
    assert enumerated(EFFECTS, [(2,), (3,), (1, 1), (1, 2), (2, 1), (1, 1, 1)]) > 4_000


@pytest.mark.proof
@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.kind)
def test_all_carts_of_three_lines_of_three_pieces_end_at_zero_in_every_order(effect: Effect) -> None:
    every = chain.from_iterable(product((1, 2, 3), repeat=lines) for lines in (1, 2, 3))
    assert enumerated([effect], every) > 10_000


def test_pieces_that_go_back_together_are_worth_what_they_are_one_by_one() -> None:
    """Unless a refund on the way would have been below zero, which no cart of equal pieces is."""
    for pieces in (2, 3, 5):
        found = priced([line(1, 10_000, pieces)], rule(EFFECTS[0], refunding=Refunding.CLAW_BACK))
        start = refundable(sides.sold(sold(found)))
        (one,) = start.lines
        for first, second in combinations_with_replacement(range(1, pieces), 2):
            if first + second <= pieces:
                step = [PiecesToRefund(order_line_id=one.order_line_id, quantity=first)]
                then = [PiecesToRefund(order_line_id=one.order_line_id, quantity=second)]
                both = [PiecesToRefund(order_line_id=one.order_line_id, quantity=first + second)]
                begun = plan_pieces(start, step)
                ended = plan_pieces(less(start, begun), then)
                assert begun.amount + ended.amount == plan_pieces(start, both).amount
