"""The neighbour sees nothing: every operation of the API, called by those whom it is none of their business.

The list of operations is the OpenAPI document itself, so an operation that appears tomorrow is tested
tomorrow.
"""

import json
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from benchmarks.rows import Row
from jishi.identity.accounts.tests.factories import (
    make_address,
    make_buyer,
    make_platform_staff,
    session_token,
)
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.ids import MerchantId, UserId
from tests.security.operations import BASE, Operation, Unteachable, address_of, body_of, operations
from tests.security.world import PUBLIC, SHARED, Victim, belongings

pytestmark = pytest.mark.django_db

MERCHANT = operations("merchant/")
STORE = operations("store/")


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
    answer = Client(raise_request_exception=False).generic(
        operation.method, address_of(operation, ids), body, content_type=content_type, headers=headers
    )
    return _read_whole(answer) if answer.streaming else answer


def _read_whole(answer: Any) -> HttpResponse:
    """Return a file that is sent in parts as one answer."""
    return HttpResponse(b"".join(answer.streaming_content), status=answer.status_code)


def code_of(answer: Any) -> str:
    return str(json.loads(answer.content).get("code", "")) if answer.content else ""


def leaks(answer: Any, victim: Victim) -> Iterator[str]:
    text = answer.content.decode()
    yield from (one for one in victim.own_ids if one in text)
    yield from (word for word in ("受害", "13700137000", "137****7000") if word in text)


# -- merchants ----------------------------------------------------------------------------------------------


def staff_of(merchant_id: MerchantId, owner: UserId) -> dict[str, UserId]:
    """Return a merchant's people, one for each role."""
    others = {
        role.value: make_staff(merchant_id, role=role) for role in StaffRole if role is not StaffRole.OWNER
    }
    return {StaffRole.OWNER.value: owner} | others


def next_door() -> dict[str, UserId]:
    """Return the people of another merchant, one for each role."""
    owner = make_buyer(nickname="邻居")
    return staff_of(make_merchant(owner=owner, name_zh="隔壁"), owner)


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_the_neighbouring_merchants_people_get_nothing(operation: Operation, victim: Victim) -> None:
    """Of whatever role: who may do this in his own store finds nothing of the victim's there."""
    owned = set(operation.path_names) - SHARED
    in_body = body_of(operation, victim.ids)[2] - SHARED
    people = next_door()
    before = belongings(victim)
    for role, user in people.items():
        answer = call(operation, victim.ids, user=user)
        said = (role, answer.status_code, answer.content)
        if role not in operation.roles:
            assert (answer.status_code, code_of(answer)) == (403, "not_allowed"), said
        elif owned and not in_body:
            assert answer.status_code == 404, said
        elif owned or in_body:
            assert answer.status_code in (404, 409, 422), said
        else:
            assert answer.status_code != 500, said
        if answer.status_code < 300:
            assert list(leaks(answer, victim)) == [], role
    assert belongings(victim) == before


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_naming_the_victims_store_does_not_help(operation: Operation, victim: Victim) -> None:
    before = belongings(victim)
    for role, user in next_door().items():
        answer = call(operation, victim.ids, user=user, merchant=victim.merchant_id)
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), (role, answer.content)
    assert belongings(victim) == before


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
    shows_nothing(answer, victim)
    assert belongings(victim) == before


def shows_nothing(answer: Any, victim: Victim) -> None:
    """Check that an answer of the store names nothing that is the victim's alone."""
    assert answer.status_code != 500, answer.content
    text = answer.content.decode()
    private = {value for name, value in victim.ids.items() if name not in SHARED | PUBLIC}
    assert [one for one in private if one in text] == []
    assert "137****7000" not in text and "13700137000" not in text


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


# -- everybody else -----------------------------------------------------------------------------------------


def platform() -> dict[str, UserId]:
    """Return the platform's staff by role: they have the back office, and no desk in anybody's store."""
    return {role.value: make_platform_staff(role) for role in PlatformRole}


