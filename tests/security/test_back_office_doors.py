"""Every address of the back office, tried by everybody: outsiders find the door, colleagues their own desks only.

The addresses are those of Django's resolver, so that one that appears tomorrow is tried tomorrow; one of a kind
that nobody has decided about fails.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver

from benchmarks.rows import Row
from jishi.entry.console.tests.action_cases import CASES
from jishi.entry.console.tests.conftest import sign_in
from jishi.entry.console.tests.factories import MAKERS
from jishi.entry.console.tests.test_access import MAY_SEE
from jishi.identity.accounts.tests.factories import make_buyer, make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.db import rows
from jishi.kernel.ids import UserId
from tests.security.hostile import Figures
from tests.security.world import Victim

pytestmark = pytest.mark.django_db

DOOR = "/admin/login/"
# Addresses of no desk: those that are open to everybody (the door itself), and those of all colleagues.
OPEN = frozenset({"login", "logout", "jsi18n"})
OF_ALL = frozenset(
    {"index", "search", "console_language", "console_help", "password_change", "password_change_done",
     "autocomplete", "view_on_site", "app_list", None}
)  # fmt: skip
# Addresses that Django gives every desk; who may see the desk may see `SEEN`, nobody may use the others.
SEEN = frozenset({"changelist", "change", "history", "calendar"})
# Downloads, and who of those that see the desk may have them.
DOWNLOADS = {"codes": {"operations"}}
CLOSED = frozenset({"add", "delete"})
EDITABLE = {
    "category",
    "brand",
    "sensitiveword",
    "rejectiontemplate",
    "experimentrow",
    "promotionrow",
    "coupontemplaterow",
    "saleevent",
}  # whose rows are written in the back office

Door = tuple[str, str | None]


def doors() -> Iterator[Door]:
    """Return every address of the back office as (route, name)."""
    yield from _walk(get_resolver(), "")


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Door]:
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, route)
        elif route.startswith("admin/"):
            yield route, one.name


def address_of(route: str, row: Model | None) -> str:
    """Return the address of a route, about this row where it is about one."""
    path = re.sub("<(path:object|uuid:template)_id>", str(row.pk) if row is not None else "1", route)
    path = path.replace("<path:content_type_id>", "1")
    path = re.sub(r"\^\(\?P<app_label>(\w+)[^)]*\)/\$", r"\1/", path)
    return "/" + path.replace("(?P<url>.*)$", "nothing-here/")


def desk_of(route: str) -> type[Model] | None:
    """Return the table whose desk a route belongs to."""
    parts = route.split("/")
    return next((one for one in MAKERS if [one._meta.app_label, one._meta.model_name] == parts[1:3]), None)


def kind_of(route: str, name: str | None, model: type[Model]) -> str:
    """Return what a desk's route is for: changelist, change, …, or an action."""
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    return (name or f"{prefix}old").removeprefix(prefix)


def browser_of(user: UserId | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        sign_in(client, user)
    return client


def outsiders(victim: Victim) -> dict[str, Client]:
    """Return the browsers of everybody who is not of the platform's staff."""
    people: dict[str, UserId | None] = {"visitor": None, "buyer": make_buyer(), "owner": victim.owner}
    people |= {
        role.value: make_staff(victim.merchant_id, role=role)
        for role in StaffRole
        if role is not StaffRole.OWNER
    }
    return {name: browser_of(user) for name, user in people.items()}


def written(row: Model) -> Any:
    return rows(f"SELECT md5(t::text) FROM {row._meta.db_table} t WHERE {row._meta.pk.column} = %s", [row.pk])


def test_every_door_is_of_a_kind_that_somebody_decided_about() -> None:
    actions = {(case.table, case.action) for case in CASES}
    unknown = []
    for route, name in doors():
        model = desk_of(route)
        if model is None:
            unknown += [route] if name not in OPEN | OF_ALL else []
        elif (kind := kind_of(route, name, model)) not in SEEN | CLOSED | DOWNLOADS.keys() | {"old"} and (
            model,
            kind,
        ) not in actions:
            unknown.append(route)
    assert unknown == []
    assert set(MAKERS) == set(admin.site._registry)


@pytest.mark.parametrize(
    "step", [pytest.param(5, id="fifth"), pytest.param(1, id="all", marks=pytest.mark.proof)]
)
def test_outsiders_are_sent_to_the_door(step: int, victim: Victim, figures: Figures) -> None:
    people = outsiders(victim)
    kept = {model: make() for model, make in MAKERS.items()}
    before = {model: written(row) for model, row in kept.items()}
    tries = list(product(doors(), people.items(), ("GET", "POST")))[::step]
    inside = []
    for (route, name), (who, client), method in tries:
        model = desk_of(route)
        answer = client.generic(method, address_of(route, kept[model] if model else None))
        is_out = answer.status_code == 302 and answer.headers["Location"].startswith(DOOR)
        may_answer = name in OPEN | {"console_language", None} and answer.status_code != 500
        if not is_out and not may_answer:
            inside.append((who, method, route, answer.status_code))
    assert inside == []
    assert {model: written(row) for model, row in kept.items()} == before
    figures(
        Row(
            work="back office: outsiders, none let in",
            measured=len(tries),
            unit="calls",
            measured_min=2_500 / step,
        )
    )


@pytest.mark.proof  # the quick profile tries the same by desk and by action: entry/console/tests
@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_colleagues_open_their_own_desks_only(model: type[Model]) -> None:
    row = MAKERS[model]()
    before, wrong = written(row), []
    for role in PlatformRole:
        client = browser_of(make_platform_staff(role))
        may_see = role.value in MAY_SEE[model] or role is PlatformRole.ADMINISTRATOR
        for route, name in doors():
            kind = kind_of(route, name, model)
            if desk_of(route) is not model or kind == "old":
                continue
            may_act = role.value in _roles_of(model, kind) or role is PlatformRole.ADMINISTRATOR
            for method in ("GET", "POST"):
                status = client.generic(method, address_of(route, row)).status_code
                if status == 500 or (not _is_allowed(model, kind, may_see, may_act) and status != 403):
                    wrong.append((role.value, method, route, status))
    assert wrong == []
    assert written(row) == before


def _roles_of(model: type[Model], action: str) -> set[str]:
    return DOWNLOADS.get(action, set()).union(
        *(case.roles for case in CASES if (case.table, case.action) == (model, action))
    )


def _is_allowed(model: type[Model], kind: str, may_see: bool, may_act: bool) -> bool:
    if kind in CLOSED:
        return may_see and model._meta.model_name in EDITABLE
    return may_see if kind in SEEN else may_act
