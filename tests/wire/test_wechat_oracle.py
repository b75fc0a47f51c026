"""The public SDK `wechatpayv3` as a judge: it and the simulator take what the other signs."""

import json
from typing import Any

import httpx
import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from jishi.money.payments.channels.types import Channel
from simulators.clock import CHINA_TIME
from simulators.testing import RunningSimulators
from tests.wire.small_shop import ChannelMaker, ChargeMaker, Shop, now


@pytest.fixture
def sdk(simulators_server: RunningSimulators, shop: Shop) -> WeChatPay:
    """Give the SDK in public-key mode, configured as the shop and pointed at the simulator."""
    return sdk_for(simulators_server, shop, "wechat_merchant_private.pem")


def sdk_for(simulators: RunningSimulators, shop: Shop, private_key: str) -> WeChatPay:
    folder, accounts = simulators.keys.folder, simulators.accounts
    client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=accounts.wechat_mchid,
        private_key=(folder / private_key).read_text(),
        cert_serial_no=accounts.wechat_serial,
        appid=accounts.wechat_appid,
        apiv3_key=simulators.keys.wechat_api_v3_key,
        notify_url=f"{shop.url}/notify",
        public_key=(folder / "wechat_platform_public.pem").read_text(),
        public_key_id=accounts.wechat_public_key_id,
        timeout=(5, 10),
    )
    client._core._gate_way = simulators.wechat_gateway_url
    return client


@pytest.fixture
def wechat(make_channel: ChannelMaker) -> Channel:
    return make_channel("wechat")


def read(answer: tuple[int, str], status: int = 200) -> Any:
    assert answer[0] == status, answer
    return json.loads(answer[1]) if answer[1] else None


def test_the_sdk_and_the_simulator_agree_on_a_payment(
    sdk: WeChatPay, simulators_server: RunningSimulators
) -> None:
    opened = read(sdk.pay("集市 订单", "WXSDK00001", {"total": 8888, "currency": "CNY"}))
    assert read(sdk.query(out_trade_no="WXSDK00001"))["trade_state"] == "NOTPAY"
    simulators_server.control.buyer(opened["code_url"])
    paid = read(sdk.query(out_trade_no="WXSDK00001"))
    assert (paid["trade_state"], paid["amount"]["total"]) == ("SUCCESS", 8888)
    assert read(sdk.query(transaction_id=paid["transaction_id"])) == paid
    refund = read(
        sdk.refund("WXSDKR0001", {"refund": 888, "total": 8888, "currency": "CNY"}, out_trade_no="WXSDK00001")
    )
    assert (refund["status"], refund["transaction_id"]) == ("PROCESSING", paid["transaction_id"])
    assert read(sdk.query_refund("WXSDKR0001"))["status"] == "SUCCESS"
    assert read(sdk.query(out_trade_no="WXSDK00001"))["trade_state"] == "REFUND"
    assert read(sdk.close("WXSDK00001"), 400)["code"] == "ORDERPAID"


def test_the_sdk_closes_what_is_unpaid(sdk: WeChatPay) -> None:
    read(sdk.pay("茶", "WXSDK00002", {"total": 1, "currency": "CNY"}))
    read(sdk.close("WXSDK00002"), 204)
    assert read(sdk.query(out_trade_no="WXSDK00002"))["trade_state"] == "CLOSED"
    assert read(sdk.query(out_trade_no="WXSDK99999"), 404)["code"] == "ORDER_NOT_EXIST"


