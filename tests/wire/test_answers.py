"""Answers that were changed, swapped or replayed on their way: our clients believe none of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase, digits

import httpx
import pytest

from jishi.money.payments.channels.alipay_wire import answer_node
from jishi.money.payments.channels.signing import is_signed, private_key_of, public_key_of, sign
from jishi.money.payments.channels.types import (
    Channel,
    ChannelUnavailable,
    ChargeRef,
    ChargeStatus,
    RefundRequest,
    UnverifiedAnswer,
)
from simulators.testing import RunningSimulators
from tests.wire.small_shop import ChannelMaker, ChargeMaker, now

ALPHABET = f"{ascii_uppercase}{ascii_lowercase}{digits}+/"
Change = Callable[[httpx.Response], httpx.Response]


@dataclass(slots=True)
class Meddler(httpx.BaseTransport):
    """Sits on the line: lets requests through to the real server, and may change what comes back."""

    change: Change
    line: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.line.handle_request(request)
        answer.read()
        return self.change(answer)


def unchanged(answer: httpx.Response) -> httpx.Response:
    return answer


def rebuilt(answer: httpx.Response, content: bytes) -> httpx.Response:
    headers = [(name, value) for name, value in answer.headers.items() if name != "content-length"]
    return httpx.Response(answer.status_code, headers=headers, content=content)


@pytest.fixture(params=["alipay", "wechat"])
def meddled(request: pytest.FixtureRequest, make_channel: ChannelMaker) -> tuple[Channel, Meddler]:
    meddler = Meddler(unchanged)
    return make_channel(request.param, client=httpx.Client(transport=meddler)), meddler


def paid(simulators: RunningSimulators, channel: Channel, charge: ChargeMaker) -> ChargeRef:
    request = charge(7500)
    step = channel.start(request)
    simulators.control.buyer(step.redirect_url or step.qr_code or "", mode="drop")
    return request.ref


def test_no_byte_of_an_answer_can_be_changed(
    simulators_server: RunningSimulators, meddled: tuple[Channel, Meddler], charge: ChargeMaker
) -> None:
    channel, meddler = meddled
    ref = paid(simulators_server, channel, charge)
    original: list[httpx.Response] = []

    def keep(answer: httpx.Response) -> httpx.Response:
        original.append(rebuilt(answer, answer.content))
        return answer

    meddler.change = keep
    assert channel.query(ref).status is ChargeStatus.PAID
    content = original[0].content
    for at in range(0, len(content), 11):
        forged = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        meddler.change = lambda _, forged=forged: rebuilt(original[0], forged)  # type: ignore[misc]
        with pytest.raises(UnverifiedAnswer):
            channel.query(ref)


def test_a_true_answer_to_another_question_is_not_believed(
    simulators_server: RunningSimulators, meddled: tuple[Channel, Meddler], charge: ChargeMaker
) -> None:
    channel, meddler = meddled
    paid_ref = paid(simulators_server, channel, charge)
    unpaid = charge(7500)
    kept: list[httpx.Response] = []

    def keep(answer: httpx.Response) -> httpx.Response:
        kept.append(rebuilt(answer, answer.content))
        return answer

    meddler.change = keep
    capture = channel.query(paid_ref).capture
    assert capture is not None
    meddler.change = lambda _: kept[0]
    with pytest.raises(UnverifiedAnswer):
        channel.query(unpaid.ref)
    meddler.change = keep
    done = refund(channel, capture.channel_transaction_id, f"{paid_ref.out_trade_no}A")
    assert done == f"{paid_ref.out_trade_no}A"
    meddler.change = lambda _: kept[-1]
    with pytest.raises(UnverifiedAnswer):
        channel.query_refund(
            channel_transaction_id="4200000000202001010000000000", out_refund_no=f"{paid_ref.out_trade_no}B"
        )


def refund(channel: Channel, transaction_id: str, number: str) -> str:
    wish = RefundRequest(
        channel_transaction_id=transaction_id,
        out_refund_no=number,
        amount_minor=100,
        total_minor=7500,
        currency="CNY",
        reason="",
    )
    channel.refund(wish)
    return channel.query_refund(channel_transaction_id=transaction_id, out_refund_no=number).out_refund_no


@pytest.mark.parametrize("status", [302, 429, 500, 502])
def test_an_answer_of_the_way_is_no_answer_of_the_channel(
    simulators_server: RunningSimulators,
    meddled: tuple[Channel, Meddler],
    charge: ChargeMaker,
    status: int,
) -> None:
    channel, meddler = meddled
    ref = paid(simulators_server, channel, charge)
    meddler.change = lambda _: httpx.Response(status, text="<h1>gateway</h1>")
    with pytest.raises(ChannelUnavailable):
        channel.query(ref)


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_unsigned_no_is_not_believed(make_channel: ChannelMaker, charge: ChargeMaker, status: int) -> None:
    meddler = Meddler(lambda _: httpx.Response(status, json={"code": "ORDER_NOT_EXIST", "message": "forged"}))
    wechat = make_channel("wechat", client=httpx.Client(transport=meddler))
    with pytest.raises(UnverifiedAnswer):
        wechat.query(charge().ref)


def test_an_old_answer_is_not_believed(
    simulators_server: RunningSimulators, make_channel: ChannelMaker, charge: ChargeMaker
) -> None:
    ahead = timedelta(0)
    kept: list[httpx.Response] = []

    def replay(answer: httpx.Response) -> httpx.Response:
        kept.append(rebuilt(answer, answer.content))
        return kept[0]

    wechat = make_channel(
        "wechat", client=httpx.Client(transport=Meddler(replay)), clock=lambda: now() + ahead
    )
    ref = paid(simulators_server, make_channel("wechat"), charge)
    assert wechat.query(ref).status is ChargeStatus.PAID
    ahead = timedelta(minutes=6)
    with pytest.raises(UnverifiedAnswer):
        wechat.query(ref)


def test_only_the_signed_text_of_an_alipay_answer_counts(simulators_server: RunningSimulators) -> None:
    folder = simulators_server.keys.folder
    private = private_key_of((folder / "alipay_private.pem").read_text())
    public = public_key_of((folder / "alipay_public.pem").read_text())
    node, method = '{"code":"10000","note":"a \\"}\\" 茶","list":[{"x":1}]}', "alipay.trade.query"
    name, signature = "alipay_trade_query_response", sign(private, node)
    for text in (
        f'{{"{name}":{node},"sign":"{signature}"}}',
        f' {{ "sign" : "{signature}" , "{name}" : {node} }} ',
        f'{{"alipay_cert_sn":"x","{name}":{node},"sign":"{signature}"}}',
    ):
        assert answer_node(public, method, text)["list"] == [{"x": 1}]
    for text in (
        f'{{"{name}":{{"code":"10000"}},"{name}":{node},"sign":"{signature}"}}',
        f'{{"{name}":{node}}}',
        f'{{"{name}":{node},"sign":"{signature}"',
        f'{{"{name}":{node},"sign":"{signature}"}}{{}}',
        f'{{"{name}":[{node}],"sign":"{signature}"}}',
        f'{{"{name}": {node.replace("10000", "10001")},"sign":"{signature}"}}',
        f'{{"other":{node},"sign":"{signature}"}}',
        "",
        "[]",
        "<html>",
    ):
        with pytest.raises(UnverifiedAnswer):
            answer_node(public, method, text)


def test_keys_come_as_pem_or_as_bare_base64(simulators_server: RunningSimulators) -> None:
    folder = simulators_server.keys.folder
    private, public = ((folder / f"alipay_{kind}.pem").read_text() for kind in ("private", "public"))

    def bare(pem: str) -> str:
        return "".join(line for line in pem.splitlines() if not line.startswith("-----"))

    assert public_key_of(bare(public)) == public_key_of(public)
    assert private_key_of(bare(private)).public_key() == public_key_of(public)
    for reader, text in ((public_key_of, "nonsense"), (private_key_of, public), (public_key_of, private)):
        with pytest.raises(ValueError, match=r"\w"):
            reader(text)


def test_a_signature_has_one_spelling(simulators_server: RunningSimulators) -> None:
    folder = simulators_server.keys.folder
    private = private_key_of((folder / "alipay_private.pem").read_text())
    public = public_key_of((folder / "alipay_public.pem").read_text())
    signature = sign(private, "text")
    assert is_signed(public, "text", signature)
    last = ALPHABET[ALPHABET.index(signature[-3]) + 1]  # differs in bits that decoding drops
    assert not is_signed(public, "text", f"{signature[:-3]}{last}==")
    assert not is_signed(public, "text", f" {signature}")
    assert not is_signed(public, "text", f"{signature}\n")
