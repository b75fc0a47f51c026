"""Hear a payment channel out: verify, act once, record every word whatever becomes of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog

from jishi.flows import refund, take_payment
from jishi.kernel import metrics
from jishi.kernel.db import atomic
from jishi.money.payments import services_books as books
from jishi.money.payments.services_channels import (
    CallbackReply,
    CaptureNotice,
    Channel,
    ForgedCallback,
    Notice,
    RefundNotice,
    in_use,
)
from jishi.money.payments.types import ChannelName, Outcome

log = structlog.get_logger(__name__)

Record = Callable[..., None]
DISBELIEVED = frozenset({Outcome.FORGED, Outcome.REFUSED})


def hear(*, name: ChannelName, headers: Mapping[str, str], body: bytes, now: datetime) -> CallbackReply:
    """Take in one callback and return what the channel must be answered.

    A forged one, or one that is not about what we asked for, changes nothing, is recorded with its reason and
    refused. Raises: ChannelNotInUse.
    """
    channel = in_use(name).channel
    record = partial(books.record_callback, channel=name, body=body, now=now)
    try:
        notice = channel.parse_callback(headers, body)
    except ForgedCallback as error:
        outcome, reason = Outcome.FORGED, f"{type(error).__name__}: {error}"
        with atomic():
            record(heard=books.Heard(), outcome=outcome, reason=reason)
    else:
        outcome, reason = _act(channel, notice, partial(record, heard=_heard(notice)), now=now)
    metrics.CALLBACKS.labels(channel=name, outcome=outcome).inc()
    if outcome in DISBELIEVED:
        log.warning("callback_refused", channel=name, outcome=outcome, reason=reason)
        return channel.refuse()
    return channel.acknowledge()


def _act(channel: Channel, notice: Notice, record: Record, *, now: datetime) -> tuple[Outcome, str]:
    """Do what a believed callback asks for, and record it; of money taken in the transaction that books it."""
    if isinstance(notice, CaptureNotice):
        learnt = take_payment.learn(
            take_payment.captured_from(notice, channel=channel.name, source="webhook"),
            now=now,
            note=lambda learnt: record(outcome=learnt.outcome, reason=learnt.reason),
        )
        return learnt.outcome, learnt.reason
    if isinstance(notice, RefundNotice):
        outcome, reason = refund.learn_refund(notice, now=now)
    else:
        outcome, reason = Outcome.NOTED, notice.status
    with atomic():
        record(outcome=outcome, reason=reason)
    return outcome, reason


def _heard(notice: Notice) -> books.Heard:
    if isinstance(notice, CaptureNotice):
        return books.Heard(
            out_trade_no=notice.out_trade_no,
            channel_transaction_id=notice.channel_transaction_id,
            event_id=notice.event_id,
            amount_minor=notice.amount_minor,
            currency=notice.currency,
        )
    if isinstance(notice, RefundNotice):
        return books.Heard(
            out_trade_no=notice.refund.out_refund_no,
            channel_transaction_id=notice.channel_transaction_id,
            event_id=notice.event_id,
            amount_minor=notice.refund.amount_minor,
        )
    return books.Heard(out_trade_no=notice.out_trade_no, event_id=notice.event_id)
