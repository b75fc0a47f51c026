"""The cashier, the board and the inbox as browsers get them."""

import json
import re
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from jishi.money.payments.channels.types import Channel, ChannelName, ChargeRequest
from simulators.testing import RunningSimulators
from tests.wire.small_shop import ChannelMaker, ChargeMaker, Shop


@pytest.fixture
def cashier_of(simulators_server: RunningSimulators, channel: Channel) -> str:
    """Name the language-free part of the channel's cashier addresses."""
    return f"{simulators_server.url}/_sim/{channel.name}/cashier/"


def cashier_address(simulators: RunningSimulators, channel: Channel, request: ChargeRequest) -> str:
    """Do what a browser, or a phone that scans, does; return the cashier's address."""
    step = channel.start(request)
    address = (
        step.redirect_url or f"{simulators.url}/_sim/wechat/cashier?code_url={quote(step.qr_code or '')}"
    )
    return str(httpx.get(address, follow_redirects=True).url)


def test_the_cashier_shows_what_is_to_pay(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge(123456, 2500, subject="<script>alert('茶')</script>")
    address = cashier_address(simulators_server, channel, request)
    page = httpx.get(address)
    assert page.status_code == httpx.codes.OK
    assert "1,259" in page.text
    assert request.out_trade_no in page.text
    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert ("合单支付，共 2 笔" in page.text) is (channel.name is ChannelName.WECHAT)


def test_the_cashier_speaks_two_languages(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    address = cashier_address(simulators_server, channel, charge())
    assert "确认支付" in httpx.get(address).text
    assert "More scenarios" in httpx.get(address, headers={"Accept-Language": "en-GB"}).text
    with httpx.Client(trust_env=False) as browser:
        browser.get(address, params={"lang": "en"})
        page = browser.get(address).text
    assert '<html lang="en">' in page
    assert "确认支付" not in page


def test_paying_brings_the_buyer_back(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    shop.reply = channel.acknowledge()
    request = charge(client="phone")
    address = cashier_address(simulators_server, channel, request)
    answer = httpx.post(address, data={"action": "pay", "mode": "normal"})
    assert answer.status_code == httpx.codes.SEE_OTHER
    simulators_server.control.settle(request.out_trade_no)
    page = httpx.get(httpx.URL(address).join(answer.headers["location"])).text
    assert "支付成功" in page
    match = re.search(rf'href="({re.escape(request.return_url)}[^"]*)"', page)
    assert match is not None
    assert f'content="3;url={match[1]}"' in page
    back = dict(parse_qsl(urlsplit(match[1].replace("&amp;", "&")).query))
    assert channel.parse_return(back) == request.out_trade_no


@pytest.mark.parametrize(
    ("action", "state", "text"),
    [
        ("fail", "failed", "支付未成功"),
        ("pay_late", "waiting", "已预约超时支付"),
        ("pay_twice", "paid", "已扣款 2 次"),
    ],
)
def test_every_button_does_what_it_says(
    simulators_server: RunningSimulators,
    channel: Channel,
    charge: ChargeMaker,
    action: str,
    state: str,
    text: str,
) -> None:
    request = charge()
    address = cashier_address(simulators_server, channel, request)
    page = httpx.post(address, data={"action": action, "mode": "drop"}, follow_redirects=True)
    assert text in page.text
    (payment,) = simulators_server.control.payments(request.out_trade_no)
    assert payment["state"] == state


def test_a_button_pressed_twice_takes_the_money_once(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    address = cashier_address(simulators_server, channel, request)
    for _ in range(2):
        page = httpx.post(address, data={"action": "pay", "mode": "drop"}, follow_redirects=True)
        assert "支付成功" in page.text
    (payment,) = simulators_server.control.payments(request.out_trade_no)
    assert len(payment["captures"]) == 1


def test_a_failed_attempt_offers_another(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    address = cashier_address(simulators_server, channel, charge())
    page = httpx.post(address, data={"action": "fail"}, follow_redirects=True).text
    match = re.search(r'href="([^"]*retry=1[^"]*)"', page)
    assert match is not None
    assert "确认支付" in httpx.get(httpx.URL(address).join(match[1].replace("&amp;", "&"))).text


def test_a_closed_payment_says_so_and_takes_late_money(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker
) -> None:
    request = charge()
    address = cashier_address(simulators_server, channel, request)
    channel.close(request.ref)
    assert "订单已关闭" in httpx.get(address).text
    page = httpx.post(address, data={"action": "pay_late", "mode": "drop"}, follow_redirects=True)
    assert "支付成功" in page.text


@pytest.mark.parametrize("form", [{}, {"action": "steal"}, {"action": "pay", "mode": "nonsense"}])
def test_an_unknown_button_does_nothing(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, form: dict[str, str]
) -> None:
    address = cashier_address(simulators_server, channel, charge())
    assert httpx.post(address, data=form).status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_an_unknown_payment_is_not_found(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, cashier_of: str
) -> None:
    assert httpx.get(f"{cashier_of}nothing").status_code == httpx.codes.NOT_FOUND
    assert httpx.post(f"{cashier_of}nothing").status_code == httpx.codes.NOT_FOUND
    other = "wechat" if channel.name is ChannelName.ALIPAY else "alipay"
    foreign = cashier_address(simulators_server, channel, charge()).replace(f"/{channel.name}/", f"/{other}/")
    assert httpx.get(foreign).status_code == httpx.codes.NOT_FOUND
    scan = f"{simulators_server.url}/_sim/wechat/cashier"
    assert httpx.get(scan, params={"code_url": "weixin://x?pr=y"}).status_code == httpx.codes.NOT_FOUND


def test_wechat_goes_back_to_web_addresses_only(
    simulators_server: RunningSimulators, make_channel: ChannelMaker, charge: ChargeMaker
) -> None:
    request = charge(client="phone")
    address = cashier_address(simulators_server, make_channel("wechat"), request)
    evil = httpx.URL(address).copy_set_param("redirect_url", "javascript:alert(1)")
    simulators_server.control.pay(request.out_trade_no, mode="drop")
    page = httpx.get(evil).text
    assert "支付成功" in page
    assert 'href="javascript' not in page
    assert 'http-equiv="refresh"' not in page


def test_the_board_shows_everything_and_moves_parcels(
    simulators_server: RunningSimulators, channel: Channel, charge: ChargeMaker, shop: Shop
) -> None:
    request = charge()
    cashier_address(simulators_server, channel, request)
    simulators_server.control.pay(request.out_trade_no)
    number = f"JDBOARD{channel.name}"
    fields = {
        "company": "jd",
        "number": number,
        "key": simulators_server.keys.carrier_key,
        "parameters": {"callbackurl": f"{shop.url}/push"},
    }
    form = {"schema": "json", "param": json.dumps(fields)}
    httpx.post(f"{simulators_server.carrier_url}/poll", data=form)
    board = f"{simulators_server.url}/_sim/"
    page = httpx.get(board, headers={"Accept-Language": "en"}).text
    assert request.out_trade_no in page
    move = f"{board}parcels/{number}/"
    assert httpx.post(f"{move}deliver").status_code == httpx.codes.SEE_OTHER
    assert "包裹已签收" in httpx.get(board).text
    assert httpx.post(f"{move}fly").status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert httpx.post(f"{board}parcels/nothing/scan").status_code == httpx.codes.NOT_FOUND


def test_the_style_is_served(simulators_server: RunningSimulators) -> None:
    answer = httpx.get(f"{simulators_server.url}/_sim/static/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text
