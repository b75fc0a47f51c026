"""Whatever comes in a channel's name: it is believed, or refused in words, and nothing else.

What is signed rightly and nonsense all the same is tried as well: keys leak, and companies make mistakes.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import strategies as st

from jishi.flows import hear_channel
from jishi.flows.tests.factories import captured, open_payment
from jishi.flows.tests.money import Connections
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.money.payments import services_channels
from jishi.money.payments.channels import alipay_wire, wechat_read
from jishi.money.payments.channels.types import CaptureNotice, ForgedCallback, UnverifiedAnswer
from jishi.money.payments.types import ChannelName
from jishi.trade.orders.tests.factories import OrderWish, make_trade
from simulators.keys import private_key
from simulators.settings import Settings as SimulatorSettings
from simulators.signing import rsa_sign, seal
from simulators.testing import RunningSimulators
from simulators.wechat.wire import signature_headers
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, spoilt_fields, texts, values
from tests.wire.small_shop import wechat_account

pytestmark = pytest.mark.django_db

SALT = "salt-of-a-test"
# What a word about money may never move unless it is true: everything but the record of what was said.
UNMOVED = """
SELECT (SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM payments_payment p),
       (SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM payments_attempt a),
       (SELECT md5(string_agg(o::text, '|' ORDER BY id)) FROM orders_order o),
       (SELECT count(*) FROM payments_capture), (SELECT count(*) FROM payments_refund),
       (SELECT count(*) FROM ledger_journal), (SELECT count(*) FROM shipping_parcel)
