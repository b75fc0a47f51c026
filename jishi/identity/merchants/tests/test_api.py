"""The merchant's own pages over HTTP."""

import json
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants import queries
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.ids import UserId
from jishi.kernel.tests.paging import whole

pytestmark = pytest.mark.django_db

BASE = "/api/v1/merchant"


def call(user: UserId, method: str, path: str, body: object = None, **headers: str) -> Any:
    answer = Client().generic(
        method,
        BASE + path,
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"X-Session-Token": session_token(user)} | headers,
    )
    return answer.status_code, (json.loads(answer.content) if answer.content else None)


@pytest.fixture
def boss() -> UserId:
    return make_buyer(nickname="老板")


def test_the_profile_is_read_and_changed(boss: UserId) -> None:
    make_merchant(owner=boss, name_zh="青竹茶铺")
    status, profile = call(boss, "GET", "/profile")
    assert (status, profile["name"]["zh"], profile["bank_account"]) == (200, "青竹茶铺", "**** 3334")
    status, changed = call(boss, "PATCH", "/profile", {"version": profile["version"], "name_zh": "翠竹茶铺"})
    assert (status, changed["name"]["zh"]) == (200, "翠竹茶铺")
    status, problem = call(boss, "PATCH", "/profile", {"version": profile["version"], "name_zh": "又一个"})
    assert (status, problem["code"]) == (409, "profile_changed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"name_zh": "   "}, "name_zh"),
        ({"name_zh": "名\u0000字"}, "name_zh"),
        ({"name_zh": "字" * 41}, "name_zh"),
        ({"logo": "https://evil.example/x.png"}, "logo"),
        ({"logo": "/media/../secrets"}, "logo"),
        ({"logo": "/media/a/b.svg?x=1"}, "logo"),
        ({"version": 0}, "version"),
    ],
)
def test_a_bad_profile_names_its_field(boss: UserId, change: dict[str, Any], field: str) -> None:
    make_merchant(owner=boss)
    status, problem = call(boss, "PATCH", "/profile", {"version": 1} | change)
    assert (status, problem["field"]) == (422, field)


def test_staff_are_managed_by_the_owner(boss: UserId) -> None:
    make_merchant(owner=boss)
    clerk = make_buyer(phone="13800138000", nickname="小李")
    status, member = call(boss, "POST", "/staff", {"login": "13800138000", "role": "warehouse"})
    assert (status, member["user_id"], member["login"]) == (201, str(clerk), "b***@example.com")
    status, profile = call(clerk, "GET", "/profile")
    assert (status, profile["role"]) == (200, "warehouse")
    assert call(clerk, "GET", "/staff")[0] == 403
    assert call(boss, "PATCH", f"/staff/{clerk}", {"role": "finance"})[1]["role"] == "finance"
    assert (
        call(boss, "POST", "/staff", {"login": "13800138000", "role": "cashier"})[1]["code"]
        == "already_staff"
    )
    assert call(boss, "DELETE", f"/staff/{clerk}")[0] == 204
    assert call(clerk, "GET", "/profile")[0] == 403
    assert call(boss, "DELETE", f"/staff/{boss}")[1]["code"] == "last_owner"
    assert call(boss, "POST", "/staff", {"login": "nobody@example.com", "role": "cashier"})[1]["code"] == (
        "person_unknown"
    )


def test_who_works_for_two_says_for_which(boss: UserId) -> None:
    first, second = make_merchant(owner=boss), make_merchant()
    make_staff(second, role=StaffRole.SERVICE, user=boss)
    assert call(boss, "GET", "/profile")[1]["id"] == str(first)
    assert call(boss, "GET", "/profile", **{"X-Merchant-Id": str(second)})[1]["id"] == str(second)
    assert call(boss, "GET", "/staff", **{"X-Merchant-Id": str(second)})[0] == 403
    assert call(boss, "GET", "/profile", **{"X-Merchant-Id": str(make_merchant())})[0] == 404


def test_the_audit_log_is_paged(boss: UserId) -> None:
    merchant_id = make_merchant(owner=boss)
    status, page = call(boss, "GET", "/audit?limit=2")
    assert (status, len(page["items"])) == (200, 2)
    rest = call(boss, "GET", f"/audit?limit=100&cursor={page['next_cursor']}")[1]
    assert rest["next_cursor"] is None
    everything = queries.audit_log(merchant_id, cursor=None, limit=100).items
    assert [one["id"] for one in page["items"] + rest["items"]] == [str(one.id) for one in everything]
    assert call(boss, "GET", "/audit?cursor=nonsense")[1]["field"] == "cursor"
    assert call(boss, "GET", "/audit?limit=1000")[0] == 422


def test_the_audit_log_in_both_orders_to_the_last_page(boss: UserId) -> None:
    merchant_id = make_merchant(owner=boss)
    for _ in range(3):
        make_staff(merchant_id)
    newest = whole(lambda path: call(boss, "GET", path)[1], "/audit")
    oldest = whole(lambda path: call(boss, "GET", path)[1], "/audit?sort=oldest")
    assert [one["id"] for one in oldest] == [one["id"] for one in reversed(newest)]
    assert len({one["id"] for one in newest}) == len(newest) > 4
    kinds = {one["subject_kind"] for one in newest}
    assert len(kinds) > 1
    for kind in kinds:
        narrowed = whole(lambda path: call(boss, "GET", path)[1], f"/audit?subject_kind={kind}")
        assert [one["id"] for one in narrowed] == [one["id"] for one in newest if one["subject_kind"] == kind]
    assert call(boss, "GET", "/audit?sort=best")[1]["field"] == "sort"
