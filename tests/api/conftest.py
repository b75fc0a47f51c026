"""The market that the API is fuzzed in, and everybody who asks."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django import DjangoDbBlocker, Settings

from jishi.config.environment import CarrierAccount
from jishi.discovery.search import indexer, places, reading
from jishi.flows.place_order import place_order
from jishi.flows.tests.money import Connections
from jishi.identity.accounts.tests.factories import make_platform_staff, session_token
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock, hot
from jishi.kernel.ids import AddressId, CategoryId, SkuId, UserId
from jishi.money.payments import services_channels
from jishi.offering.catalog.tests.factories import make_attribute
from jishi.trade.checkout import services_quotes as quotes
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders.types import Trade
from simulators.testing import RunningSimulators
from tests.security.hostile import taken_back
from tests.security.world import Victim, make_victim


@pytest.fixture(scope="module")
def stocked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Victim]:
    """A merchant and a buyer who have one of everything."""
    with django_db_blocker.unblock(), taken_back():
        victim = make_victim()
        make_attribute(
            CategoryId(UUID(victim.ids["category_id"])), "material", choices=[("steel", "钢", "Steel")]
        )
        victim.ids |= {"trade_id": str(waiting_trade(victim).id), "quote_id": str(priced(victim).id)}
        indexer.catch_up()
        yield victim
    shutil.rmtree(places.place().root, ignore_errors=True)
    reading.forget()
    hot.forget()


def priced(victim: Victim) -> Quote:
    """Let the buyer ask for a price that he has not used yet."""
    return quotes.quote(
        owner_id=victim.buyer,
        buyer=victim.buyer,
        request=QuoteRequest(
            lines=[CartLineWish(sku_id=SkuId(UUID(victim.ids["sku_id"])), quantity=1)],
            address_id=AddressId(UUID(victim.ids["address_id"])),
        ),
        language="zh",
        now=clock.now(),
    )


def waiting_trade(victim: Victim) -> Trade:
    """Let the buyer place an order that he has not paid yet."""
    quote = priced(victim)
    return place_order(
        buyer=victim.buyer,
        quote_id=quote.id,
        expected_total=quote.total,
        key="waiting-trade",
        language="zh",
        now=clock.now(),
    )


@pytest.fixture
def people(
    stocked: Victim,
    db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    simulators_server: RunningSimulators,
    channels: Connections,
) -> dict[str, str | None]:
    """Who asks: the values of X-Session-Token. Payment channels and carriers are the simulators."""
    monkeypatch.setattr(services_channels, "connected", lambda: channels)
    settings.ENV = replace(
        settings.ENV,
        carrier=CarrierAccount(
            url=simulators_server.carrier_url,
            customer=simulators_server.accounts.carrier_customer,
            key=simulators_server.keys.carrier_key,
            secret=simulators_server.keys.carrier_secret,
            label_url=None,
            salt="salt-of-a-test",
        ),
    )
    # Many at once is what limits are for, and tests/security tests those.
    settings.BUYER_RATE = settings.VISITOR_RATE = {"per_second": 1e6, "burst": 10**6}
    known = {"buyer": stocked.buyer, "owner": stocked.owner, **colleagues(stocked)}
    return {"visitor": None} | {name: session_token(user) for name, user in known.items()}


def colleagues(stocked: Victim) -> dict[str, UserId]:
    """Return the merchant's other staff and the platform's, one for each role."""
    staff = {role.value: make_staff(stocked.merchant_id, role=role) for role in StaffRole if role != "owner"}
    return staff | {f"platform_{role.value}": make_platform_staff(role) for role in PlatformRole}


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection that holds the savepoints, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
