"""Whatever partners answer when the shop asks: a value of ours, or the partner's own error, and nothing else.

A partner that was taken over, or has a bad day, answers as well as it calls; the callbacks stand in
`test_fuzz_channels.py` and `test_fuzz_carriers.py`.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import strategies as st

from jishi.identity.notifications.sms import SmsClient, SmsError, SmsSettings, SmsUnavailable
from jishi.kernel import clock
from jishi.money.payments.channels.alipay import AlipayChannel
from jishi.money.payments.channels.types import Channel, ChannelError, ChargeRef, RefundRequest
from jishi.money.payments.channels.wechat import WechatChannel
from jishi.trade.shipping.carriers.kuaidi100 import Kuaidi100Account, Kuaidi100Carrier
from jishi.trade.shipping.carriers.types import (
    CarrierError,
    CarrierUnavailable,
    Contact,
    LabelRequest,
    Subscription,
)
from simulators.keys import private_key
from simulators.settings import Accounts
from simulators.settings import Settings as SimulatorSettings
from simulators.signing import rsa_sign
from simulators.testing import RunningSimulators
from simulators.wechat.wire import signature_headers
from tests.security.hostile import EXAMPLES, Figures, attack, spoilt, spoilt_fields, values
from tests.security.test_bad_input import spoilt as replaced
from tests.wire.small_shop import alipay_account, wechat_account

NUMBER = "SF0000000001"


@dataclass(slots=True)
class Partner(httpx.BaseTransport):
    """A line at whose other end somebody answers whatever he likes."""

    body: bytes = b""
    status: int = 200

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(self.status, content=self.body, request=request)


WRONG: tuple[Any, ...] = (None, [], {}, ["x"], {"x": 1}, "", "x", 0, -1, True, float("inf"), 10**40)


def each_part_wrong(genuine: tuple[dict[str, Any], ...]) -> Iterator[Any]:
    """Return every answer with one part after the other replaced: what chance would rarely draw."""
    for one in genuine:
        for evil in WRONG:
            yield from (answer for _, answer in replaced(one, evil))


def bodies(*genuine: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Draw answers near to genuine ones: wounded bytes, and JSON of which parts are wrong."""
    near = st.one_of(*(spoilt_fields(one, values) for one in genuine), values)
    return st.one_of(
        near.map(lambda one: json.dumps(one).encode()),
        spoilt([json.dumps(one, ensure_ascii=False).encode() for one in genuine]),
    )


statuses = st.sampled_from([200, 200, 200, 200, 204, 302, 404, 500])


# -- carriers ----------------------------------------------------------------------------------------------


def carrier_of(partner: Partner) -> Kuaidi100Carrier:
    account = Kuaidi100Account(
        base_url="https://carrier.example", customer="c", key="k", salt="salt-of-a-test", secret="s"
    )
    return Kuaidi100Carrier(account, http=httpx.Client(transport=partner), clock=clock.now)


LABEL_REQUEST = LabelRequest(
    carrier_code="shunfeng", order_number="1",
    sender=Contact(name="a", phone="1", address="x"), recipient=Contact(name="b", phone="2", address="y"),
    goods="茶",
)  # fmt: skip
SUBSCRIPTION = Subscription(
    carrier_code="shunfeng", tracking_number=NUMBER, callback_url="https://shop.example"
)
LABEL = {
    "code": 200,
    "message": "success",
    "data": {"taskId": "1", "kuaidinum": NUMBER, "kdComOrderNum": "1"},
}
SUBSCRIBED = {"result": True, "returnCode": "200", "message": "提交成功"}
TRACKED = {
    "message": "ok", "nu": NUMBER, "ischeck": "0", "com": "shunfeng", "status": "200", "state": "0",
    "data": [{"context": "已揽收", "time": "2026-11-30 10:00:00", "ftime": "2026-11-30 10:00:00",
              "statusCode": "103", "areaName": "上海"}],
}  # fmt: skip
UNKNOWN = {"result": False, "returnCode": "500", "message": "查询无结果,请隔段时间再查"}


def label_number(carrier: Kuaidi100Carrier) -> None:
    number = carrier.create_label(LABEL_REQUEST).tracking_number
    assert re.fullmatch(r"[A-Za-z0-9-]{4,40}", number), number[:60]  # as a merchant may type one himself


def scans(carrier: Kuaidi100Carrier) -> None:
    tracking = carrier.track(carrier_code="shunfeng", tracking_number=NUMBER)
    if tracking is not None:
        assert tracking.tracking_number == NUMBER
        assert list(tracking.scans) == sorted(tracking.scans, key=lambda scan: scan.at)


