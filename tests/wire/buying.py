"""What a buyer and the shop do at a channel, for the tests of both."""

from jishi.money.payments.channels.types import (
    CaptureNotice,
    Channel,
    ChargeRequest,
    ChargeStatus,
    NextStep,
    RefundProgress,
    RefundRequest,
)
from simulators.testing import RunningSimulators


def step_text(step: NextStep) -> str:
    return step.redirect_url or step.qr_code or ""


def pay(simulators: RunningSimulators, channel: Channel, request: ChargeRequest) -> CaptureNotice:
    """Open a charge, let the buyer pay it, and return what the channel says of it."""
    simulators.control.buyer(step_text(channel.start(request)))
    state = channel.query(request.ref)
    assert state.status is ChargeStatus.PAID
    assert state.capture is not None
    return state.capture


def refund_of(
    capture: CaptureNotice, request: ChargeRequest, amount_minor: int, number: str
) -> RefundRequest:
    """Ask for money of the first part back, as the flow of the shop does."""
    first = request.parts[0]
    transaction_id = capture.transaction_id_of(first.out_trade_no)
    total_minor = sum(
        part.amount_minor
        for part in request.parts
        if capture.transaction_id_of(part.out_trade_no) == transaction_id
    )
    return RefundRequest(
        channel_transaction_id=transaction_id,
        out_refund_no=f"{request.out_trade_no}{number}",
        amount_minor=amount_minor,
        total_minor=total_minor,
        currency="CNY",
        reason="七天无理由",
    )


def done(channel: Channel, wish: RefundRequest) -> bool:
    state = channel.query_refund(
        channel_transaction_id=wish.channel_transaction_id, out_refund_no=wish.out_refund_no
    )
    return state.status is RefundProgress.DONE and state.amount_minor == wish.amount_minor
