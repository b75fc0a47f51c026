"""What travels upwards after a commit: pages hear of it at once, the catalogue counts what was kept."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
import valkey
from pytest_django import Settings

from jishi.discovery.behaviour import queries as behaviour
from jishi.discovery.behaviour import services as behaving
from jishi.discovery.behaviour.types import BehaviourKind, ConsentAnswer
from jishi.discovery.content import services as content
from jishi.discovery.content.queries import home_answer
from jishi.discovery.content.types import ShelfKind
from jishi.discovery.interests import services as interests
from jishi.flows.complete import complete_due
from jishi.flows.receive import confirm_receipt
from jishi.flows.tests.shopping import LATER, make_goods, make_shopper, send
from jishi.flows.track import record_scans
from jishi.identity.accounts.queries import contact
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import row
from jishi.kernel.drain import drain
from jishi.kernel.topics import stream_key
from jishi.kernel.words import Text
from jishi.offering.catalog import services as catalog
from jishi.offering.catalog.queries_merchant import product_for_merchant
from jishi.offering.catalog.tests.factories import make_product
from jishi.trade.shipping.types import ParcelStatus, Scan
from simulators.remote_control import Control
from simulators.testing import RunningSimulators

OURS = {"order_changed", "parcel_scanned"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def inbox(simulators_server: RunningSimulators, settings: Settings) -> Control:
    """Connect the shop to a mail server, and to no carrier: the scans are the test's."""
    settings.ENV = replace(
        settings.ENV, carrier=None, email_url=f"smtp://127.0.0.1:{simulators_server.smtp_port}"
    )
    return simulators_server.control


def heard(connection: valkey.Valkey, topic: str) -> list[tuple[str, str]]:
    """Return what was published on a topic about orders and parcels: (event, status), the oldest first."""
    entries = cast(list[tuple[bytes, dict[bytes, bytes]]], connection.xrange(stream_key(topic)))
    found = [{name.decode(): value for name, value in fields.items()} for _, fields in entries]
    said = [(entry["event"].decode(), json.loads(entry["data"])) for entry in found]
    return [(event, data["status"]) for event, data in said if event in OURS]


def test_every_move_of_an_order_reaches_its_pages(valkey_connection: valkey.Valkey) -> None:
    me, tea = make_shopper(), make_goods(6_800)
    trade = me.buy_and_pay((tea.sku_id, 1))
    order_id = trade.orders[0].id
    parcel = send(order_id)
    scan = Scan(status=ParcelStatus.DELIVERED, description="", location="", at=LATER)
    record_scans(carrier=parcel.carrier, tracking_number=parcel.tracking_number, scans=[scan], now=LATER)

    drain()

    moves = [
        ("order_changed", "awaiting_shipment"),
        ("order_changed", "shipped"),
        ("order_changed", "delivered"),
    ]
    assert sorted(heard(valkey_connection, f"order:{order_id}")) == sorted(
        [*moves, ("parcel_scanned", "delivered")]
    )
    assert heard(valkey_connection, f"trade:{trade.id}") == moves
    assert heard(valkey_connection, f"merchant:{tea.merchant_id}") == moves


def test_the_buyer_is_written_to_when_goods_are_on_their_way(inbox: Control) -> None:
    me, tea = make_shopper(), make_goods(6_800)
    order = me.buy_and_pay((tea.sku_id, 1)).orders[0]
    parcel = send(order.id)
    email, _, _ = contact(me.buyer)

    drain()
    drain()

    (letter,) = inbox.messages(email or "", kind="mail")
    assert parcel.tracking_number in json.dumps(letter, ensure_ascii=False)
    assert order.number in json.dumps(letter, ensure_ascii=False)


def test_the_home_page_shows_a_new_price_as_soon_as_the_news_is_out() -> None:
    merchant = make_merchant()
    tea = make_product(merchant_id=merchant, prices_minor=[6_800])
    content.set_shelf(code="new", title=Text("新品", "New"), kind=ShelfKind.NEWEST, sort=1)
    drain()

    def shown() -> list[int]:
        (shelf,) = json.loads(home_answer(language="zh", now=LATER).body)["shelves"]
        return [one["price"]["amount_minor"] for one in shelf["products"]]

    assert shown() == [6_800]
    wish = product_for_merchant(merchant, tea.id).wish
    dearer = replace(wish, skus=[replace(wish.skus[0], price_minor=7_200)])
    catalog.save_product(merchant_id=merchant, wish=dearer, product_id=tea.id, staff_id=None, now=LATER)
    catalog.submit(merchant_id=merchant, product_id=tea.id, staff_id=None, now=LATER)
    catalog.approve(product_id=tea.id, reviewer_id=None, now=LATER)
    drain()
    assert shown() == [7_200]


def test_a_completed_order_counts_what_was_kept_as_sold() -> None:
    me, tea = make_shopper(), make_goods(6_800)
    order_id = me.buy_and_pay((tea.sku_id, 3)).orders[0].id
    send(order_id)
    confirm_receipt(order_id=order_id, buyer=me.buyer, now=LATER)
    drain()
    before = row("SELECT sold_count FROM catalog_product WHERE id = %s", [tea.id])

    complete_due(LATER + timedelta(days=8))
    drain()
    drain()

    assert before == (0,)
    assert row("SELECT sold_count FROM catalog_product WHERE id = %s", [tea.id]) == (3,)


def test_what_was_paid_for_or_liked_is_known_of_who_allows_it() -> None:
    me, other, tea = make_shopper(), make_shopper(), make_goods(6_800)
    behaving.answer(person_id=me.buyer, wish=ConsentAnswer(allowed=True), now=LATER)
    for one in (me, other):
        one.buy_and_pay((tea.sku_id, 2))
        interests.add_favourite(buyer=one.buyer, product_id=tea.id, now=LATER)
    drain()
    kept = {one.kind: one.count for one in behaviour.kept(me.buyer).kinds}
    assert kept == {BehaviourKind.BUY: 1, BehaviourKind.FAVOURITE: 1}
    assert behaviour.kept(other.buyer).total == 0