"""


@pytest.fixture
def simulator(simulators_server: RunningSimulators) -> SimulatorSettings:
    """Give the keys with which the companies sign."""
    return SimulatorSettings(
        keys=simulators_server.keys, accounts=simulators_server.accounts, shop_url=simulators_server.url
    )


@pytest.fixture
def waiting(channels: Connections, monkeypatch: pytest.MonkeyPatch) -> str:
    """A trade that waits for its money; give the number of its attempt."""
    monkeypatch.setattr(services_channels, "connected", lambda: channels)
    trade = make_trade([OrderWish()], now=clock.now())
    open_payment(trade.id, now=clock.now())
    return captured(trade.id, now=clock.now()).out_trade_no


def hear(name: ChannelName, headers: Mapping[str, str], body: bytes) -> int:
    return hear_channel.hear(name=name, headers=headers, body=body, now=clock.now()).status


# -- Alipay ------------------------------------------------------------------------------------------------


def alipay_notice(app_id: str, number: str) -> dict[str, str]:
    """Return a callback as Alipay writes it, of one fen: never what the trade costs."""
    moment = clock.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return {
        "notify_id": "2026113000222180000000000001", "notify_time": moment, "notify_type": "trade_status_sync",
        "app_id": app_id, "seller_id": "2088102146225135", "out_trade_no": number, "trade_no": "2026113022001",
        "trade_status": "TRADE_SUCCESS", "total_amount": "0.01", "gmt_payment": moment, "charset": "utf-8",
        "version": "1.0",
    }  # fmt: skip


@EXAMPLES
def test_alipay_callbacks_that_are_signed_and_nonsense(
    waiting: str, simulators_server: RunningSimulators, examples: int, figures: Figures
) -> None:
    key = private_key(simulators_server.keys.folder / "alipay_private.pem")
    capture = alipay_notice(simulators_server.accounts.alipay_app_id, waiting)
    refund = capture | {"refund_fee": "0.01", "out_biz_no": "R1", "gmt_refund": capture["gmt_payment"]}
    writable = texts.filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text))
    before = rows(UNMOVED)

    def suffer(fields: dict[str, str]) -> None:
        signed = {name: value for name, value in fields.items() if name not in ("sign", "sign_type")}
        signature = rsa_sign(key, alipay_wire.pairs_text(signed).encode())
        body = urlencode({**signed, "sign_type": "RSA2", "sign": signature}).encode()
        assert hear(ChannelName.ALIPAY, {}, body) in (200, 400)

    wrong = st.one_of(spoilt_fields(capture, writable), spoilt_fields(refund, writable))
    attack(
        "callbacks, Alipay, signed",
        wrong.filter(lambda fields: all("\ud800" not in name for name in fields)),
        examples,
        figures,
        suffer,
    )
    assert rows(UNMOVED) == before


@EXAMPLES
def test_alipay_callbacks_that_were_tampered_with(
    waiting: str, simulators_server: RunningSimulators, examples: int, figures: Figures
) -> None:
    key = private_key(simulators_server.keys.folder / "alipay_private.pem")
    fields = alipay_notice(simulators_server.accounts.alipay_app_id, waiting)
    signature = rsa_sign(key, alipay_wire.pairs_text(fields).encode())
    genuine = urlencode({**fields, "sign_type": "RSA2", "sign": signature}).encode()
    before = rows(UNMOVED)

    attack(
        "callbacks, Alipay, tampered with",
        spoilt([genuine]),
        examples,
        figures,
        lambda body: _in(hear(ChannelName.ALIPAY, {}, body), 200, 400),
    )
    assert rows(UNMOVED) == before


def _in(status: int, *allowed: int) -> None:
    assert status in allowed, status


@EXAMPLES
def test_alipay_answers(simulators_server: RunningSimulators, examples: int, figures: Figures) -> None:
    key = private_key(simulators_server.keys.folder / "alipay_private.pem")
    node = json.dumps({"code": "10000", "msg": "Success", "trade_no": "1", "total_amount": "0.01"})
    answer = f'{{"alipay_trade_query_response":{node},"sign":"{rsa_sign(key, node.encode())}"}}'.encode()

    def suffer(body: bytes) -> None:
        try:
            alipay_wire.answer_node(key.public_key(), "alipay.trade.query", body.decode("utf-8", "replace"))
        except UnverifiedAnswer:
            return

    deep = [answer, b'{"alipay_trade_query_response":' + b"[" * 3_000, b"{" + answer]
    attack("answers, Alipay", spoilt(deep), examples, figures, suffer)


# -- WeChat Pay --------------------------------------------------------------------------------------------


def wechat_transaction(simulator: SimulatorSettings, number: str) -> dict[str, Any]:
    """Return the resource of a callback, of one fen."""
    accounts = simulator.accounts
    return {
        "appid": accounts.wechat_appid, "mchid": accounts.wechat_mchid, "out_trade_no": number,
        "transaction_id": "4200001", "trade_state": "SUCCESS", "success_time": "2026-11-30T10:00:00+08:00",
        "amount": {"total": 1, "currency": "CNY"}, "payer": {"openid": "o-1"},
    }  # fmt: skip


def wechat_combined(simulator: SimulatorSettings, number: str) -> dict[str, Any]:
    """Return the resource of a combined payment's callback."""
    order = wechat_transaction(simulator, f"{number}P0") | {"amount": {"total_amount": 1, "currency": "CNY"}}
    accounts = simulator.accounts
    return {
        "combine_appid": accounts.wechat_appid, "combine_mchid": accounts.wechat_mchid,
        "combine_out_trade_no": number, "sub_orders": [order, order | {"out_trade_no": f"{number}P1"}],
    }  # fmt: skip


def wechat_refund(simulator: SimulatorSettings, number: str) -> dict[str, Any]:
    """Return the resource of a refund's callback."""
    return {
        "mchid": simulator.accounts.wechat_mchid, "transaction_id": "4200001", "out_trade_no": number,
        "refund_id": "5000001", "out_refund_no": "R1", "refund_status": "SUCCESS",
        "success_time": "2026-11-30T10:00:00+08:00", "amount": {"total": 1, "refund": 1},
    }  # fmt: skip