def test_the_sdk_and_the_simulator_agree_on_a_combined_payment(
    sdk: WeChatPay, simulators_server: RunningSimulators
) -> None:
    mchid = simulators_server.accounts.wechat_mchid
    orders = [
        {
            "mchid": mchid,
            "attach": number,
            "amount": {"total_amount": amount, "currency": "CNY"},
            "out_trade_no": number,
            "description": "两家店",
        }
        for number, amount in (("WXSDKC001A", 5000), ("WXSDKC001B", 2500))
    ]
    opened = read(sdk.combine_pay("WXSDKC0001", orders))
    simulators_server.control.buyer(opened["code_url"])
    paid = read(sdk.combine_query("WXSDKC0001"))
    assert [order["trade_state"] for order in paid["sub_orders"]] == ["SUCCESS", "SUCCESS"]
    ids = {order["transaction_id"] for order in paid["sub_orders"]}
    assert len(ids) == 2
    one = read(sdk.query(out_trade_no="WXSDKC001A"))
    assert (one["amount"]["total"], one["transaction_id"] in ids) == (5000, True)
    refund = {"refund": 2500, "total": 2500, "currency": "CNY"}
    read(sdk.refund("WXSDKCR001", refund, transaction_id=paid["sub_orders"][1]["transaction_id"]))
    too_much = read(
        sdk.refund("WXSDKCR002", refund, transaction_id=paid["sub_orders"][1]["transaction_id"]), 400
    )
    assert too_much["code"] == "INVALID_REQUEST"
    unpaid = [order | {"out_trade_no": f"{order['out_trade_no']}X"} for order in orders]
    read(sdk.combine_pay("WXSDKC0002", unpaid))
    named = [{"mchid": mchid, "out_trade_no": order["out_trade_no"]} for order in unpaid]
    assert read(sdk.combine_close("WXSDKC0002", named[:1]), 400)["code"] == "PARAM_ERROR"
    read(sdk.combine_close("WXSDKC0002", named), 204)


@pytest.mark.parametrize("packed", ["GZIP", ""])
def test_the_sdk_downloads_the_bill(
    sdk: WeChatPay, simulators_server: RunningSimulators, packed: str
) -> None:
    opened = read(sdk.pay("账单", f"WXSDKB{packed or 'PLAIN'}", {"total": 1234, "currency": "CNY"}))
    simulators_server.control.buyer(opened["code_url"])
    today = now().astimezone(CHINA_TIME).date().isoformat()
    bill = read(sdk.trade_bill(today, tar_type=packed))
    status, content = sdk.download_bill(bill["download_url"])
    assert status == httpx.codes.OK
    assert content[:2] == b"\x1f\x8b" if packed else "交易时间".encode() in content
    assert read(sdk.trade_bill("2020-02-02"), 400)["code"] == "NO_STATEMENT_EXIST"


def test_the_simulator_refuses_a_stranger(simulators_server: RunningSimulators, shop: Shop) -> None:
    stranger = sdk_for(simulators_server, shop, "alipay_app_private.pem")
    assert read(stranger.query(out_trade_no="WXSDK00001"), 401)["code"] == "SIGN_ERROR"
    stranger._core._cert_serial_no = "0000"
    assert read(stranger.query(out_trade_no="WXSDK00001"), 401)["code"] == "SIGN_ERROR"


def test_the_sdk_refuses_an_answer_with_another_signature(
    sdk: WeChatPay, simulators_server: RunningSimulators
) -> None:
    read(sdk.pay("茶", "WXSDK00003", {"total": 1, "currency": "CNY"}))
    simulators_server.control.fail_next("query", "bad_signature")
    with pytest.raises(Exception, match="failed to verify the signature"):
        sdk.query(out_trade_no="WXSDK00003")


@pytest.mark.parametrize("amounts", [(7500,), (5000, 2500)])
def test_the_sdk_opens_callbacks(
    sdk: WeChatPay,
    wechat: Channel,
    simulators_server: RunningSimulators,
    shop: Shop,
    charge: ChargeMaker,
    amounts: tuple[int, ...],
) -> None:
    shop.reply = wechat.acknowledge()
    request = charge(*amounts)
    simulators_server.control.buyer(wechat.start(request).qr_code or "")
    (received,) = shop.received
    opened = sdk.callback(received.headers, received.body)
    assert opened["event_type"] == "TRANSACTION.SUCCESS"
    number = "combine_out_trade_no" if len(amounts) > 1 else "out_trade_no"
    assert opened["resource"][number] == request.out_trade_no


def test_the_sdk_refuses_a_forged_callback(
    sdk: WeChatPay, wechat: Channel, simulators_server: RunningSimulators, shop: Shop, charge: ChargeMaker
) -> None:
    request = charge()
    wechat.start(request)
    simulators_server.control.forge(request.out_trade_no, "forge_signature")
    (received,) = shop.received
    assert sdk.callback(received.headers, received.body) is None
