"""States of payments and refunds, and the numbers channels know them by."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.money.payments.channels.types import NUMBER, REFUND_NUMBER
from jishi.money.payments.rules import (
    PAYABLE,
    PAYMENT_MOVES,
    REFUND_MOVES,
    disposition,
    leads_to,
    number_of,
    part_number,
    refund_number,
    refund_of_number,
    refund_sources,
    sources,
)
from jishi.money.payments.types import Disposition, PaymentStatus, RefundStatus

ids = st.uuids()


def reachable(start: PaymentStatus) -> set[PaymentStatus]:
    seen, waiting = {start}, [start]
    while waiting:
        for following in PAYMENT_MOVES[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen


def test_every_payment_state_but_the_end_has_a_way_out_and_a_way_in() -> None:
    assert {state for state in PaymentStatus if not PAYMENT_MOVES[state]} == {PaymentStatus.REFUNDED}
    assert reachable(PaymentStatus.CREATED) == set(PaymentStatus)
    for state in PaymentStatus:
        assert PaymentStatus.REFUNDED in reachable(state)


def test_every_refund_ends_done_however_often_it_failed() -> None:
    assert {state for state in RefundStatus if not REFUND_MOVES[state]} == {RefundStatus.DONE}
    assert REFUND_MOVES[RefundStatus.FAILED] == {RefundStatus.PROCESSING}


@pytest.mark.parametrize("status", list(PaymentStatus))
def test_money_is_applied_late_or_second_by_the_state_of_its_payment(status: PaymentStatus) -> None:
    expected = {True: Disposition.APPLIED, False: Disposition.SECOND}[status in PAYABLE]
    if status is PaymentStatus.CLOSED:
        expected = Disposition.LATE
    assert disposition(status) is expected


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        (PaymentStatus.PENDING, PaymentStatus.PAID, True),
        (PaymentStatus.CLOSED, PaymentStatus.LATE_PAID, True),
        (PaymentStatus.CLOSED, PaymentStatus.PAID, True),  # late, and revived at once
        (PaymentStatus.PAID, PaymentStatus.PAID, True),  # taken twice: it stays as it is
        (PaymentStatus.REFUNDED, PaymentStatus.PAID, False),
        (PaymentStatus.PENDING, PaymentStatus.LATE_PAID, False),
    ],
)
def test_where_a_capture_may_lead(source: PaymentStatus, target: PaymentStatus, allowed: bool) -> None:
    assert leads_to(source, target) is allowed


def test_moves_are_what_the_database_is_asked_for() -> None:
    assert sources(PaymentStatus.CLOSED) == ["created", "pending", "failed", "deposit_paid"]
    assert sources(PaymentStatus.FAILED) == ["pending"]
    assert refund_sources(RefundStatus.FAILED) == ["processing"]
    assert refund_sources(RefundStatus.PROCESSING) == ["requested", "failed"]


@given(ids, st.integers(1, 99), st.integers(0, 9))
def test_numbers_fit_the_channels_and_lead_back(identifier: UUID, position: int, round_number: int) -> None:
    assert NUMBER.fullmatch(number_of(identifier))
    assert NUMBER.fullmatch(part_number(number_of(identifier), position))
    number = refund_number(identifier, round_number)
    assert REFUND_NUMBER.fullmatch(number)
    assert len(number) <= 32
    assert refund_of_number(number) == identifier


@given(st.text(max_size=40))
def test_a_number_that_is_not_ours_leads_nowhere(text: str) -> None:
    found = refund_of_number(text)
    assert found is None or refund_number(found, 0) == text[:26]