ASKED: dict[str, tuple[Callable[[Kuaidi100Carrier], None], tuple[dict[str, Any], ...]]] = {
    "labels": (label_number, (LABEL,)),
    "subscriptions": (lambda carrier: carrier.subscribe(SUBSCRIPTION), (SUBSCRIBED,)),
    "tracking": (scans, (TRACKED, UNKNOWN)),
}


@EXAMPLES
@pytest.mark.parametrize("asked", ASKED)
def test_carriers_answers(asked: str, examples: int, figures: Figures) -> None:
    ask, genuine = ASKED[asked]
    partner = Partner()
    carrier = carrier_of(partner)

    def suffer(said: tuple[bytes, int]) -> None:
        partner.body, partner.status = said
        with suppress(CarrierError):
            ask(carrier)

    for answer in each_part_wrong(genuine):
        suffer((json.dumps(answer).encode(), 200))
    attack(f"answers, carrier, {asked}", st.tuples(bodies(*genuine), statuses), examples, figures, suffer)


@pytest.mark.parametrize("number", [None, "", 7, "x" * 41, "SF 1", "SF1\n", ["SF1"]], ids=repr)
def test_a_label_without_a_number_is_no_label(number: object) -> None:
    partner = Partner(json.dumps({"code": 200, "data": {"kuaidinum": number}}).encode())
    with pytest.raises(CarrierUnavailable):
        carrier_of(partner).create_label(LABEL_REQUEST)


# -- text messages -----------------------------------------------------------------------------------------

SENT = {
    "Response": {
        "SendStatusSet": [
            {"SerialNo": "5000:1", "PhoneNumber": "+8613800138000", "Fee": 1, "SessionContext": "",
             "Code": "Ok", "Message": "send success", "IsoCode": "CN"}
        ],
        "RequestId": "a0aabda6-cf91-4f3e-a81f-9198114a2279",
    }
}  # fmt: skip
FAILED = {"Response": {"Error": {"Code": "AuthFailure", "Message": "no"}, "RequestId": "1"}}


def send(partner: Partner) -> str:
    settings = SmsSettings(
        base_url="https://sms.example", secret_id="i", secret_key="k", sdk_app_id="1", signature="集市"
    )
    client = SmsClient(settings, http=httpx.Client(transport=partner), clock=clock.now)
    return client.send(phone="+8613800138000", template_id="1", params=["123456"]).serial_number


@EXAMPLES
def test_answers_about_text_messages(examples: int, figures: Figures) -> None:
    partner = Partner()

    def suffer(said: tuple[bytes, int]) -> None:
        partner.body, partner.status = said
        with suppress(SmsError):
            send(partner)

    for answer in each_part_wrong((SENT, FAILED)):
        suffer((json.dumps(answer).encode(), 200))
    strategy = st.tuples(bodies(SENT, FAILED), statuses)
    attack("answers, text messages", strategy, examples, figures, suffer)


@pytest.mark.parametrize("error", ["x", None, [], {}, {"Code": "AuthFailure"}], ids=repr)
def test_an_error_that_cannot_be_read_is_no_usable_answer(error: object) -> None:
    partner = Partner(json.dumps({"Response": {"Error": error}}).encode())
    with pytest.raises(SmsUnavailable):
        send(partner)


# -- channels ----------------------------------------------------------------------------------------------
# Signed rightly, to every question that the shop asks: keys leak, and companies make mistakes.

TRANSACTION, CHARGE, REFUND = "2026113022001", "T1", "R1"
Ask = Callable[[Channel], object]
Question = tuple[Ask, tuple[dict[str, Any], ...]]
REFUND_REQUEST = RefundRequest(
    channel_transaction_id=TRANSACTION, out_refund_no=REFUND, amount_minor=1, total_minor=1, currency="CNY",
    reason="x",
)  # fmt: skip


def state(channel: Channel) -> None:
    found = channel.query(ChargeRef(out_trade_no=CHARGE))
    assert found.out_trade_no == CHARGE
    assert found.capture is None or type(found.capture.amount_minor) is int


def refund(channel: Channel) -> None:
    found = channel.refund(REFUND_REQUEST)
    assert found.out_refund_no == REFUND


def refund_state(channel: Channel) -> None:
    found = channel.query_refund(channel_transaction_id=TRANSACTION, out_refund_no=REFUND)
    assert found.out_refund_no == REFUND
    assert found.amount_minor is None or type(found.amount_minor) is int


def close(channel: Channel) -> None:
    channel.close(ChargeRef(out_trade_no=CHARGE))


def bill(channel: Channel) -> None:
    for _ in channel.download_bill(clock.now().date()):
        pass


