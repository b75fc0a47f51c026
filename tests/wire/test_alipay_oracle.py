"""The public SDK `python-alipay-sdk` as a judge: it and the simulator take what the other signs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError

from jishi.money.payments.channels.alipay_wire import pairs_text
from jishi.money.payments.channels.types import Channel
from simulators.testing import RunningSimulators
from tests.wire.small_shop import ChannelMaker, ChargeMaker, Shop

SIGNED_FOR_CALLBACKS = ("sign", "sign_type")


@pytest.fixture
def sdk(simulators_server: RunningSimulators, shop: Shop) -> AliPay:
    """Give the SDK, configured as the shop and pointed at the simulator."""
    folder = simulators_server.keys.folder
    client = AliPay(
        appid=simulators_server.accounts.alipay_app_id,
        app_notify_url=f"{shop.url}/notify",
        app_private_key_string=(folder / "alipay_app_private.pem").read_text(),
        alipay_public_key_string=(folder / "alipay_public.pem").read_text(),
    )
    client._gateway = simulators_server.alipay_gateway_url
    return client


@pytest.fixture
def alipay(make_channel: ChannelMaker) -> Channel:
    return make_channel("alipay")


Opened = Callable[[str], str]


@pytest.fixture
def opened(sdk: AliPay, simulators_server: RunningSimulators, shop: Shop) -> Opened:
    """Give a function that opens a trade of ¥88.88 by the SDK and pays it."""

    def pay(number: str) -> str:
        query = sdk.api_alipay_trade_page_pay(
            subject="集市 订单", out_trade_no=number, total_amount="88.88", return_url=f"{shop.url}/return"
        )
        simulators_server.control.buyer(f"{simulators_server.alipay_gateway_url}?{query}")
        return number

    return pay


def test_the_simulator_takes_what_the_sdk_signs(
    sdk: AliPay, simulators_server: RunningSimulators, shop: Shop
) -> None:
    for method in (sdk.api_alipay_trade_page_pay, sdk.api_alipay_trade_wap_pay):
        query = method(subject="茶", out_trade_no=f"SDK{method.__name__[-8:]}", total_amount="0.01")
        answer = httpx.get(f"{simulators_server.alipay_gateway_url}?{query}")
        assert answer.status_code == httpx.codes.FOUND
        assert "/cashier/" in answer.headers["location"]


@pytest.mark.parametrize("name", ["biz_content", "timestamp", "notify_url", "app_id", "sign"])
def test_the_simulator_refuses_what_was_changed(
    sdk: AliPay, simulators_server: RunningSimulators, name: str
) -> None:
    fields = dict(parse_qsl(sdk.api_alipay_trade_page_pay("茶", "SDKCHANGED1", "10.00")))
    changes = {"biz_content": fields["biz_content"].replace("10.00", "0.01"), "app_id": "2021000000000002"}
    fields[name] = changes.get(name, fields[name].swapcase() + "A")
    answer = httpx.get(f"{simulators_server.alipay_gateway_url}?{urlencode(fields)}")
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "isv.invalid" in answer.text


def test_the_sdk_takes_every_answer(sdk: AliPay, opened: Opened) -> None:
    number = opened("SDKANSWERS1")
    trade = sdk.api_alipay_trade_query(out_trade_no=number)
    assert (trade["trade_status"], trade["total_amount"]) == ("TRADE_SUCCESS", "88.88")
    refund = sdk.api_alipay_trade_refund("8.88", out_trade_no=number, out_request_no="SDKREFUND1")
    assert (refund["fund_change"], refund["refund_fee"]) == ("Y", "8.88")
    again = sdk.api_alipay_trade_refund("8.88", trade_no=trade["trade_no"], out_request_no="SDKREFUND1")
    assert (again["fund_change"], again["refund_fee"]) == ("N", "8.88")
    found = sdk.api_alipay_trade_fastpay_refund_query("SDKREFUND1", out_trade_no=number)
    assert (found["refund_amount"], found["refund_status"]) == ("8.88", "REFUND_SUCCESS")
    closed = sdk.api_alipay_trade_close(out_trade_no=number)
    assert closed["sub_code"] == "ACQ.TRADE_STATUS_ERROR"


def test_the_sdk_sees_an_unpaid_trade_close(
    sdk: AliPay, simulators_server: RunningSimulators, shop: Shop
) -> None:
    query = sdk.api_alipay_trade_page_pay(subject="茶", out_trade_no="SDKCLOSE01", total_amount="1.00")
    httpx.get(f"{simulators_server.alipay_gateway_url}?{query}")
    assert sdk.api_alipay_trade_query(out_trade_no="SDKCLOSE01")["trade_status"] == "WAIT_BUYER_PAY"
    assert sdk.api_alipay_trade_close(out_trade_no="SDKCLOSE01")["code"] == "10000"
    assert sdk.api_alipay_trade_query(out_trade_no="SDKCLOSE01")["trade_status"] == "TRADE_CLOSED"


def test_the_sdk_refuses_an_answer_with_another_signature(
    sdk: AliPay, opened: Opened, simulators_server: RunningSimulators
) -> None:
    number = opened("SDKFORGED1")
    simulators_server.control.fail_next("query", "bad_signature")
    with pytest.raises(AliPayValidationError):
        sdk.api_alipay_trade_query(out_trade_no=number)


def test_a_stranger_gets_no_answer(sdk: AliPay, simulators_server: RunningSimulators) -> None:
    stranger = AliPay(
        appid=simulators_server.accounts.alipay_app_id,
        app_private_key_string=(simulators_server.keys.folder / "wechat_merchant_private.pem").read_text(),
        alipay_public_key_string=(simulators_server.keys.folder / "alipay_public.pem").read_text(),
    )
    stranger._gateway = simulators_server.alipay_gateway_url
    answer: dict[str, Any] = stranger.api_alipay_trade_query(out_trade_no="ANYTHING1")
    assert answer["sub_code"] == "isv.invalid-signature"
    stranger._appid = "2021000000000002"
    assert stranger.api_alipay_trade_query(out_trade_no="ANYTHING1")["sub_code"] == "isv.invalid-app-id"
    with pytest.raises(AliPayException):
        stranger.server_api("alipay.trade.nonsense")


def test_the_sdk_takes_callbacks_and_the_way_back(
    sdk: AliPay, alipay: Channel, simulators_server: RunningSimulators, shop: Shop, charge: ChargeMaker
) -> None:
    shop.reply = alipay.acknowledge()
    request = charge()
    step = alipay.start(request).redirect_url or ""
    simulators_server.control.buyer(step)
    fields = dict(parse_qsl(shop.received[0].body.decode()))
    assert sdk.verify(dict(fields), fields["sign"]) is False  # `sign` itself is never part of what is signed
    assert sdk.verify(without_sign(fields), fields["sign"]) is True
    assert sdk.verify(without_sign(fields) | {"total_amount": "0.01"}, fields["sign"]) is False
    page = httpx.get(step, follow_redirects=True).text
    back = dict(parse_qsl(urlsplit(_link_to(page, request.return_url)).query))
    assert sdk.verify(without_sign(back), back["sign"]) is True
    assert alipay.parse_return(back) == request.out_trade_no


def without_sign(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name != "sign"}


def test_the_sdk_takes_what_our_client_signs(
    simulators_server: RunningSimulators, alipay: Channel, charge: ChargeMaker
) -> None:
    folder = simulators_server.keys.folder
    judge = AliPay(
        appid="any",
        app_private_key_string=(folder / "alipay_private.pem").read_text(),
        alipay_public_key_string=(folder / "alipay_app_public.pem").read_text(),
    )
    fields = dict(parse_qsl(urlsplit(alipay.start(charge()).redirect_url or "").query))
    signed = {name: value for name, value in fields.items() if name != "sign"}
    assert judge._verify(pairs_text(signed), fields["sign"]) is True


def _link_to(page: str, address: str) -> str:
    start = page.index(f'href="{address}')
    return page[start + 6 : page.index('"', start + 6)].replace("&amp;", "&")
