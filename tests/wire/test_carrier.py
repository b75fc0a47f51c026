"""The kuaidi100 protocol: labels, subscriptions, signed pushes, queries."""

import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from jishi.trade.shipping.carriers.kuaidi100 import Kuaidi100Account, Kuaidi100Carrier, md5_upper, status_of
from jishi.trade.shipping.carriers.types import (
    BadPushSignature,
    CarrierRefused,
    CarrierUnavailable,
    Contact,
    ForgedPush,
    LabelRequest,
    MalformedPush,
    ParcelStatus,
    Subscription,
    Tracking,
)
from simulators.testing import RunningSimulators
from tests.wire.small_shop import Shop, now

SALT = "a-salt-of-16-chr"


def account(simulators: RunningSimulators, **changes: str) -> Kuaidi100Account:
    fields = {
        "base_url": simulators.carrier_url,
        "customer": simulators.accounts.carrier_customer,
        "key": simulators.keys.carrier_key,
        "secret": simulators.keys.carrier_secret,
        "salt": SALT,
    }
    return Kuaidi100Account(**(fields | changes))


@pytest.fixture
def carrier(simulators_server: RunningSimulators, http: httpx.Client) -> Kuaidi100Carrier:
    return Kuaidi100Carrier(account(simulators_server), http=http, clock=now)


def label_request(order_number: str) -> LabelRequest:
    return LabelRequest(
        carrier_code="shunfeng",
        order_number=order_number,
        sender=Contact(name="茶山", phone="13800000001", address="浙江省杭州市西湖区龙井路 1 号"),
        recipient=Contact(name="王小明", phone="13800000002", address="上海市浦东新区世纪大道 100 号"),
        goods="茶叶",
    )


def subscribed(carrier: Kuaidi100Carrier, shop: Shop, order_number: str) -> str:
    """Order a label, ask for its pushes, and return its number."""
    label = carrier.create_label(label_request(order_number))
    carrier.subscribe(
        Subscription(
            carrier_code=label.carrier_code,
            tracking_number=label.tracking_number,
            callback_url=f"{shop.url}/push",
            phone="0002",
        )
    )
    return label.tracking_number


def test_signatures_match_vectors_made_elsewhere() -> None:
    """The expected sums are those of coreutils' md5sum."""
    param = '{"com":"yuantong","num":"500306190180","phone":"13868688888"}'
    assert md5_upper(param, "KEY12345", "CUSTOMER9") == "AAEA092D732761F998868CDE60C8D8E1"
    assert md5_upper(param, "1600000000000", "KEY12345", "SECRET678") == "74B4B4DC287AA0CAC1AC350E22D8FA7F"
    assert md5_upper("包裹", "盐") == "D2A5EA811B32FB9FE76EEB46010CDCCE"


def test_an_order_has_one_label_however_often_it_is_asked(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier
) -> None:
    simulators_server.control.fail_next("label", "lost_answer")
    with pytest.raises(CarrierUnavailable):
        carrier.create_label(label_request("LABEL1"))
    first, second = (carrier.create_label(label_request("LABEL1")) for _ in range(2))
    assert first == second
    assert first.tracking_number.startswith("SF")
    assert carrier.create_label(label_request("LABEL2")) != first
    mine = [parcel for parcel in simulators_server.control.parcels() if parcel["order_number"] == "LABEL1"]
    assert [(parcel["from_city"], parcel["to_city"]) for parcel in mine] == [("杭州市", "上海市")]


def test_a_parcel_moves_by_signed_pushes(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier, shop: Shop
) -> None:
    reply = carrier.acknowledge()
    shop.reply = type(shop.reply)(status=reply.status, content_type=reply.content_type, body=reply.body)
    number = subscribed(carrier, shop, "MOVES1")
    assert carrier.track(carrier_code="shunfeng", tracking_number=number) is None
    for _ in range(7):
        simulators_server.control.parcel(number, "scan")
    pushes = [carrier.parse_push(each.body) for each in shop.received]
    assert [push.status for push in pushes] == [
        ParcelStatus.COLLECTED,
        ParcelStatus.IN_TRANSIT,
        ParcelStatus.IN_TRANSIT,
        ParcelStatus.OUT_FOR_DELIVERY,
        ParcelStatus.DELIVERED,
    ]
    assert [push.is_final for push in pushes] == [False, False, False, False, True]
    assert [len(push.scans) for push in pushes] == [1, 2, 3, 4, 5]
    last = pushes[-1]
    assert list(last.scans) == sorted(last.scans, key=lambda scan: scan.at)
    assert (last.carrier_code, last.tracking_number) == ("shunfeng", number)
    assert "杭州" in last.scans[0].description
    assert carrier.track(carrier_code="shunfeng", tracking_number=number) == last
    callbacks = simulators_server.control.callbacks(number)
    assert {callback["state"] for callback in callbacks} == {"delivered"}


@pytest.mark.parametrize(
    ("event", "status", "is_final"),
    [
        ("exception", ParcelStatus.EXCEPTION, False),
        ("lose", ParcelStatus.LOST, True),
        ("return", ParcelStatus.RETURNED, True),
    ],
)
def test_a_parcel_may_go_astray(
    simulators_server: RunningSimulators,
    carrier: Kuaidi100Carrier,
    shop: Shop,
    event: str,
    status: ParcelStatus,
    is_final: bool,
) -> None:
    number = subscribed(carrier, shop, f"ASTRAY{event}")
    simulators_server.control.parcel(number, "scan")
    simulators_server.control.parcel(number, event)
    pushed = [carrier.parse_push(one.body) for one in shop.received]  # of other parcels too, which are late
    assert status in [one.status for one in pushed if one.tracking_number == number]
    simulators_server.control.parcel(number, "deliver")
    found = carrier.track(carrier_code="shunfeng", tracking_number=number)
    assert isinstance(found, Tracking)
    assert found.status is (status if is_final else ParcelStatus.DELIVERED)


