"""The neighbour sees nothing: every operation of the API, called by those whom it is none of their business.

The list of operations is the OpenAPI document itself, so an operation that appears tomorrow is tested
tomorrow.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from jishi.entry.http.api import api
from jishi.identity.accounts.tests.factories import make_address, make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.ids import MerchantId, UserId
from tests.security.world import PUBLIC, SHARED, Victim, belongings, make_victim

pytestmark = pytest.mark.django_db

BASE = "/api/v1/"
PAGES = ("cursor", "limit", "page", "size", "language")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; `roles` are those of the merchant's staff it admits."""

    method: str
    path: str
    spec: dict[str, Any]
    roles: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix(BASE)}"

    @property
    def path_names(self) -> list[str]:
        """The names in the path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def is_protected(self) -> bool:
        """Whether it asks who is there."""
        return bool(self.spec.get("security"))


def operations(prefix: str) -> list[Operation]:
    document = api.get_openapi_schema(path_prefix=BASE)
    found = [
        Operation(method.upper(), path, spec, _roles(method, path))
        for path, methods in document["paths"].items()
        if path.startswith(BASE + prefix)
        for method, spec in methods.items()
    ]
    assert found, f"the document has no operation under {prefix}"
    return found


def _roles(method: str, path: str) -> frozenset[str]:
    for prefix, router in api._routers:
        for route, view in router.path_operations.items():
            for operation in view.operations:
                full = f"{BASE}{prefix.strip('/')}/{route.lstrip('/')}"
                if _plain(full) == _plain(path) and method.upper() in operation.methods:
                    return frozenset(
                        role for auth in operation.auth_callbacks for role in getattr(auth, "roles", ())
                    )
    raise AssertionError(f"no view for {method} {path}")


def _plain(path: str) -> str:
    return "/".join("{}" if "{" in part else part for part in path.replace("//", "/").split("/"))


MERCHANT = operations("merchant/")
STORE = operations("store/")


# -- calling ------------------------------------------------------------------------------------------------


class Unteachable(AssertionError):
    """The operation names something that tests/security/world.py does not make yet."""


def _value(name: str, ids: dict[str, str]) -> str:
    if name not in ids:
        raise Unteachable(f"tests/security/world.py makes no {name}: add it to Victim.ids")
    return ids[name]


def address_of(operation: Operation, ids: dict[str, str]) -> str:
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", _value(name, ids))
    wanted = [
        f"{parameter['name']}={_query_value(parameter, ids)}"
        for parameter in operation.spec.get("parameters", ())
        if parameter["in"] == "query" and (parameter.get("required") or parameter["name"].endswith("_id"))
    ]
    return f"{path}?{'&'.join(wanted)}" if wanted else path


def _query_value(parameter: dict[str, Any], ids: dict[str, str]) -> str:
    if parameter["name"].endswith("_id"):
        return _value(parameter["name"], ids)
    found = parameter.get("example") or parameter["schema"].get("examples", ["x"])[0]
    return str(found)


def body_of(operation: Operation, ids: dict[str, str]) -> tuple[bytes, str, set[str]]:
    """Return the example of the body with the victim's ids in it, its content type, and their names."""
    content = operation.spec.get("requestBody", {}).get("content", {})
    if not content:
        return b"", "application/json", set()
    if "application/json" not in content:
        return b"--x--\r\n", f"{next(iter(content))}; boundary=x", set()
    named: set[str] = set()
    example = _with_ids(_example(operation, content["application/json"]), ids, named)
    return json.dumps(example).encode(), "application/json", named


def _example(operation: Operation, content: dict[str, Any]) -> Any:
    schema = content["schema"]
    for place in (content, schema):
        if place.get("examples"):
            examples = place["examples"]
            first = next(iter(examples.values())) if isinstance(examples, dict) else examples[0]
            return first.get("value", first) if isinstance(examples, dict) else first
        if "example" in place:
            return place["example"]
    raise AssertionError(f"{operation} has no example of its body")


def _with_ids(value: Any, ids: dict[str, str], named: set[str]) -> Any:
    if isinstance(value, list):
        return [_with_ids(one, ids, named) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _swapped(name, one, ids, named) for name, one in value.items()}


def _swapped(name: str, value: Any, ids: dict[str, str], named: set[str]) -> Any:
    single = name.removesuffix("s") if name.endswith("_ids") else name
    if value is None or not single.endswith("_id"):
        return _with_ids(value, ids, named)
    named.add(single)
    return [_value(single, ids)] if name.endswith("_ids") else _value(single, ids)


def call(
    operation: Operation,
    ids: dict[str, str],
    *,
    user: UserId | None,
    merchant: MerchantId | str | None = None,
) -> Any:
    body, content_type, _ = body_of(operation, ids)
    headers = {"Idempotency-Key": f"neighbour-{user}"}
    headers |= {"X-Session-Token": session_token(user)} if user else {}
    headers |= {"X-Merchant-Id": str(merchant)} if merchant else {}
    return Client(raise_request_exception=False).generic(
        operation.method, address_of(operation, ids), body, content_type=content_type, headers=headers
    )


def code_of(answer: Any) -> str:
    return str(json.loads(answer.content).get("code", "")) if answer.content else ""


