"""Our clients and the simulators agree, in both channels alike, on everything a payment can go through."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from jishi.money.payments.channels.alipay import AlipayChannel
from jishi.money.payments.channels.types import (
    BillKind,
    CaptureNotice,
    Channel,
    ChannelName,
    ChannelRefused,
    ChannelUnavailable,
    ChargeRequest,
    ChargeStatus,
    Part,
    RefundRequest,
    UnverifiedAnswer,
)
from simulators.clock import CHINA_TIME
from simulators.testing import RunningSimulators
from tests.wire.buying import done, pay, refund_of, step_text
from tests.wire.small_shop import ChannelMaker, ChargeMaker, Shop, alipay_account, now


def test_one_payment_for_two_merchants(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(5000, 2500)
    capture = pay(simulators_server, channel, request)
    assert (capture.amount_minor, capture.currency) == (7500, "CNY")
    assert capture.out_trade_no == request.out_trade_no
    assert abs(capture.paid_at - datetime.now(UTC)) < timedelta(minutes=1)
    ids = {capture.transaction_id_of(part.out_trade_no) for part in request.parts}
    assert len(ids) == (1 if channel.name is ChannelName.ALIPAY else 2)


def test_a_single_part_needs_no_combination(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(1)
    capture = pay(simulators_server, channel, request)
    assert capture.parts == ()
    assert capture.transaction_id_of(request.parts[0].out_trade_no) == capture.channel_transaction_id


@pytest.mark.parametrize("amounts", [(100,), (100, 200)])
def test_a_phone_is_sent_to_the_cashier(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, amounts: tuple[int, ...]
) -> None:
    request = charge(*amounts, client="phone")
    step = channel.start(request)
    assert step.kind == "redirect"
    assert step.redirect_url
    address, query = step.redirect_url.partition("?")[::2]
    assert address.startswith(simulators_server.url)
    assert any(value.startswith(request.return_url) for _, value in parse_qsl(query))
    assert pay(simulators_server, channel, request).amount_minor == sum(amounts)


def test_an_unpaid_charge_waits(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    step = channel.start(request)
    if channel.name is ChannelName.ALIPAY:  # nothing exists before a browser opens the cashier
        assert channel.query(request.ref).status is ChargeStatus.NOT_FOUND
        assert httpx.get(step_text(step)).status_code == httpx.codes.FOUND
    state = channel.query(request.ref)
    assert (state.status, state.capture) == (ChargeStatus.WAITING, None)


def test_starting_again_leads_to_the_same_charge(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(5000, 2500)
    first, second = step_text(channel.start(request)), step_text(channel.start(request))
    simulators_server.control.buyer(first)
    (payment,) = simulators_server.control.payments(request.out_trade_no)
    assert len(payment["captures"]) == 1
    with pytest.raises(AssertionError, match="ORDERPAID"):
        simulators_server.control.buyer(second)


def test_one_number_never_means_two_amounts(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request, other = charge(5000), charge(4000)
    forged = ChargeRequest(
        out_trade_no=request.out_trade_no,
        parts=other.parts,
        amount_minor=other.amount_minor,
        currency="CNY",
        subject=other.subject,
        expires_at=other.expires_at,
        notify_url=other.notify_url,
        return_url=other.return_url,
    )
    first = step_text(channel.start(request))
    if channel.name is ChannelName.WECHAT:
        with pytest.raises(ChannelRefused, match="OUT_TRADE_NO_USED"):
            channel.start(forged)
        return
    assert httpx.get(first).status_code == httpx.codes.FOUND
    answer = httpx.get(step_text(channel.start(forged)))
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "ACQ.CONTEXT_INCONSISTENT" in answer.text


def test_an_unknown_charge_is_told_apart(channel: Channel, charge: ChargeMaker) -> None:
    for request in (charge(1), charge(1, 2)):
        assert channel.query(request.ref).status is ChargeStatus.NOT_FOUND
        channel.close(request.ref)  # nothing to close is no error


@pytest.mark.parametrize("amounts", [(5000,), (5000, 2500)])
def test_a_closed_charge_cannot_be_paid(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, amounts: tuple[int, ...]
) -> None:
    request = charge(*amounts)
    step = step_text(channel.start(request))
    httpx.get(step) if step.startswith("http") else None
    channel.close(request.ref)
    channel.close(request.ref)  # again is no error
    assert channel.query(request.ref).status is ChargeStatus.CLOSED
    with pytest.raises(AssertionError, match="ORDER_CLOSED"):
        simulators_server.control.pay(request.out_trade_no)


def test_a_paid_charge_cannot_be_closed(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(5000, 2500)
    pay(simulators_server, channel, request)
    with pytest.raises(ChannelRefused):
        channel.close(request.ref)
    assert channel.query(request.ref).status is ChargeStatus.PAID


def test_a_failed_attempt_can_be_repeated(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    simulators_server.control.buyer(step_text(channel.start(request)), "fail")
    expected = ChargeStatus.WAITING if channel.name is ChannelName.ALIPAY else ChargeStatus.FAILED
    assert channel.query(request.ref).status is expected
    assert pay(simulators_server, channel, request).amount_minor == request.amount_minor


def test_money_may_arrive_after_closing(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    request = charge(5000, 2500)
    simulators_server.control.buyer(step_text(channel.start(request)), "pay-late")
    assert channel.query(request.ref).status is ChargeStatus.WAITING
    channel.close(request.ref)
    simulators_server.control.settle(request.out_trade_no)
    assert channel.query(request.ref).status is ChargeStatus.PAID
    assert len(shop.received) == 1


@pytest.fixture
def later(simulators_server: RunningSimulators) -> Iterator[RunningSimulators]:
    """Give simulators of which business time may be moved; it is brought back afterwards."""
    yield simulators_server
    simulators_server.control.reset()


def test_a_charge_expires(later: RunningSimulators, channel: Channel, charge: ChargeMaker) -> None:
    request, late = charge(5000, minutes=30), charge(6000, minutes=30)
    later.control.buyer(step_text(channel.start(request)), "fail")
    later.control.buyer(step_text(channel.start(late)), "pay-late")
    later.control.advance(31 * 60)
    assert channel.query(request.ref).status is ChargeStatus.CLOSED
    assert channel.query(late.ref).status is ChargeStatus.PAID


def test_a_second_capture_has_a_transaction_of_its_own(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    request = charge(5000, 2500)
    simulators_server.control.buyer(step_text(channel.start(request)), "pay-twice")
    notices = [channel.parse_callback(each.headers, each.body) for each in shop.received]
    captures = [notice for notice in notices if isinstance(notice, CaptureNotice)]
    assert [capture.out_trade_no for capture in captures] == [request.out_trade_no] * 2
    assert len({capture.channel_transaction_id for capture in captures}) == 2
    for index, capture in enumerate(captures):
        for part in request.parts if channel.name is ChannelName.WECHAT else request.parts[:1]:
            transaction_id = capture.transaction_id_of(part.out_trade_no)
            amount = part.amount_minor if channel.name is ChannelName.WECHAT else request.amount_minor
            wish = RefundRequest(
                channel_transaction_id=transaction_id,
                out_refund_no=f"{part.out_trade_no}S{index}",
                amount_minor=amount,
                total_minor=amount,
                currency="CNY",
                reason="重复支付",
            )
            channel.refund(wish)
            assert done(channel, wish)


@pytest.mark.parametrize("operation", ["query", "query_refund", "refund", "close", "bill"])
def test_an_answer_that_is_not_the_channels_says_nothing(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, operation: str
) -> None:
    request = charge()
    wish = refund_of(pay(simulators_server, channel, request), request, 1, "R")
    calls: dict[str, Callable[[], object]] = {
        "query": lambda: channel.query(request.ref),
        "query_refund": lambda: channel.query_refund(
            channel_transaction_id=wish.channel_transaction_id, out_refund_no=wish.out_refund_no
        ),
        "refund": lambda: channel.refund(wish),
        "close": lambda: channel.close(request.ref),
        "bill": lambda: list(channel.download_bill(datetime.now(CHINA_TIME).date())),
    }
    simulators_server.control.fail_next(operation, "bad_signature")
    with pytest.raises(UnverifiedAnswer):
        calls[operation]()


def test_a_channel_that_is_away_is_unavailable(make_channel: ChannelMaker, charge: ChargeMaker) -> None:
    class Away(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("no answer", request=request)

    for name in ("alipay", "wechat"):
        away = make_channel(name, client=httpx.Client(transport=Away()))
        with pytest.raises(ChannelUnavailable):
            away.query(charge().ref)


def test_the_bill_lists_every_capture_and_refund(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    day = datetime.now(CHINA_TIME).date()
    request = charge(5000, 2500, subject="瓷器, 茶具 “好”")
    capture = pay(simulators_server, channel, request)
    wish = refund_of(capture, request, 1200, "R")
    channel.refund(wish)
    numbers = {request.out_trade_no, *(part.out_trade_no for part in request.parts)}
    rows = [row for row in channel.download_bill(day) if row.out_trade_no in numbers]
    paid = [row for row in rows if row.kind is BillKind.PAYMENT]
    (refunded,) = [row for row in rows if row.kind is BillKind.REFUND]
    assert sum(row.amount_minor for row in paid) == 7500
    assert sum(row.fee_minor for row in paid) == 45
    assert {row.channel_transaction_id for row in paid} == {
        capture.transaction_id_of(part.out_trade_no) for part in request.parts
    }
    assert refunded.out_refund_no == wish.out_refund_no
    assert refunded.channel_transaction_id == wish.channel_transaction_id
    assert (refunded.amount_minor, refunded.fee_minor, refunded.currency) == (1200, -7, "CNY")


class Company(httpx.BaseTransport):
    """A company whose gateway speaks TLS; what it does when its bills are asked for over TLS, `bills` says."""

    def __init__(self, bills: Callable[[], None]) -> None:
        self.bills = bills
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            self.asked.append(request.url.scheme)
            if request.url.scheme == "https":
                self.bills()
        request.url = request.url.copy_with(scheme="http")
        with httpx.HTTPTransport() as line:
            answer = line.handle_request(request)
            answer.read()
            return answer


def _bill_over_tls(simulators: RunningSimulators, bills: Callable[[], None]) -> list[str]:
    """Fetch a bill from a gateway that speaks TLS and names an http address; return how it was asked for."""
    account = alipay_account(simulators)
    assert account.gateway_url.startswith("http:")
    company = Company(bills)
    with httpx.Client(transport=company) as http:
        gateway = account.gateway_url.replace("http:", "https:")
        channel = AlipayChannel(replace(account, gateway_url=gateway), http=http, clock=now)
        list(channel.download_bill(datetime.now(CHINA_TIME).date()))
    return company.asked


def test_a_bill_travels_over_tls_when_somebody_listens(simulators_server: RunningSimulators) -> None:
    def refuse() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            httpx.get(f"https://127.0.0.1:{closed.getsockname()[1]}", trust_env=False)

    assert _bill_over_tls(simulators_server, lambda: None) == ["https"]
    assert _bill_over_tls(simulators_server, refuse) == ["https", "http"]


def test_a_bill_does_not_travel_in_clear_because_tls_fails(simulators_server: RunningSimulators) -> None:
    def speak_no_tls() -> None:
        httpx.get(simulators_server.url.replace("http:", "https:"), trust_env=False)

    with pytest.raises(ChannelUnavailable):
        _bill_over_tls(simulators_server, speak_no_tls)


def test_a_day_without_business_has_an_empty_bill(channel: Channel) -> None:
    assert list(channel.download_bill(datetime(2020, 2, 2, tzinfo=UTC).date())) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "short"},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "T-000001"},
        {"amount_minor": 7501},
        {"parts": ()},
        {"parts": (Part(out_trade_no="P000001", amount_minor=0),), "amount_minor": 0},
        {"parts": (Part(out_trade_no="P000001", amount_minor=1),) * 2, "amount_minor": 2},
        {"parts": (Part(out_trade_no="P000001", amount_minor=10**11),), "amount_minor": 10**11},
        {"return_url": "http://shop.example/return?payment=1"},
        {"expires_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_charge_of_the_wrong_shape_is_never_sent(charge: ChargeMaker, changes: dict[str, object]) -> None:
    good = charge(7500)
    fields = {name: getattr(good, name) for name in ChargeRequest.__dataclass_fields__} | changes
    with pytest.raises(ValueError, match=r"\w"):
        ChargeRequest(**fields)


def test_another_currency_is_refused(channel: Channel, charge: ChargeMaker) -> None:
    request = charge()
    dollars = ChargeRequest(
        out_trade_no=request.out_trade_no,
        parts=request.parts,
        amount_minor=request.amount_minor,
        currency="USD",
        subject=request.subject,
        expires_at=request.expires_at,
        notify_url=request.notify_url,
        return_url=request.return_url,
    )
    with pytest.raises(ChannelRefused, match="CURRENCY"):
        channel.start(dollars)


def test_a_step_leads_to_the_simulator(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    step = channel.start(charge())
    if channel.name is ChannelName.ALIPAY:
        assert step.redirect_url
        assert urlsplit(step.redirect_url).netloc == urlsplit(simulators_server.url).netloc
    else:
        assert step.qr_code
        assert step.qr_code.startswith("weixin://")
