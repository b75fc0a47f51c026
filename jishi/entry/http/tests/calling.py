"""Calling the API in tests as an app would: JSON in, JSON out, X-Session-Token for who asks."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from jishi.identity.accounts.tests.factories import session_token
from jishi.kernel.ids import MerchantId, UserId


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class App:
    """Somebody's app; without a token it is a visitor's, who keeps his cookies."""

    client: Client
    headers: dict[str, str]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call `path` below /api/v1."""
        found = self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={**self.headers, **headers},
        )
        return Answer(found.status_code, json.loads(found.content) if found.content else None)


def app_of(user: UserId, merchant_id: MerchantId | None = None) -> App:
    """Return the app of somebody signed in, for one of his merchants when one is named."""
    headers = {"X-Session-Token": session_token(user)}
    return App(Client(), headers | ({"X-Merchant-Id": str(merchant_id)} if merchant_id else {}))


def visitors_app() -> App:
    """Return a browser nobody signed in with."""
    return App(Client(), {})
