"""A refund over two captures: the latest first, each at most what it has, nothing lost between them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import OrderLineId
from jishi.kernel.money import Money
from jishi.money.payments.rules_instalments import split_plan
from jishi.money.payments.rules_refund import RefundTooMuch
from jishi.money.payments.types import RefundLine, RefundPlan

BALANCE, DEPOSIT = UUID(int=2), UUID(int=1)


def cny(amount_minor: int) -> Money:
    return Money(amount_minor, "CNY")


def line(number: int, payable: int, commission: int, quantity: int) -> RefundLine:
    return RefundLine(
        order_line_id=OrderLineId(UUID(int=number)),
        quantity=quantity,
        payable=cny(payable),
        platform_discount=cny(0),
        points_discount=cny(0),
        commission=cny(commission),
        merchant_discount=cny(3),
    )


plans = st.builds(
    lambda lines, freight: RefundPlan(
        lines=tuple(line(number, *one) for number, one in enumerate(lines)), freight=cny(freight)
    ),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 90), st.integers(0, 3)), min_size=1, max_size=3),
    st.integers(0, 300),
)


@given(plan=plans, balance=st.integers(0, 1_500), deposit=st.integers(0, 1_500))
def test_the_parts_are_the_whole_and_fit(plan: RefundPlan, balance: int, deposit: int) -> None:
    rooms = [(BALANCE, balance), (DEPOSIT, deposit)]
    if plan.amount.amount_minor > balance + deposit:
        with pytest.raises(RefundTooMuch):
            split_plan(plan, rooms)
        return
    shares = split_plan(plan, rooms)
    taken = {of: share.amount.amount_minor for of, share in shares}
    assert sum(taken.values()) == plan.amount.amount_minor
    assert taken.get(BALANCE, 0) == min(balance, plan.amount.amount_minor)
    assert taken.get(DEPOSIT, 0) <= deposit
    lines = [one for _, share in shares for one in share.lines]
    assert sum(one.quantity for one in lines) == sum(one.quantity for one in plan.lines)
    for name in ("payable", "commission", "merchant_discount"):
        whole = sum(getattr(one, name).amount_minor for one in plan.lines)
        assert sum(getattr(one, name).amount_minor for one in lines) == whole
    assert sum(share.freight.amount_minor for _, share in shares) == plan.freight.amount_minor


def test_one_capture_takes_the_plan_as_it_is() -> None:
    plan = RefundPlan(lines=(line(1, 500, 25, 1),), freight=cny(0))
    assert split_plan(plan, [(BALANCE, 500)]) == [(BALANCE, plan)]


def test_the_rest_of_pieces_counts_as_of_pieces_and_the_rest_of_an_amount_as_of_an_amount() -> None:
    rooms = [(BALANCE, 300), (DEPOSIT, 300)]
    of_pieces = split_plan(RefundPlan(lines=(line(1, 500, 25, 1),), freight=cny(0)), rooms)
    of_amount = split_plan(RefundPlan(lines=(line(1, 500, 25, 0),), freight=cny(0)), rooms)
    assert [(one.quantity, one.is_claw_back) for _, share in of_pieces for one in share.lines] == [
        (1, False),
        (0, True),
    ]
    assert [one.is_claw_back for _, share in of_amount for one in share.lines] == [False, False]
