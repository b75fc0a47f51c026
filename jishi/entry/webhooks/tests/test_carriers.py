"""The carrier's side for real: labels, subscriptions and signed pushes of the simulator to a real server."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from jishi.config.environment import CarrierAccount
from jishi.flows.ship import ship_order
from jishi.flows.tests.shopping import make_goods, make_shopper, pay
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.kernel.drain import drain
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import OrderId, UserId, new_id
from jishi.trade.orders import queries
from jishi.trade.orders.types import OrderStatus, ParcelWish
from jishi.trade.shipping import queries as shipping
from jishi.trade.shipping.services_carriers import CarrierAway, LabelRefused
from jishi.trade.shipping.types import Parcel, ParcelStatus
from simulators.remote_control import Control
from simulators.signing import md5_upper
from simulators.testing import RunningSimulators

pytestmark = pytest.mark.django_db(transaction=True)

SALT = "salt-of-a-test"


@pytest.fixture
def carrier(
    simulators_server: RunningSimulators, live_server: LiveServer, settings: Settings
) -> Iterator[Control]:
    """Connect the shop to the simulated carrier, and its pushes to the shop."""
    account = CarrierAccount(
        url=simulators_server.carrier_url,
        customer=simulators_server.accounts.carrier_customer,
        key=simulators_server.keys.carrier_key,
        secret=simulators_server.keys.carrier_secret,
        salt=SALT,
        label_url=None,
    )
    settings.ENV = replace(
        settings.ENV,
        public_url=live_server.url,
        carrier=account,
        email_url=f"smtp://127.0.0.1:{simulators_server.smtp_port}",
    )
    settings.ALLOWED_HOSTS = ["*"]
    yield simulators_server.control
    simulators_server.control.clear_faults()
    simulators_server.control.set_callback_mode("normal")


def paid_order() -> OrderId:
    trade = make_shopper().buy((make_goods(6_800).sku_id, 1), now=clock.now())
    pay(trade.id, now=clock.now())
    return trade.orders[0].id


def ship(order_id: OrderId, tracking_number: str | None = None) -> Parcel:
    """Ship an order and let the job ask for pushes."""
    parcel = ship_order(
        order_id=order_id,
        merchant_id=queries.order_at_sale(order_id).merchant_id,
        wish=ParcelWish(carrier="shunfeng", tracking_number=tracking_number),
        staff=UserId(new_id()),
        now=clock.now(),
    )
    drain()
    return parcel


def push(live_server: LiveServer, body: bytes, carrier: str = "shunfeng") -> httpx.Response:
    return httpx.post(
        f"{live_server.url}/api/v1/hooks/carriers/{carrier}",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        trust_env=False,
    )


def refused() -> list[tuple[str, str]]:
    return rows("SELECT carrier, reason FROM shipping_forged_scan ORDER BY id")


def test_a_label_then_scans_to_the_door(carrier: Control) -> None:
    order_id = paid_order()
    parcel = ship(order_id)

    first = carrier.parcel(parcel.tracking_number)
    collected = shipping.parcel(parcel.id)
    carrier.parcel(parcel.tracking_number, "deliver")

    assert first
    assert (collected.status, len(collected.scans)) == (ParcelStatus.COLLECTED, 1)
    assert "已揽收" in collected.scans[0].description
    arrived = shipping.parcel(parcel.id)
    assert (arrived.status, arrived.scans[0].status) == (ParcelStatus.DELIVERED, ParcelStatus.DELIVERED)
    assert queries.order_at_sale(order_id).status is OrderStatus.DELIVERED
    assert refused() == []


def test_an_exception_and_a_number_typed_in_by_hand(carrier: Control) -> None:
    parcel = ship(paid_order(), "SF7788990011")

    carrier.parcel("SF7788990011")
    carrier.parcel("SF7788990011", "exception")

    assert shipping.parcel(parcel.id).status is ParcelStatus.EXCEPTION


@pytest.mark.parametrize("mode", ["repeat", "reorder"])
def test_repeated_and_reordered_pushes_lead_to_the_same_place(carrier: Control, mode: str) -> None:
    order_id = paid_order()
    parcel = ship(order_id)
    carrier.set_callback_mode(mode)

    carrier.parcel(parcel.tracking_number)
    carrier.parcel(parcel.tracking_number, "deliver")
    carrier.release()
    carrier.settle(parcel.tracking_number)

    found = shipping.parcel(parcel.id)
    assert found.status is ParcelStatus.DELIVERED
    assert len(found.scans) == len({(scan.at, scan.description) for scan in found.scans})
    assert queries.order_at_sale(order_id).status is OrderStatus.DELIVERED


def test_a_forged_push_changes_nothing_and_is_kept(carrier: Control, live_server: LiveServer) -> None:
    parcel = ship(paid_order())
    param = (
        f'{{"status":"shutdown","lastResult":{{"com":"shunfeng","nu":"{parcel.tracking_number}","ischeck":"1","state":"3","data":'
        '[{"ftime":"2026-11-24 10:00:00","context":"已签收","statusCode":"301"}]}}'
    )
    genuine = urlencode({"param": param, "sign": md5_upper(f"{param}{SALT}")}).encode()

    answers = [
        push(live_server, urlencode({"param": param, "sign": md5_upper(f"{param}wrong")}).encode()),
        push(live_server, b"nonsense"),
        push(live_server, b"\xff\x00"),
        push(live_server, genuine, carrier="yuantong"),
    ]
    unchanged = shipping.parcel(parcel.id).status
    believed = push(live_server, genuine)

    assert [answer.status_code for answer in answers] == [400] * 4
    assert unchanged is ParcelStatus.LABEL_CREATED
    assert refused() == [
        ("shunfeng", "signature"),
        ("shunfeng", "malformed"),
        ("shunfeng", "malformed"),
        ("yuantong", "carrier"),
    ]
    assert (believed.status_code, believed.json()["result"]) == (200, True)
    assert shipping.parcel(parcel.id).status is ParcelStatus.DELIVERED


def test_a_signed_push_about_a_parcel_that_is_not_ours_is_kept(
    carrier: Control, live_server: LiveServer
) -> None:
    param = '{"status":"polling","lastResult":{"com":"shunfeng","nu":"SF404","state":"0","data":[]}}'
    answer = push(live_server, urlencode({"param": param, "sign": md5_upper(f"{param}{SALT}")}).encode())

    assert (answer.status_code, refused()) == (400, [("shunfeng", "unknown_parcel")])


def test_asking_again_for_a_label_gives_the_same_number(carrier: Control) -> None:
    order_id = paid_order()
    carrier.fail_next("label", "lost_answer")

    with pytest.raises(CarrierAway):
        ship(order_id)
    parcel = ship(order_id)

    assert [one["tracking_number"] for one in carrier.parcels()].count(parcel.tracking_number) == 1
    assert len(shipping.parcels_of([order_id])[order_id]) == 1


def test_a_carrier_that_refuses_or_is_away_leaves_the_order_as_it_was(carrier: Control) -> None:
    order_id = paid_order()

    carrier.fail_next("label", "refused")
    with pytest.raises(LabelRefused):
        ship(order_id)
    carrier.fail_next("label", "unavailable")
    with pytest.raises(CarrierAway):
        ship(order_id)

    assert queries.order_at_sale(order_id).status is OrderStatus.AWAITING_SHIPMENT


def test_without_a_carrier_account_a_number_is_needed_and_pushes_find_nobody(
    carrier: Control, live_server: LiveServer, settings: Settings
) -> None:
    settings.ENV = replace(settings.ENV, carrier=None)
    order_id = paid_order()

    with pytest.raises(Invalid):
        ship(order_id)
    ship(order_id, "SF123456")

    assert push(live_server, b"param=x&sign=y").status_code == 404
