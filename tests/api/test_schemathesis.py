"""schemathesis over the whole API: every operation of the document, asked well and badly, as everybody.

Run with `-p schemathesis`. Each case is sent to the real application as each person in turn, in a savepoint of
its own, so that every case meets the same market and what one destroys another still finds.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker, Settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import positive_data_acceptance

from jishi.config.environment import CarrierAccount
from jishi.discovery.search import indexer, places, reading
from jishi.entry.http.wsgi import application
from jishi.flows.place_order import place_order
from jishi.flows.tests.money import Connections
from jishi.identity.accounts.tests.factories import session_token
from jishi.kernel import clock, hot
from jishi.kernel.ids import AddressId, CategoryId, SkuId
from jishi.money.payments import services_channels
from jishi.offering.catalog.tests.factories import make_attribute
from jishi.trade.checkout import services_quotes as quotes
from jishi.trade.checkout.types import CartLineWish, Quote, QuoteRequest
from jishi.trade.orders.types import Trade
from simulators.testing import RunningSimulators
from tests.api.document import placeholders, teachable_document
from tests.security.world import Victim, make_victim

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 20261129,
        "generation": {
            "deterministic": True,
            "max-examples": 5,
            "database": "none",
            "no-shrink": True,  # a case as it was found says enough, and shrinking takes minutes
            # The people below sign in themselves.
            "with-security-parameters": False,
        },
    }
)
# What JSON Schema cannot say, so that a request may keep to the schema and still be malformed: the field that
# is refused, and why. Anything else that is refused must be refused by the schema already.
BEYOND_SCHEMA = {
    "cursor": "opaque: only what a page gave out is one",
    "area_code": "a district that exists",
    "amount": "pieces or an amount, one of the two, and more than nothing",
    "lines": "pieces or an amount, one of the two; no SKU or line twice",
    "wish": "what the category asks of a product, and whether its axes and SKUs fit together",
    "carrier": "a carrier of the list",
    "tracking_number": "each carrier's numbers have a form of their own",
    "file": "bytes are a picture or not",
}
PEOPLE = ("visitor", "buyer", "owner")
AnyCase = schemathesis.Case[Any]
HOOKS = "/api/v1/hooks/"
REFUSED = "application/problem+json"
schema = schemathesis.openapi.from_dict(teachable_document(), config=CONFIG)
schema.app = application


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what happens inside; flows may commit there, as in a test case's own transaction."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # as pytest-django's own: no flow's transaction
    with around:
        yield
        transaction.set_rollback(True)


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
    return {"visitor": None, "buyer": session_token(stocked.buyer), "owner": session_token(stocked.owner)}


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Keep the connection that holds the savepoints, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck))
def test_the_api_keeps_its_word(case: AnyCase, stocked: Victim, people: dict[str, str | None]) -> None:
    swap(case, placeholders(stocked.ids))
    for who in askers(case):
        token = people[who]
        with taken_back():
            case.call_and_validate(
                headers={"X-Session-Token": token} if token else {},
                excluded_checks=[positive_data_acceptance],
                additional_checks=[takes_what_the_schema_allows, refuses_with_reasons],
            )


def askers(case: AnyCase) -> Iterator[str]:
    """Name who sends a case: whom the operation is for, and unless it varies one field at a time, everybody.

    Others are refused before anything is read, so a hundred ways to misspell a field tell nothing new of them.
    """
    path = case.operation.path
    meant = "owner" if "/merchant/" in path else "buyer" if "/store/" in path else "visitor"
    yield meant
    if case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
        yield from (who for who in PEOPLE if who != meant)


def takes_what_the_schema_allows(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> bool | None:
    """Let only rules that a schema cannot state refuse a request that keeps to the schema."""
    if response.status_code == 400 and case.path.startswith(HOOKS):
        return None  # forged: a schema cannot say that a signature is right
    if response.status_code == 415 and case.media_type == "multipart/form-data":
        return None  # bytes are a kind of picture or not
    if response.status_code == 422 and response.json()["field"].split(".")[0] in BEYOND_SCHEMA:
        return None
    return positive_data_acceptance(ctx, response, case)


def refuses_with_reasons(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: AnyCase
) -> bool | None:
    """Every refusal has a code; a malformed request is told its field, a hasty one how long to wait."""
    if response.status_code < 400 or case.path.startswith(HOOKS):
        return None
    problem = response.json()
    assert response.headers["content-type"] == [REFUSED]
    assert problem["status"] == response.status_code
    assert problem["code"] and problem["detail"]
    if response.status_code == 422:
        assert problem["field"]
    if response.status_code == 429:
        assert int(response.headers["retry-after"][0]) > 0
    return None


def swap(case: AnyCase, ids: dict[str, str]) -> None:
    """Put the market's ids where the document's examples stand."""
    case.path_parameters = _swapped(case.path_parameters, ids)
    case.query = _swapped(case.query, ids)
    case.body = _swapped(case.body, ids)


def _swapped(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {ids.get(name, name): _swapped(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_swapped(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value