def envelope_of(simulator: SimulatorSettings, resource: Any, event_type: Any) -> bytes:
    """Seal a resource as WeChat Pay does, whatever it is."""
    text, nonce = seal(simulator.keys.wechat_api_v3_key, json.dumps(resource).encode(), "transaction")
    sealed = {
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": text, "nonce": nonce, "associated_data": "transaction"
    }  # fmt: skip
    return json.dumps({"id": "EV-1", "event_type": event_type, "resource": sealed}).encode()


@EXAMPLES
def test_wechat_callbacks_that_are_sealed_signed_and_nonsense(
    waiting: str, simulator: SimulatorSettings, examples: int, figures: Figures
) -> None:
    kinds = {
        "TRANSACTION.SUCCESS": [wechat_transaction(simulator, waiting), wechat_combined(simulator, waiting)],
        "REFUND.SUCCESS": [wechat_refund(simulator, waiting)],
    }
    before = rows(UNMOVED)

    def suffer(said: tuple[Any, Any]) -> None:
        body = envelope_of(simulator, *said)
        assert hear(ChannelName.WECHAT, signature_headers(simulator, body, clock.now()), body) in (200, 400)

    resources = [
        st.tuples(spoilt_fields(genuine, values), st.just(event))
        for event, several in kinds.items()
        for genuine in several
    ]
    attack(
        "callbacks, WeChat Pay, sealed",
        st.one_of(*resources, st.tuples(values, texts)),
        examples,
        figures,
        suffer,
    )
    assert rows(UNMOVED) == before


@EXAMPLES
def test_wechat_envelopes_headers_and_signatures(
    waiting: str, simulator: SimulatorSettings, examples: int, figures: Figures
) -> None:
    genuine = envelope_of(simulator, wechat_transaction(simulator, waiting), "TRANSACTION.SUCCESS")
    headers = signature_headers(simulator, genuine, clock.now())
    envelope = json.loads(genuine)
    before = rows(UNMOVED)

    def suffer(said: tuple[bytes, dict[str, str], bool]) -> None:
        body, spoilt_headers, is_signed = said
        sent = signature_headers(simulator, body, clock.now()) if is_signed else spoilt_headers
        assert hear(ChannelName.WECHAT, sent, body) in (200, 400)

    bodies = st.one_of(
        spoilt([genuine]),
        st.one_of(spoilt_fields(envelope, values), values).map(lambda one: json.dumps(one).encode()),
    )
    attack(
        "callbacks, WeChat Pay, envelopes and headers",
        st.tuples(bodies, spoilt_fields(headers, texts), st.booleans()),
        examples,
        figures,
        suffer,
    )
    assert rows(UNMOVED) == before


@EXAMPLES
def test_wechat_answers(
    simulators_server: RunningSimulators, simulator: SimulatorSettings, examples: int, figures: Figures
) -> None:
    account = wechat_account(simulators_server)
    paid = wechat_transaction(simulator, "T1")
    combined = wechat_combined(simulator, "T1")
    back = {**wechat_refund(simulator, "T1"), "status": "SUCCESS"}

    def suffer(answer: dict[str, Any]) -> None:
        for read in (
            lambda: wechat_read.charge_state(answer, account),
            lambda: wechat_read.refund_state(answer),
        ):
            try:
                read()
            except UnverifiedAnswer:
                continue

    wrong = st.one_of(*(spoilt_fields(one, values) for one in (paid, combined, back)))
    attack("answers, WeChat Pay", wrong, examples, figures, suffer)


def test_the_genuine_one_is_believed(
    waiting: str, simulator: SimulatorSettings, channels: Connections
) -> None:
    """Or the tests above would prove nothing: what they spoil is read when it is whole."""
    body = envelope_of(simulator, wechat_transaction(simulator, waiting), "TRANSACTION.SUCCESS")
    wechat, alipay = (channels[name].channel for name in (ChannelName.WECHAT, ChannelName.ALIPAY))
    assert isinstance(
        wechat.parse_callback(signature_headers(simulator, body, clock.now()), body), CaptureNotice
    )
    with pytest.raises(ForgedCallback):
        alipay.parse_callback({}, body)
