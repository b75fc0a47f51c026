"""People at the edge: a browser that keeps its cookies and a phone that gets its codes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine
from django.core import signals
from django.db import close_old_connections, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from jishi.config.environment import SmsAccount
from jishi.kernel import cache, clock
from simulators.testing import RunningSimulators
from tests.security.world import Victim, make_victim

ALLAUTH = "/_allauth/browser/v1"


@dataclass(slots=True)
class Browser:
    """A browser behind the edge: sends its CSRF token, says which address the edge saw."""

    address: str = "203.0.113.7"
    client: Client = field(
        default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False)
    )

    def get(self, path: str, **headers: str) -> Any:
        """Fetch a page."""
        return self.client.get(path, headers=self._headers(headers))

    def post(self, path: str, body: object, **headers: str) -> Any:
        """Send JSON."""
        return self._send("POST", path, body, headers)

    def send(self, path: str, body: bytes) -> Any:
        """Send bytes that claim to be JSON."""
        return self.client.generic(
            "POST", path, body, content_type="application/json", headers=self._headers({})
        )

    def patch(self, path: str, body: object, **headers: str) -> Any:
        """Send a change."""
        return self._send("PATCH", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        """Take something away."""
        return self._send("DELETE", path, None, headers)

    def allauth(self, path: str, body: object) -> Any:
        """Send JSON to one of allauth's doors."""
        if "csrftoken" not in self.client.cookies:
            self.get(f"{ALLAUTH}/config")
        return self.post(f"{ALLAUTH}{path}", body)

    def session(self) -> dict[str, Any]:
        """Ask who is signed in."""
        answer: dict[str, Any] = self.get(f"{ALLAUTH}/auth/session").json()
        return answer

    def _send(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        return self.client.generic(
            method,
            path,
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=self._headers(headers),
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        token = self.client.cookies.get("csrftoken")
        mine = {"X-Forwarded-For": self.address} | ({"X-CSRFToken": token.value} if token else {})
        return mine | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.fixture(autouse=True)
def _patient_with_valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wait longer for Valkey than a shop may: on a busy machine limits would open and prove nothing."""
    monkeypatch.setattr(cache, "CONNECT_SECONDS_MAX", 20.0)
    monkeypatch.setattr(cache, "ANSWER_SECONDS_MAX", 20.0)
    monkeypatch.setattr(cache, "_breaker", cache._Breaker())
    cache.client.cache_clear()
    yield
    cache.client.cache_clear()


@pytest.fixture
def still() -> Iterator[None]:
    """Stop the clock: on a busy machine a minute's guesses would take longer than the minute."""
    with time_machine.travel(clock.now(), tick=False):
        yield


@pytest.fixture
def browser() -> Browser:
    """A fresh browser."""
    return Browser()


@dataclass(frozen=True, slots=True)
class Inbox:
    """What people were sent."""

    server: RunningSimulators

    def all(self, to: str) -> list[dict[str, Any]]:
        """Return the messages to somebody, the newest first."""
        return self.server.control.messages(to)

    def code(self, to: str) -> str:
        """Return the code in the newest message to somebody."""
        return str(self.all(to)[0]["code"])


@pytest.fixture
def inbox(simulators_server: RunningSimulators, settings: Settings) -> Iterator[Inbox]:
    """The simulators' inbox, with the shop's gateways pointing at it."""
    simulators_server.control.reset()
    settings.ENV = replace(
        settings.ENV,
        sms=SmsAccount(
            url=simulators_server.sms_url,
            access_key=simulators_server.accounts.sms_secret_id,
            secret=simulators_server.keys.sms_secret,
        ),
        email_url=simulators_server.mail_url,
    )
    yield Inbox(simulators_server)
    simulators_server.control.clear_faults()


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Victim]:
    """The victim, made in a transaction around all tests: each works in a savepoint and leaves nothing."""
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # as pytest-django's own: no flow's transaction
    with django_db_blocker.unblock():
        around.__enter__()
        victim = make_victim()
    yield victim
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def victim(made_once: Victim, db: None) -> Victim:
    """A merchant and a buyer who have one of everything."""
    return made_once


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the connection that holds this test's transaction, as Django's own client does."""
    both = (signals.request_started, signals.request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)