def suffered(
    channel: Channel, partner: Partner, question: Question, examples: int, figures: Figures, work: str
) -> None:
    """Ask again and again, answered with whatever is signed."""
    ask, genuine = question

    def suffer(said: tuple[Any, int]) -> None:
        content, partner.status = said
        partner.body = json.dumps(content).encode()
        with suppress(ChannelError):
            ask(channel)

    for answer in each_part_wrong(genuine):
        suffer((answer, 200))
    answers = st.one_of(*(spoilt_fields(one, values) for one in genuine), values)
    attack(f"answers, {work}", st.tuples(answers, statuses), examples, figures, suffer)


class Alipay(Partner):
    """Signs the node it is given as the answer to whatever was asked."""

    key: RSAPrivateKey

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        method = request.url.params.get("method", "")
        node = self.body.decode()
        answer = f'{{"{method.replace(".", "_")}_response":{node},"sign":"{rsa_sign(self.key, self.body)}"}}'
        return httpx.Response(self.status, content=answer, request=request)


def alipay_questions(gateway_url: str) -> dict[str, Question]:
    good = {"code": "10000", "msg": "Success"}
    refused = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "x"}
    charge = good | {
        "out_trade_no": CHARGE, "trade_no": TRANSACTION, "trade_status": "TRADE_SUCCESS", "total_amount": "0.01",
        "send_pay_date": "2026-11-30 10:00:00", "trans_currency": "CNY",
    }  # fmt: skip
    closed = good | {"out_trade_no": CHARGE, "trade_status": "TRADE_CLOSED"}
    returned = good | {
        "trade_no": TRANSACTION, "out_trade_no": CHARGE, "out_request_no": REFUND, "refund_amount": "0.01",
        "refund_status": "REFUND_SUCCESS", "gmt_refund_pay": "2026-11-30 10:00:00", "fund_change": "N",
    }  # fmt: skip
    bills = [
        good | {"bill_download_url": url} for url in (f"{gateway_url}/bill", "https://elsewhere.example")
    ]
    return {
        "state": (state, (charge, closed, refused)),
        "close": (close, (charge, closed, refused)),
        "refund": (refund, (returned, refused)),
        "refund_state": (refund_state, (returned, refused)),
        "bill": (bill, (*bills, refused)),
    }


@EXAMPLES
@pytest.mark.parametrize("asked", ["state", "close", "refund", "refund_state", "bill"])
def test_alipays_answers(
    asked: str, simulators_server: RunningSimulators, examples: int, figures: Figures
) -> None:
    partner = Alipay()
    partner.key = private_key(simulators_server.keys.folder / "alipay_private.pem")
    channel = AlipayChannel(
        alipay_account(simulators_server), http=httpx.Client(transport=partner), clock=clock.now
    )
    question = alipay_questions(simulators_server.alipay_gateway_url)[asked]
    suffered(channel, partner, question, examples, figures, f"Alipay, {asked}")


class Wechat(Partner):
    """Signs the body it is given, whatever was asked."""

    settings: SimulatorSettings

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = signature_headers(self.settings, self.body, clock.now())
        return httpx.Response(self.status, content=self.body, headers=headers, request=request)


def wechat_questions(gateway_url: str, accounts: Accounts) -> dict[str, Question]:
    refused = {"code": "ORDER_NOT_EXIST", "message": "x"}
    charge = {
        "appid": accounts.wechat_appid, "mchid": accounts.wechat_mchid, "out_trade_no": CHARGE,
        "transaction_id": TRANSACTION, "trade_state": "SUCCESS", "success_time": "2026-11-30T10:00:00+08:00",
        "amount": {"total": 1, "currency": "CNY"},
    }  # fmt: skip
    returned = {
        "refund_id": "5000001", "out_refund_no": REFUND, "transaction_id": TRANSACTION, "out_trade_no": CHARGE,
        "status": "SUCCESS", "success_time": "2026-11-30T10:00:00+08:00", "amount": {"total": 1, "refund": 1},
    }  # fmt: skip
    bills = {"hash_type": "SHA1", "hash_value": "0" * 40, "download_url": f"{gateway_url}/bill"}
    return {
        "state": (state, (charge, refused)),
        "close": (close, (refused,)),
        "refund": (refund, (returned, refused)),
        "refund_state": (refund_state, (returned, refused)),
        "bill": (bill, (bills, refused)),
    }


@EXAMPLES
@pytest.mark.parametrize("asked", ["state", "close", "refund", "refund_state", "bill"])
def test_wechat_pays_answers(
    asked: str, simulators_server: RunningSimulators, examples: int, figures: Figures
) -> None:
    partner = Wechat()
    partner.settings = SimulatorSettings(
        keys=simulators_server.keys, accounts=simulators_server.accounts, shop_url=simulators_server.url
    )
    account = wechat_account(simulators_server)
    channel = WechatChannel(account, http=httpx.Client(transport=partner), clock=clock.now)
    question = wechat_questions(account.gateway_url, simulators_server.accounts)[asked]
    suffered(channel, partner, question, examples, figures, f"WeChat Pay, {asked}")
