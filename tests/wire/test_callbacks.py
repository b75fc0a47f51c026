"""Callbacks: true ones are read alike in both channels, false ones change nothing."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from jishi.money.payments.channels.types import (
    BadSignature,
    CallbackReply,
    CaptureNotice,
    Channel,
    ChannelName,
    ChargeStatus,
    ForgedCallback,
    Malformed,
    RefundNotice,
    RefundProgress,
    RefundRequest,
    StaleTimestamp,
    WrongMerchant,
)
from simulators.testing import RunningSimulators
from tests.wire.small_shop import ChannelMaker, ChargeMaker, Received, Shop, now

NOT_NOW = CallbackReply(status=500, content_type="text/plain", body=b"try later")


def begun(simulators: RunningSimulators, channel: Channel, charge: ChargeMaker, *amounts: int) -> str:
    """Open a charge and let the buyer see its cashier; return its number."""
    request = charge(*amounts)
    step = channel.start(request)
    simulators.control.buyer(step.redirect_url or step.qr_code or "", "fail")
    return request.out_trade_no


def notices(channel: Channel, shop: Shop) -> list[CaptureNotice]:
    read = [channel.parse_callback(each.headers, each.body) for each in shop.received]
    assert all(isinstance(notice, CaptureNotice) for notice in read)
    return [notice for notice in read if isinstance(notice, CaptureNotice)]


@pytest.mark.parametrize("amounts", [(7500,), (5000, 2500)])
def test_a_callback_says_what_a_query_says(
    simulators_server: RunningSimulators,
    channel: Channel,
    charge: ChargeMaker,
    shop: Shop,
    amounts: tuple[int, ...],
) -> None:
    shop.reply = channel.acknowledge()
    request = charge(*amounts)
    step = channel.start(request)
    simulators_server.control.buyer(step.redirect_url or step.qr_code or "")
    (notice,) = notices(channel, shop)
    asked = channel.query(request.ref).capture
    assert asked is not None
    for name in (
        "out_trade_no",
        "channel_transaction_id",
        "amount_minor",
        "currency",
        "merchant_account",
        "parts",
    ):
        assert getattr(notice, name) == getattr(asked, name)
    assert notice.paid_at.replace(microsecond=0) == asked.paid_at.replace(microsecond=0)
    assert notice.event_id
    (callback,) = simulators_server.control.callbacks(request.out_trade_no)
    assert (callback["state"], len(callback["attempts"])) == ("delivered", 1)


def test_a_callback_comes_again_until_it_is_acknowledged(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = NOT_NOW
    number = begun(simulators_server, channel, charge, 7500)
    simulators_server.control.pay(number)
    shop.reply = channel.refuse()
    (given_up,) = simulators_server.control.settle(number, for_good=True)
    assert given_up["state"] == "given_up"
    shop.reply = channel.acknowledge()
    (sent_again,) = simulators_server.control.resend(number)
    assert sent_again["state"] == "delivered"
    assert {attempt["status"] for attempt in sent_again["attempts"]} >= {400, 200}
    read = notices(channel, shop)
    assert len(read) >= 3
    assert len({notice.event_id for notice in read}) == 1


def test_a_dropped_callback_leaves_the_query(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    request = charge(5000, 2500)
    step = channel.start(request)
    simulators_server.control.buyer(step.redirect_url or step.qr_code or "", mode="drop")
    assert shop.received == []
    assert channel.query(request.ref).status is ChargeStatus.PAID


def test_a_repeated_callback_is_one_event(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    number = begun(simulators_server, channel, charge, 5000, 2500)
    simulators_server.control.pay(number, mode="repeat")
    read = notices(channel, shop)
    assert len(read) == 3
    assert len({(notice.event_id, notice.channel_transaction_id) for notice in read}) == 1
    assert shop.received[0] == shop.received[1]  # a copy to the byte
    assert shop.received[1] != shop.received[2] or channel.name is ChannelName.ALIPAY  # signed anew


def test_callbacks_may_come_out_of_order(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    simulators_server.control.set_callback_mode("reorder")
    number = begun(simulators_server, channel, charge, 7500)
    simulators_server.control.pay_twice(number)
    assert shop.received == []
    assert simulators_server.control.release() == 2
    (payment,) = simulators_server.control.payments(number)
    first, second = (next(iter(capture["transaction_ids"].values())) for capture in payment["captures"])
    assert [notice.channel_transaction_id for notice in notices(channel, shop)] == [second, first]


FORGERIES: dict[str, type[ForgedCallback]] = {
    "forge_signature": BadSignature,
    "forge_merchant": WrongMerchant,
    "old_timestamp": StaleTimestamp,
}


@pytest.mark.parametrize("how", FORGERIES)
@pytest.mark.parametrize("amounts", [(7500,), (5000, 2500)])
def test_a_forged_callback_is_refused(
    simulators_server: RunningSimulators,
    channel: Channel,
    charge: ChargeMaker,
    shop: Shop,
    how: str,
    amounts: tuple[int, ...],
) -> None:
    shop.reply = channel.refuse()
    number = begun(simulators_server, channel, charge, *amounts)
    callback = simulators_server.control.forge(number, how)
    assert callback["state"] == "refused"
    (received,) = shop.received
    with pytest.raises(FORGERIES[how]):
        channel.parse_callback(received.headers, received.body)


@pytest.mark.parametrize("amounts", [(7500,), (5000, 2500)])
def test_a_wrong_amount_or_currency_shows(
    simulators_server: RunningSimulators,
    channel: Channel,
    charge: ChargeMaker,
    shop: Shop,
    amounts: tuple[int, ...],
) -> None:
    shop.reply = channel.refuse()
    number = begun(simulators_server, channel, charge, *amounts)
    simulators_server.control.forge(number, "forge_amount")
    simulators_server.control.forge(number, "forge_currency")
    wrong_amount, wrong_currency = notices(channel, shop)
    assert (wrong_amount.out_trade_no, wrong_amount.currency) == (number, "CNY")
    assert wrong_amount.amount_minor < 7500
    assert (wrong_currency.amount_minor, wrong_currency.currency) == (7500, "USD")


def captured(simulators: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop) -> Received:
    shop.reply = channel.acknowledge()
    number = begun(simulators, channel, charge, 7500)
    simulators.control.pay(number)
    return shop.received[0]


@pytest.mark.parametrize(
    ("name", "age"),
    [("wechat", timedelta(minutes=6)), ("wechat", timedelta(minutes=-6)), ("alipay", timedelta(days=2))],
)
def test_a_replay_is_refused(
    simulators_server: RunningSimulators,
    make_channel: ChannelMaker,
    charge: ChargeMaker,
    shop: Shop,
    name: str,
    age: timedelta,
) -> None:
    received = captured(simulators_server, make_channel(name), charge, shop)
    later = make_channel(name, clock=lambda: now() + age)
    with pytest.raises(StaleTimestamp):
        later.parse_callback(received.headers, received.body)


@pytest.mark.parametrize(("name", "age"), [("wechat", timedelta(minutes=4)), ("alipay", timedelta(hours=25))])
def test_a_repetition_in_time_is_honest(
    simulators_server: RunningSimulators,
    make_channel: ChannelMaker,
    charge: ChargeMaker,
    shop: Shop,
    name: str,
    age: timedelta,
) -> None:
    received = captured(simulators_server, make_channel(name), charge, shop)
    later = make_channel(name, clock=lambda: now() + age)
    assert isinstance(later.parse_callback(received.headers, received.body), CaptureNotice)


def test_no_byte_of_a_callback_can_be_changed(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    received = captured(simulators_server, channel, charge, shop)
    for at in range(0, len(received.body), 7):
        changed = received.body[:at] + bytes([received.body[at] ^ 1]) + received.body[at + 1 :]
        with pytest.raises(ForgedCallback):
            channel.parse_callback(received.headers, changed)


def test_headers_in_any_case_are_read(
    simulators_server: RunningSimulators, make_channel: ChannelMaker, charge: ChargeMaker, shop: Shop
) -> None:
    wechat = make_channel("wechat")
    received = captured(simulators_server, wechat, charge, shop)
    for change in (str.lower, str.upper):
        headers = {change(name): value for name, value in received.headers.items()}
        assert isinstance(wechat.parse_callback(headers, received.body), CaptureNotice)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "serial"])
def test_no_header_of_a_callback_can_be_changed(
    simulators_server: RunningSimulators,
    make_channel: ChannelMaker,
    charge: ChargeMaker,
    shop: Shop,
    name: str,
) -> None:
    wechat = make_channel("wechat")
    received = captured(simulators_server, wechat, charge, shop)
    headers = {key.lower(): value for key, value in received.headers.items()}
    value = headers[f"wechatpay-{name}"]
    for changed in (value[:-1] + ("0" if value[-1] != "0" else "1"), "", "9" * 30):
        with pytest.raises(ForgedCallback):
            wechat.parse_callback(headers | {f"wechatpay-{name}": changed}, received.body)
    missing = {key: kept for key, kept in headers.items() if key != f"wechatpay-{name}"}
    with pytest.raises(Malformed):
        wechat.parse_callback(missing, received.body)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"sign", b"sign=a&sign=b", b"\xff\xfe", b"a=%FF&sign=x", b"[1]", b"null"]
)
def test_nonsense_is_refused(channel: Channel, body: bytes) -> None:
    with pytest.raises(ForgedCallback):
        channel.parse_callback({}, body)


Change = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields | {"total_amount": "0.01"},
        lambda fields: fields | {"sign_type": "RSA"},
        lambda fields: fields | {"extra": "1"},
        lambda fields: {name: value for name, value in fields.items() if name != "app_id"},
        lambda fields: {name: value for name, value in fields.items() if name != "sign"},
    ],
)
def test_no_field_of_an_alipay_callback_can_be_changed(
    simulators_server: RunningSimulators,
    make_channel: ChannelMaker,
    charge: ChargeMaker,
    shop: Shop,
    change: Change,
) -> None:
    alipay = make_channel("alipay")
    received = captured(simulators_server, alipay, charge, shop)
    fields = change(dict(parse_qsl(received.body.decode())))
    with pytest.raises(ForgedCallback):
        alipay.parse_callback({}, urlencode(fields).encode())


def test_a_refund_is_told_too(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    request = charge(5000, 2500)
    step = channel.start(request)
    simulators_server.control.buyer(step.redirect_url or step.qr_code or "")
    (capture,) = notices(channel, shop)
    first = request.parts[0]
    transaction_id = capture.transaction_id_of(first.out_trade_no)
    shop.received.clear()
    channel.refund(
        RefundRequest(
            channel_transaction_id=transaction_id,
            out_refund_no=f"{first.out_trade_no}R",
            amount_minor=1200,
            total_minor=7500 if channel.name is ChannelName.ALIPAY else 5000,
            currency="CNY",
            reason="七天无理由",
            notify_url=f"{shop.url}/notify",
        )
    )
    simulators_server.control.settle(request.out_trade_no)
    (received,) = shop.received
    notice = channel.parse_callback(received.headers, received.body)
    assert isinstance(notice, RefundNotice)
    assert notice.channel_transaction_id == transaction_id
    assert (notice.refund.out_refund_no, notice.refund.status) == (
        f"{first.out_trade_no}R",
        RefundProgress.DONE,
    )


def test_a_way_back_without_a_number_is_refused(make_channel: ChannelMaker) -> None:
    for name in ("alipay", "wechat"):
        with pytest.raises(ForgedCallback):
            make_channel(name).parse_return({})
    with pytest.raises(ForgedCallback):
        make_channel("alipay").parse_return({"out_trade_no": "T000000001", "sign": "x", "sign_type": "RSA2"})
    assert make_channel("wechat").parse_return({"out_trade_no": "T000000001"}) == "T000000001"
