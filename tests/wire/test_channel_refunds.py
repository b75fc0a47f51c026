"""Our clients and the simulators agree, in both channels alike, on all that money on its way back goes through."""

import pytest

from jishi.money.payments.channels.types import (
    Channel,
    ChannelName,
    ChannelRefused,
    ChannelUnavailable,
    ChargeStatus,
    RefundProgress,
    RefundRequest,
)
from simulators.testing import RunningSimulators
from tests.wire.buying import done, pay, refund_of
from tests.wire.small_shop import ChargeMaker


@pytest.mark.parametrize("amounts", [(5000,), (5000, 2500)])
def test_a_refund_happens_once_however_often_it_is_asked(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, amounts: tuple[int, ...]
) -> None:
    request = charge(*amounts)
    wish = refund_of(pay(simulators_server, channel, request), request, 1200, "R")
    states = [channel.refund(wish) for _ in range(3)]
    assert states[-1].status is RefundProgress.DONE
    assert {state.out_refund_no for state in states} == {wish.out_refund_no}
    assert done(channel, wish)
    assert [refund["amount_minor"] for refund in simulators_server.control.refunds(request.out_trade_no)] == [
        1200
    ]
    assert channel.query(request.ref).status is ChargeStatus.PAID


def test_a_number_belongs_to_one_amount(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    capture = pay(simulators_server, channel, request)
    channel.refund(refund_of(capture, request, 1200, "R"))
    with pytest.raises(ChannelRefused):
        channel.refund(refund_of(capture, request, 1300, "R"))


@pytest.mark.parametrize("amounts", [(5000,), (5000, 2500)])
def test_no_more_than_was_paid_goes_back(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, amounts: tuple[int, ...]
) -> None:
    request = charge(*amounts)
    capture = pay(simulators_server, channel, request)
    whole = refund_of(capture, request, 1, "A").total_minor
    channel.refund(refund_of(capture, request, whole - 1, "A"))
    with pytest.raises(ChannelRefused):
        channel.refund(refund_of(capture, request, 2, "B"))
    channel.refund(refund_of(capture, request, 1, "C"))
    total = sum(refund["amount_minor"] for refund in simulators_server.control.refunds(request.out_trade_no))
    assert total == whole


def test_a_charge_that_went_back_whole_keeps_its_capture(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(900)
    capture = pay(simulators_server, channel, request)
    channel.refund(refund_of(capture, request, 900, "R"))
    state = channel.query(request.ref)
    assert state.status is (
        ChargeStatus.REFUNDED if channel.name is ChannelName.ALIPAY else ChargeStatus.PAID
    )
    assert state.capture == capture


def test_an_unknown_refund_is_told_apart(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    capture = pay(simulators_server, channel, request)
    wish = refund_of(capture, request, 1, "R")
    for transaction_id in (wish.channel_transaction_id, "4200000000202001010000000000"):
        state = channel.query_refund(channel_transaction_id=transaction_id, out_refund_no=wish.out_refund_no)
        assert state.status is RefundProgress.NOT_FOUND


def test_a_refund_of_an_unknown_transaction_is_refused(channel: Channel) -> None:
    wish = RefundRequest(
        channel_transaction_id="4200000000202001010000000000",
        out_refund_no="RNOWHERE",
        amount_minor=1,
        total_minor=1,
        currency="CNY",
        reason="",
    )
    with pytest.raises(ChannelRefused):
        channel.refund(wish)


@pytest.mark.parametrize("how", ["unavailable", "lost_answer"])
def test_a_refund_whose_answer_is_missing_can_be_repeated(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, how: str
) -> None:
    request = charge()
    wish = refund_of(pay(simulators_server, channel, request), request, 1200, "R")
    simulators_server.control.fail_next("refund", how)
    with pytest.raises(ChannelUnavailable):
        channel.refund(wish)
    happened = len(simulators_server.control.refunds(request.out_trade_no))
    assert happened == (1 if how == "lost_answer" else 0)
    channel.refund(wish)
    assert done(channel, wish)
    assert len(simulators_server.control.refunds(request.out_trade_no)) == 1


def test_a_refund_may_be_refused_and_asked_again(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    wish = refund_of(pay(simulators_server, channel, request), request, 1200, "R")
    simulators_server.control.fail_next("refund", "refused", count=2)
    for _ in range(2):
        with pytest.raises(ChannelRefused, match="NOT_ENOUGH"):
            channel.refund(wish)
    channel.refund(wish)
    assert done(channel, wish)


def test_a_refund_may_get_stuck(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    wish = refund_of(pay(simulators_server, channel, request), request, 1200, "R")
    simulators_server.control.fail_next("refund", "abnormal")
    assert channel.refund(wish).status is RefundProgress.PROCESSING
    state = channel.query_refund(
        channel_transaction_id=wish.channel_transaction_id, out_refund_no=wish.out_refund_no
    )
    expected = RefundProgress.PROCESSING if channel.name is ChannelName.ALIPAY else RefundProgress.FAILED
    assert state.status is expected


@pytest.mark.parametrize("changes", [{"amount_minor": 0}, {"amount_minor": 11}, {"out_refund_no": "R-1"}])
def test_a_refund_of_the_wrong_shape_is_never_sent(changes: dict[str, object]) -> None:
    fields = {"out_refund_no": "R1", "amount_minor": 1, "total_minor": 10, "currency": "CNY", "reason": ""}
    with pytest.raises(ValueError, match=r"\w"):
        RefundRequest(**({"channel_transaction_id": "1"} | fields | changes))  # type: ignore[arg-type]