@pytest.mark.parametrize("operation", STORE, ids=str)
def test_what_is_the_buyers_is_nobody_elses_of_whatever_role(operation: Operation, victim: Victim) -> None:
    """Not even of the people of the merchant he bought from, nor of the platform's."""
    others = staff_of(victim.merchant_id, victim.owner) | platform()
    before = belongings(victim)
    for role, user in others.items():
        answer = call(operation, victim.ids, user=user)
        if private_names(operation):
            assert answer.status_code == 404 or _is_empty(answer), (role, answer.status_code, answer.content)
        shows_nothing(answer, victim)
    assert belongings(victim) == before


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_the_platforms_staff_works_for_no_merchant(operation: Operation, victim: Victim) -> None:
    before = belongings(victim)
    for (role, user), merchant in zip(platform().items(), cycle([None, victim.merchant_id]), strict=False):
        refused = call(operation, victim.ids, user=user, merchant=merchant)
        assert refused.status_code == 403, (role, refused.status_code, refused.content)
        assert list(leaks(refused, victim)) == []
    assert belongings(victim) == before


@pytest.mark.parametrize("operation", MERCHANT, ids=str)
def test_every_role_that_is_named_gets_in(operation: Operation, victim: Victim) -> None:
    """Or refusing the others would prove nothing."""
    for role in sorted(operation.roles - {StaffRole.OWNER.value}):
        answer = call(operation, victim.ids, user=make_staff(victim.merchant_id, role=StaffRole(role)))
        assert answer.status_code not in (401, 403, 500), (role, answer.status_code, answer.content)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("page", ["/orders/{order_id}", "/orders/{order_id}/review", "/pay/{trade_id}"])
def test_a_page_of_somebody_elses_shows_nothing_of_his(prefix: str, page: str, victim: Victim) -> None:
    """Own pages are outlines that the browser fills by the API as whoever is signed in."""
    address = f"{prefix}{page.format(**victim.ids)}"
    shown = set()
    for user in (None, make_buyer(), victim.buyer):
        client = Client(raise_request_exception=False)
        if user:
            client.cookies["jishi_session"] = session_token(user)
        shown.add(client.get(address).content)
    assert len(shown) == 1
    text = shown.pop().decode()
    assert "受害" not in text and "137****7000" not in text


# -- the test itself ----------------------------------------------------------------------------------------


def test_every_operation_of_the_document_stands_in_a_matrix() -> None:
    """What channels and carriers call carries a signature instead of a person: tests/security/test_fuzz_*."""
    others = set(map(str, operations(""))) - set(map(str, MERCHANT + STORE))
    assert others == {"POST hooks/payments/{channel}", "POST hooks/carriers/{carrier}"}


def test_the_matrix_is_as_large_as_it_says(figures: Callable[[Row], None]) -> None:
    """Each cell is one operation called by one kind of person."""
    staff, platform_staff = len(StaffRole), len(PlatformRole)
    strangers = 3  # a visitor, a buyer, and the victim's own buyer at the desk of the merchant
    of_merchants = (
        2 * staff + strangers + staff + platform_staff
    )  # next door twice, his own people, the platform
    of_buyers = 2 + staff + platform_staff  # the neighbour, a visitor, everybody else
    cells = len(MERCHANT) * of_merchants + len(STORE) * of_buyers
    figures(
        Row(
            work="neighbours: operations × kinds of people",
            measured=cells,
            unit="cells",
            measured_min=1_900,
            note=f"{len(MERCHANT)} of merchants, {len(STORE)} of the store",
        )
    )


def test_an_operation_that_names_something_new_fails_until_it_is_taught(victim: Victim) -> None:
    unknown = Operation("GET", f"{BASE}merchant/dragons/{{dragon_id}}", {}, frozenset())
    with pytest.raises(Unteachable, match="dragon_id"):
        address_of(unknown, victim.ids)


def test_every_id_of_the_world_is_one(victim: Victim) -> None:
    for name, value in victim.ids.items():
        assert name in SHARED or str(UUID(value)) == value, name