def test_a_push_comes_again_until_it_is_acknowledged(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier, shop: Shop
) -> None:
    number = subscribed(carrier, shop, "AGAIN1")
    refusal = carrier.refuse()
    shop.reply = type(shop.reply)(status=200, content_type=refusal.content_type, body=refusal.body)
    simulators_server.control.parcel(number, "scan")
    (callback,) = simulators_server.control.settle(number, for_good=True)
    assert (callback["state"], len(callback["attempts"])) == ("given_up", 4)


def test_a_number_of_one_s_own_can_be_followed(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier, shop: Shop
) -> None:
    wish = Subscription(
        carrier_code="zhongtong", tracking_number="73100000000001", callback_url=f"{shop.url}/push"
    )
    carrier.subscribe(wish)
    carrier.subscribe(wish)  # again is no error
    simulators_server.control.parcel("73100000000001", "deliver")
    final = [push for push in map(carrier.parse_push, (each.body for each in shop.received)) if push.is_final]
    assert [push.status for push in final] == [ParcelStatus.DELIVERED]


def test_a_forged_push_is_refused(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier, shop: Shop
) -> None:
    number = subscribed(carrier, shop, "FORGED1")
    simulators_server.control.parcel(number, "scan")
    body = shop.received[0].body
    fields = dict(parse_qsl(body.decode()))
    delivered = fields["param"].replace('"103"', '"301"')
    forged = [
        fields | {"param": delivered},
        fields | {"param": delivered, "sign": md5_upper(delivered, "guessed")},
        fields | {"sign": ""},
    ]
    for each in forged:
        with pytest.raises(BadPushSignature):
            carrier.parse_push(urlencode(each).encode())
    for at in range(0, len(body), 7):
        with pytest.raises(ForgedPush):
            carrier.parse_push(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
    for nonsense in (
        b"",
        b"param=1",
        b"\xff",
        urlencode({"param": "[]", "sign": md5_upper("[]", SALT)}).encode(),
    ):
        with pytest.raises(MalformedPush):
            carrier.parse_push(nonsense)


def test_a_stranger_is_refused(simulators_server: RunningSimulators, http: httpx.Client, shop: Shop) -> None:
    stranger = Kuaidi100Carrier(account(simulators_server, key="guessed"), http=http, clock=now)
    calls: list[Callable[[], object]] = [
        lambda: stranger.create_label(label_request("STRANGER")),
        lambda: subscribed_number(stranger, shop),
        lambda: stranger.track(carrier_code="shunfeng", tracking_number="SF0"),
    ]
    for call in calls:
        with pytest.raises(CarrierRefused):
            call()


def subscribed_number(carrier: Kuaidi100Carrier, shop: Shop) -> None:
    carrier.subscribe(Subscription(carrier_code="jd", tracking_number="JD1", callback_url=f"{shop.url}/push"))


@pytest.mark.parametrize("operation", ["label", "subscribe", "track"])
def test_a_carrier_that_is_away_is_unavailable(
    simulators_server: RunningSimulators, carrier: Kuaidi100Carrier, shop: Shop, operation: str
) -> None:
    simulators_server.control.fail_next(operation, "unavailable")
    calls: dict[str, Callable[[], object]] = {
        "label": lambda: carrier.create_label(label_request("AWAY")),
        "subscribe": lambda: subscribed_number(carrier, shop),
        "track": lambda: carrier.track(carrier_code="jd", tracking_number="JD1"),
    }
    with pytest.raises(CarrierUnavailable):
        calls[operation]()


@pytest.mark.parametrize(
    ("code", "context", "status"),
    [
        ("102", "", ParcelStatus.LABEL_CREATED),
        ("1", "", ParcelStatus.COLLECTED),
        ("1003", "", ParcelStatus.IN_TRANSIT),
        ("12", "已清关", ParcelStatus.IN_TRANSIT),
        ("501", "已放入快递柜", ParcelStatus.OUT_FOR_DELIVERY),
        ("304", "", ParcelStatus.DELIVERED),
        ("203", "拒收", ParcelStatus.EXCEPTION),
        ("6", "退回途中", ParcelStatus.EXCEPTION),
        ("2", "快件确认遗失", ParcelStatus.LOST),
        ("301", "确认遗失后找回并签收", ParcelStatus.DELIVERED),
        ("99999", "将来的新状态", ParcelStatus.IN_TRANSIT),
    ],
)
def test_status_codes_are_read(code: str, context: str, status: ParcelStatus) -> None:
    assert status_of(code, context) is status


def test_scans_of_one_second_keep_their_order(carrier: Kuaidi100Carrier) -> None:
    rows = [
        {"ftime": "2026-11-23 18:00:00", "context": text, "statusCode": code}
        for text, code in (("到达", "1001"), ("发出", "1002"), ("揽收", "103"))  # newest first
    ]
    param = json.dumps({"status": "polling", "lastResult": {"com": "jd", "nu": "JD2", "data": rows}})
    push = carrier.parse_push(urlencode({"param": param, "sign": md5_upper(param, SALT)}).encode())
    assert [scan.description for scan in push.scans] == ["揽收", "发出", "到达"]