def leaks(answer: Any, victim: Victim) -> Iterator[str]:
    text = answer.content.decode()
    yield from (one for one in victim.own_ids if one in text)
    yield from (word for word in ("受害", "13700137000", "137****7000") if word in text)


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
    return made_once


# -- merchants ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_the_neighbouring_merchant_gets_nothing(operation: Operation, victim: Victim) -> None:
    neighbour = make_buyer(nickname="邻居")
    make_merchant(owner=neighbour, name_zh="隔壁")
    before = belongings(victim)

    answer = call(operation, victim.ids, user=neighbour)

    owned = set(operation.path_names) - SHARED
    in_body = body_of(operation, victim.ids)[2] - SHARED
    if owned and not in_body:
        assert answer.status_code == 404, (answer.status_code, answer.content)
    elif owned or in_body:
        assert answer.status_code in (404, 409, 422), (answer.status_code, answer.content)
    else:
        assert answer.status_code != 500, answer.content
    if answer.status_code < 300:
        assert list(leaks(answer, victim)) == []
    assert belongings(victim) == before


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_naming_the_victims_store_does_not_help(operation: Operation, victim: Victim) -> None:
    neighbour = make_buyer()
    make_merchant(owner=neighbour)
    answer = call(operation, victim.ids, user=neighbour, merchant=victim.merchant_id)
    assert (answer.status_code, code_of(answer)) == (404, "not_found"), answer.content


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_a_stranger_signs_in_first_and_a_buyer_stays_outside(operation: Operation, victim: Victim) -> None:
    stranger = call(operation, victim.ids, user=None)
    assert (stranger.status_code, code_of(stranger)) == (401, "sign_in_needed"), stranger.content
    for outsider in (make_buyer(), victim.buyer):
        refused = call(operation, victim.ids, user=outsider)
        assert refused.status_code in (403, 404), refused.content
        assert list(leaks(refused, victim)) == []


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_the_wrong_role_is_refused(operation: Operation, victim: Victim) -> None:
    wrong = {role.value for role in StaffRole} - operation.roles
    assert StaffRole.OWNER.value in operation.roles
    for role in sorted(wrong):
        member = make_staff(victim.merchant_id, role=StaffRole(role))
        refused = call(operation, victim.ids, user=member)
        assert (refused.status_code, code_of(refused)) == (403, "not_allowed"), (role, refused.content)


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_the_owner_himself_gets_in(operation: Operation, victim: Victim) -> None:
    """Or the tests above would prove nothing: nothing of his is refused, and reading always works."""
    answer = call(operation, victim.ids, user=victim.owner)
    assert answer.status_code not in (401, 403), answer.content
    assert answer.status_code != 500, answer.content
    if operation.method == "GET":
        assert answer.status_code == 200, answer.content
    elif set(operation.path_names) - SHARED:
        assert answer.status_code != 404, answer.content


# -- buyers -------------------------------------------------------------------------------------------------


def private_names(operation: Operation) -> set[str]:
    return set(operation.path_names) - SHARED - PUBLIC


@pytest.mark.parametrize("operation", STORE, ids=str)
def test_the_neighbouring_buyer_gets_nothing(operation: Operation, victim: Victim) -> None:
    neighbour = make_buyer(nickname="邻居")
    make_address(neighbour)
    before = belongings(victim)

    answer = call(operation, victim.ids, user=neighbour)

    if private_names(operation):
        assert answer.status_code == 404 or _is_empty(answer), (answer.status_code, answer.content)
    assert answer.status_code != 500, answer.content
    private = {value for name, value in victim.ids.items() if name not in SHARED | PUBLIC}
    assert [one for one in private if one in answer.content.decode()] == []
    assert "137****7000" not in answer.content.decode()
    assert belongings(victim) == before


def _is_empty(answer: Any) -> bool:
    """Removing somebody else's cart line answers one's own cart, which is empty."""
    return bool(answer.status_code == 200 and json.loads(answer.content).get("groups") == [])


@pytest.mark.parametrize("operation", STORE, ids=str)
def test_a_visitor_signs_in_for_what_is_personal(operation: Operation, victim: Victim) -> None:
    before = belongings(victim)
    answer = call(operation, victim.ids, user=None)
    if operation.is_protected:
        assert (answer.status_code, code_of(answer)) == (401, "sign_in_needed"), answer.content
    assert answer.status_code != 500, answer.content
    assert belongings(victim) == before


@pytest.mark.parametrize("operation", [one for one in STORE if private_names(one)], ids=str)
def test_the_buyer_himself_gets_in(operation: Operation, victim: Victim) -> None:
    answer = call(operation, victim.ids, user=victim.buyer)
    assert answer.status_code not in (401, 403, 404, 500), answer.content


# -- the test itself ----------------------------------------------------------------------------------------


def test_an_operation_that_names_something_new_fails_until_it_is_taught(victim: Victim) -> None:
    unknown = Operation("GET", f"{BASE}merchant/dragons/{{dragon_id}}", {}, frozenset())
    with pytest.raises(Unteachable, match="dragon_id"):
        address_of(unknown, victim.ids)


def test_every_id_of_the_world_is_one(victim: Victim) -> None:
    for name, value in victim.ids.items():
        assert str(UUID(value)) == value, name
