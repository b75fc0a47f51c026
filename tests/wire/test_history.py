"""Money that moved before the simulators looked: taken over, it is like any other."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jishi.money.payments.channels.types import BillKind, Channel, ChargeRef, ChargeStatus, RefundRequest
from simulators.clock import CHINA_TIME
from simulators.testing import RunningSimulators
from tests.wire.buying import done, pay
from tests.wire.small_shop import ChargeMaker

LONG_AGO = timedelta(days=40)


def as_of_long_ago(record: dict[str, Any], number: str, transaction_id: str) -> dict[str, Any]:
    """Return a paid payment's record as one that was paid long ago under another number."""
    paid_at = (datetime.now(CHINA_TIME) - LONG_AGO).isoformat()
    return record | {
        "token": f"past-{number}",
        "out_trade_no": number,
        "shares": [record["shares"][0] | {"out_trade_no": number}],
        "created_at": paid_at,
        "captures": [{"transaction_ids": {number: transaction_id}, "paid_at": paid_at}],
    }


def test_money_of_the_past_is_known_billed_and_goes_back(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    control, request = simulators_server.control, charge(5000)
    pay(simulators_server, channel, request)
    (record,) = control.payments(request.out_trade_no)
    number, transaction_id = f"{request.out_trade_no}PAST", f"2026{request.out_trade_no}"
    past = as_of_long_ago(record, number, transaction_id)

    assert control.remember([past], []) == 1
    assert control.remember([past], []) == 0
    assert control.callbacks(number) == []  # nobody is told

    state = channel.query(ChargeRef(out_trade_no=number))
    assert state.status is ChargeStatus.PAID
    assert state.capture is not None
    assert state.capture.transaction_id_of(number) == transaction_id
    day = (datetime.now(CHINA_TIME) - LONG_AGO).date()
    (row,) = [one for one in channel.download_bill(day) if one.out_trade_no == number]
    assert (row.kind, row.amount_minor) == (BillKind.PAYMENT, 5000)
    wish = RefundRequest(
        channel_transaction_id=transaction_id,
        out_refund_no=f"{number}R",
        amount_minor=2000,
        total_minor=5000,
        currency="CNY",
        reason="七天无理由",
    )
    channel.refund(wish)
    assert done(channel, wish)


def test_a_history_that_is_none_is_refused(simulators_server: RunningSimulators) -> None:
    before = simulators_server.control.payments()
    with pytest.raises(AssertionError, match="control /history: 4"):
        simulators_server.control.remember([{"company": "alipay"}], [])
    assert simulators_server.control.payments() == before
