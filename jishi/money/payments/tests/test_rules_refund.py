"""How much goes back: the formulas to the cent, and the promises under any sequence of refunds."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jishi.kernel.errors import Invalid
from jishi.kernel.ids import OrderLineId, new_id
from jishi.kernel.money import Money, round_half_up, share
from jishi.money.payments.rules_refund import (
    NothingToRefund,
    RefundableLine,
    RefundableOrder,
    RefundTooMuch,
    by_amount,
    by_pieces,
    plan_amount,
    plan_pieces,
    plan_rest,
)
from jishi.money.payments.types import PiecesToRefund, RefundPlan, Shares

SIDES = ("payable", "platform_discount", "points_discount", "commission")


def line(
    pieces: int, payable: int, platform: int = 0, points: int = 0, commission: int = 0
) -> RefundableLine:
    return RefundableLine(
        order_line_id=OrderLineId(new_id()),
        pieces=pieces,
        sold=Shares(
            payable=payable, platform_discount=platform, points_discount=points, commission=commission
        ),
    )


def order(*lines: RefundableLine, freight: int = 0, nothing_sent: bool = True) -> RefundableOrder:
    return RefundableOrder(lines=lines, freight_left_minor=freight, nothing_sent=nothing_sent, currency="CNY")


def pieces_of(one: RefundableLine, quantity: int) -> PiecesToRefund:
    return PiecesToRefund(order_line_id=one.order_line_id, quantity=quantity)


def after(before: RefundableOrder, plan: RefundPlan) -> RefundableOrder:
    """The order once the plan went back."""
    planned = {one.order_line_id: one for one in plan.lines}
    lines = []
    for one in before.lines:
        back = planned.get(one.order_line_id)
        if back is None:
            lines.append(one)
            continue
        part = Shares(
            payable=back.payable.amount_minor,
            platform_discount=back.platform_discount.amount_minor,
            points_discount=back.points_discount.amount_minor,
            commission=back.commission.amount_minor,
        )
        if back.quantity:
            lines.append(
                replace(
                    one,
                    pieces_back=one.pieces_back + back.quantity,
                    back_by_pieces=one.back_by_pieces + part,
                )
            )
        else:
            lines.append(replace(one, back_by_amount=one.back_by_amount + part))
    return replace(
        before,
        lines=tuple(lines),
        freight_left_minor=before.freight_left_minor - plan.freight.amount_minor,
    )


# -- the domain's figures ----------------------------------------------------------------------------------


def test_half_of_the_worked_example() -> None:
    one = line(2, 6_700, platform=2_000, points=300, commission=450)
    assert by_pieces(one, 1) == Shares(
        payable=3_350, platform_discount=1_000, points_discount=150, commission=225
    )


def test_pieces_go_back_by_the_cumulated_formula() -> None:
    one, so_far = line(3, 1_000), 0
    for back in (1, 2, 3):
        due = round_half_up(1_000 * back, 3) - so_far
        part = by_pieces(one, 1)
        assert part.payable == due
        so_far += due
        one = replace(one, pieces_back=back, back_by_pieces=one.back_by_pieces + part)
    assert so_far == 1_000


def test_an_amount_is_spread_by_what_is_left_and_the_funders_go_along() -> None:
    first, second = line(1, 6_000, platform=2_000), line(1, 3_000, commission=300)
    assert by_amount([first, second], 900) == [
        Shares(payable=600, platform_discount=200),
        Shares(payable=300, commission=30),
    ]


def test_an_amount_lowers_what_every_piece_of_the_line_cost() -> None:
    one = replace(line(2, 10_000), back_by_amount=Shares(payable=2_000))
    assert by_pieces(one, 1).payable == 4_000
    assert by_pieces(one, 2).payable == 8_000


def test_freight_goes_back_when_nothing_was_sent_and_nothing_will_be() -> None:
    one, other = line(2, 1_000), line(1, 500)
    unsent = order(one, other, freight=800)
    assert plan_pieces(unsent, [pieces_of(one, 2)]).freight == Money(0, "CNY")
    assert plan_pieces(unsent, [pieces_of(one, 2), pieces_of(other, 1)]).freight == Money(800, "CNY")
    sent = replace(unsent, nothing_sent=False)
    assert plan_pieces(sent, [pieces_of(one, 2), pieces_of(other, 1)]).freight == Money(0, "CNY")
    assert plan_pieces(sent, [pieces_of(one, 1)], freight=True).freight == Money(800, "CNY")
    assert plan_pieces(unsent, [pieces_of(one, 2), pieces_of(other, 1)], freight=False).freight == Money(
        0, "CNY"
    )


def test_freight_goes_back_once() -> None:
    one = line(2, 1_000)
    whole = order(one, freight=800)
    later = after(whole, plan_pieces(whole, [pieces_of(one, 1)], freight=True))
    assert plan_rest(later).freight == Money(0, "CNY")


def test_the_rest_is_everything_that_is_left() -> None:
    one, other = line(3, 1_000), line(1, 777)
    whole = order(one, other, freight=800)
    later = after(whole, plan_pieces(whole, [pieces_of(one, 1)]))
    rest = plan_rest(later)
    assert rest.amount == Money(1_000 - 333 + 777 + 800, "CNY")
    with pytest.raises(NothingToRefund):
        plan_rest(after(later, rest))


def test_pieces_of_a_line_that_cost_nothing_go_back_for_nothing() -> None:
    free = line(2, 0, platform=1_000, commission=50)
    plan = plan_pieces(order(free), [pieces_of(free, 1)])
    assert plan.amount == Money(0, "CNY")
    assert plan.lines[0].platform_discount == Money(500, "CNY")


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_a_piece_is_malformed(quantity: int) -> None:
    one = line(2, 1_000)
    with pytest.raises(Invalid):
        plan_pieces(order(one), [pieces_of(one, quantity)])


def test_what_is_not_there_cannot_go_back() -> None:
    one, stranger = line(2, 1_000), line(1, 1)
    with pytest.raises(RefundTooMuch):
        plan_pieces(order(one), [pieces_of(one, 3)])
    with pytest.raises(RefundTooMuch):
        plan_amount(order(one), Money(1_001, "CNY"))
    for wishes in ([], [pieces_of(stranger, 1)], [pieces_of(one, 1), pieces_of(one, 1)]):
        with pytest.raises(Invalid):
            plan_pieces(order(one), wishes)
    for amount in (Money(0, "CNY"), Money(-5, "CNY"), Money(5, "USD")):
        with pytest.raises(Invalid):
            plan_amount(order(one), amount)


# -- the promises -------------------------------------------------------------------------------------------


@st.composite
def lines(draw: st.DrawFn) -> RefundableLine:
    pieces = draw(st.integers(1, 12))
    base = draw(st.integers(0, 100_000))
    platform = draw(st.integers(0, base))
    points = draw(st.integers(0, base - platform))
    commission = share(base, draw(st.integers(0, 10_000)))
    return line(pieces, base - platform - points, platform, points, commission)


@given(lines(), st.data())
def test_pieces_in_any_portions_return_every_side_to_the_cent(
    one: RefundableLine, data: st.DataObject
) -> None:
    back = Shares()
    while one.pieces_left:
        portion = data.draw(st.integers(1, one.pieces_left))
        part = by_pieces(one, portion)
        back += part
        one = replace(one, pieces_back=one.pieces_back + portion, back_by_pieces=one.back_by_pieces + part)
    assert back == one.sold


@given(st.lists(lines(), min_size=1, max_size=5), st.data())
def test_an_amount_is_met_to_the_cent_and_never_takes_more_than_a_line_has(
    of: list[RefundableLine], data: st.DataObject
) -> None:
    most = sum(one.left.payable for one in of)
    if most == 0:
        with pytest.raises(RefundTooMuch):
            by_amount(of, 1)
        return
    amount = data.draw(st.integers(1, most))
    parts = by_amount(of, amount)
    assert sum(part.payable for part in parts) == amount
    for one, part in zip(of, parts, strict=True):
        for side in SIDES:
            assert 0 <= getattr(part, side) <= getattr(one.left, side)


class AnySequence(RuleBasedStateMachine):
    """Refunds by pieces, by amount and of the rest, in any order, never return more than was paid."""

    @initialize(
        of=st.lists(lines(), min_size=1, max_size=4), freight=st.integers(0, 2_000), sent=st.booleans()
    )
    def sell(self, of: list[RefundableLine], freight: int, sent: bool) -> None:
        self.sold = self.order = order(*of, freight=freight, nothing_sent=not sent)
        self.refunded = 0

    def take(self, plan: RefundPlan) -> None:
        assert plan.amount.amount_minor >= 0
        self.refunded += plan.amount.amount_minor
        self.order = after(self.order, plan)

    @rule(data=st.data(), freight=st.sampled_from([None, True, False]))
    def refund_pieces(self, data: st.DataObject, freight: bool | None) -> None:
        open_lines = [one for one in self.order.lines if one.pieces_left]
        if open_lines:
            one = data.draw(st.sampled_from(open_lines))
            quantity = data.draw(st.integers(1, one.pieces_left))
            self.take(plan_pieces(self.order, [pieces_of(one, quantity)], freight=freight))

    @rule(data=st.data())
    def refund_amount(self, data: st.DataObject) -> None:
        most = sum(one.left.payable for one in self.order.lines)
        if most:
            self.take(plan_amount(self.order, Money(data.draw(st.integers(1, most)), "CNY")))

    @rule()
    def refund_rest(self) -> None:
        try:
            self.take(plan_rest(self.order))
        except NothingToRefund:
            assert all(one.left == Shares() for one in self.order.lines)

    @invariant()
    def no_line_returns_more_than_was_paid(self) -> None:
        for one in self.order.lines:
            assert all(0 <= getattr(one.back, side) <= getattr(one.sold, side) for side in SIDES)
            if one.pieces_left == 0:
                assert one.back == one.sold

    @invariant()
    def the_order_returns_no_more_than_was_paid(self) -> None:
        paid = sum(one.sold.payable for one in self.sold.lines) + self.sold.freight_left_minor
        left = sum(one.left.payable for one in self.order.lines) + self.order.freight_left_minor
        assert self.refunded + left == paid
        assert 0 <= self.refunded <= paid


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
