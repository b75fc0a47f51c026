"""The states of an order: what follows from what, and that every one has a way out."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import ProgrammingError
from jishi.trade.orders.rules import (
    FULFILMENT_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    LinePieces,
    State,
    buyer_actions,
    fulfilment_of,
    merchant_actions,
    payment_after,
    require_moves,
    summary,
    unsent_part,
)
from jishi.trade.orders.types import CloseReason, FulfilmentStatus, OrderPaymentStatus, OrderStatus

Status = TypeVar("Status", bound=StrEnum)
ENDS = {OrderStatus.COMPLETED, OrderStatus.CLOSED}


def state(
    payment: OrderPaymentStatus = OrderPaymentStatus.PAID,
    fulfilment: FulfilmentStatus = FulfilmentStatus.UNSHIPPED,
    close_reason: CloseReason | None = None,
    is_completed: bool = False,
) -> State:
    return State(payment=payment, fulfilment=fulfilment, close_reason=close_reason, is_completed=is_completed)


def test_every_status_has_a_way_out() -> None:
    assert set(ORDER_MOVES) == set(OrderStatus)
    for status in OrderStatus:
        assert _reachable(ORDER_MOVES, status) & ENDS


def test_every_status_can_be_reached_from_a_new_order() -> None:
    assert _reachable(ORDER_MOVES, OrderStatus.AWAITING_PAYMENT) == set(OrderStatus)


def test_payment_and_fulfilment_end_and_are_reached() -> None:
    assert (
        _reachable(PAYMENT_MOVES, OrderPaymentStatus.UNPAID) == set(PAYMENT_MOVES) == set(OrderPaymentStatus)
    )
    assert _reachable(FULFILMENT_MOVES, FulfilmentStatus.UNSHIPPED) == set(FULFILMENT_MOVES)
    assert set(FULFILMENT_MOVES) == set(FulfilmentStatus)


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_end_leads_nowhere_but_back_to_a_late_payment(end: OrderStatus) -> None:
    assert ORDER_MOVES[end] <= {OrderStatus.AWAITING_PAYMENT}


def test_a_move_that_is_not_allowed_is_a_mistake_of_ours() -> None:
    require_moves({OrderStatus.AWAITING_PAYMENT}, OrderStatus.CLOSED)
    with pytest.raises(ProgrammingError):
        require_moves({OrderStatus.SHIPPED, OrderStatus.COMPLETED}, OrderStatus.RECEIVED)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (state(OrderPaymentStatus.UNPAID), OrderStatus.AWAITING_PAYMENT),
        (state(), OrderStatus.AWAITING_SHIPMENT),
        (state(OrderPaymentStatus.PARTIALLY_REFUNDED), OrderStatus.AWAITING_SHIPMENT),
        (state(fulfilment=FulfilmentStatus.PARTIALLY_SHIPPED), OrderStatus.PARTIALLY_SHIPPED),
        (state(fulfilment=FulfilmentStatus.SHIPPED), OrderStatus.SHIPPED),
        (state(fulfilment=FulfilmentStatus.DELIVERED), OrderStatus.DELIVERED),
        (state(fulfilment=FulfilmentStatus.RECEIVED), OrderStatus.RECEIVED),
        (state(fulfilment=FulfilmentStatus.RECEIVED, is_completed=True), OrderStatus.COMPLETED),
        (state(OrderPaymentStatus.UNPAID, close_reason=CloseReason.UNPAID), OrderStatus.CLOSED),
        (state(OrderPaymentStatus.PAID, close_reason=CloseReason.CANCELLED_BY_BUYER), OrderStatus.CLOSED),
        (
            state(OrderPaymentStatus.REFUNDED, FulfilmentStatus.RECEIVED, is_completed=True),
            OrderStatus.COMPLETED,
        ),
    ],
)
def test_the_summary_follows_from_the_columns(columns: State, expected: OrderStatus) -> None:
    assert summary(columns) is expected


@st.composite
def pieces(draw: st.DrawFn) -> LinePieces:
    quantity = draw(st.integers(1, 9))
    shipped = draw(st.integers(0, quantity))
    return LinePieces(quantity=quantity, shipped=shipped, cancelled=draw(st.integers(0, quantity - shipped)))


@given(st.lists(pieces(), min_size=1, max_size=5), st.booleans())
def test_fulfilment_follows_from_the_pieces(lines: list[LinePieces], all_delivered: bool) -> None:
    found = fulfilment_of(lines, all_delivered)

    sent = sum(line.shipped for line in lines)
    left = sum(line.to_ship for line in lines)
    assert (found is FulfilmentStatus.UNSHIPPED) == (sent == 0)
    assert (found is FulfilmentStatus.PARTIALLY_SHIPPED) == (sent > 0 and left > 0)
    assert (found is FulfilmentStatus.DELIVERED) == (sent > 0 and left == 0 and all_delivered)


@given(pieces(), st.integers(0, 9))
def test_pieces_to_refund_are_taken_from_the_unsent_ones_first(line: LinePieces, wanted: int) -> None:
    taken = unsent_part(line, wanted)

    assert taken <= wanted
    assert taken <= line.to_ship
    assert taken == wanted or taken == line.to_ship


@given(st.integers(1, 10**6), st.data())
def test_the_payment_column_follows_from_the_money(total_minor: int, data: st.DataObject) -> None:
    refunded = data.draw(st.integers(0, total_minor))

    found = payment_after(refunded, total_minor)

    assert (found is OrderPaymentStatus.PAID) == (refunded == 0)
    assert (found is OrderPaymentStatus.REFUNDED) == (refunded == total_minor)


@pytest.mark.parametrize(
    ("columns", "can_still_pay", "expected"),
    [
        (state(OrderPaymentStatus.UNPAID), True, ["pay", "cancel"]),
        (state(OrderPaymentStatus.UNPAID), False, ["cancel"]),
        (state(), False, ["cancel"]),
        (state(fulfilment=FulfilmentStatus.PARTIALLY_SHIPPED), False, []),
        (state(fulfilment=FulfilmentStatus.SHIPPED), False, ["confirm_receipt"]),
        (state(fulfilment=FulfilmentStatus.DELIVERED), False, ["confirm_receipt"]),
        (state(fulfilment=FulfilmentStatus.RECEIVED), False, []),
        (state(close_reason=CloseReason.REFUNDED), False, []),
    ],
)
def test_what_a_buyer_may_do(columns: State, can_still_pay: bool, expected: list[str]) -> None:
    assert buyer_actions(columns, can_still_pay=can_still_pay) == expected


@pytest.mark.parametrize(
    ("columns", "unsent", "expected"),
    [
        (state(OrderPaymentStatus.UNPAID), 2, []),
        (state(), 2, ["ship", "refund"]),
        (state(), 0, ["refund"]),
        (state(fulfilment=FulfilmentStatus.SHIPPED), 0, ["refund"]),
        (state(fulfilment=FulfilmentStatus.RECEIVED, is_completed=True), 0, ["refund"]),
        (state(OrderPaymentStatus.REFUNDED, close_reason=CloseReason.REFUNDED), 0, []),
    ],
)
def test_what_a_merchant_may_do(columns: State, unsent: int, expected: list[str]) -> None:
    assert merchant_actions(columns, unsent_count=unsent) == expected


def _reachable(moves: Mapping[Status, frozenset[Status]], status: Status) -> set[Status]:
    seen, waiting = {status}, [status]
    while waiting:
        new = moves[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen
