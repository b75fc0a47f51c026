"""People who work in the back office, each with a browser."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib import messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from jishi.identity.accounts.tests.factories import make_platform_staff, session_token
from jishi.identity.accounts.types import PlatformRole
from jishi.kernel.ids import UserId


def list_address(model: type[Model]) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_address(row: Model) -> str:
    """Return the address of a row's page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def action_address(row: Model, action: str) -> str:
    """Return the address of an action on a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk])


def sign_in(client: Client, user_id: UserId) -> None:
    """Give a browser somebody's session."""
    client.cookies[settings.SESSION_COOKIE_NAME] = session_token(user_id)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of the platform's staff at his desk."""

    id: UserId
    client: Client

    def open(self, model: type[Model], **query: str) -> Any:
        """Open a list."""
        return self.client.get(list_address(model), query)

    def page(self, row: Model, **query: str) -> Any:
        """Open a row's page."""
        return self.client.get(page_address(row), query)

    def ask(self, row: Model, action: str) -> Any:
        """Open the dialog of an action."""
        return self.client.get(action_address(row, action))

    def act(self, row: Model, action: str, **answers: str) -> list[str]:
        """Confirm the dialog of an action; return what the back office says about it."""
        answer = self.client.post(action_address(row, action), {"_form_submitted": "on", **answers})
        assert answer.status_code == 302, answer.content.decode()
        assert answer.headers["Location"] == page_address(row)
        return [str(one) for one in messages.get_messages(answer.wsgi_request)]


Hire = Callable[..., Colleague]


@pytest.fixture
def hire() -> Hire:
    """Return a function that gives somebody a role and a browser; `language` is what it asks for."""

    def make(role: str, *, language: str = "zh") -> Colleague:
        user_id = make_platform_staff(PlatformRole(role))
        client = Client(headers={"Accept-Language": language})
        sign_in(client, user_id)
        return Colleague(user_id, client)

    return make
