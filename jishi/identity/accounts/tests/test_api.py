"""Oneself and one's addresses over HTTP."""

import json
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_address, make_buyer, session_token
from jishi.kernel.ids import UserId, new_id

pytestmark = pytest.mark.django_db

BASE = "/api/v1/store"
ADDRESS = {
    "recipient": "王小明",
    "phone": "13800138000",
    "area_code": "310104",
    "street": "漕溪北路 100 号 3 栋 402",
}


def call(user: UserId | None, method: str, path: str, body: object = None) -> Any:
    headers = {"X-Session-Token": session_token(user)} if user else {}
    raw = b"" if body is None else json.dumps(body).encode()
    answer = Client().generic(method, BASE + path, raw, content_type="application/json", headers=headers)
    return answer.status_code, (json.loads(answer.content) if answer.content else None)


def test_an_address_is_added_read_corrected_and_removed() -> None:
    buyer = make_buyer()
    status, added = call(buyer, "POST", "/addresses", ADDRESS)
    assert (status, added["district"], added["is_default"]) == (201, "徐汇区", True)
    path = f"/addresses/{added['id']}"
    assert call(buyer, "GET", path) == (200, added)
    status, changed = call(buyer, "PATCH", path, {"street": "别的路 1 号"})
    assert (status, changed) == (200, added | {"street": "别的路 1 号"})
    assert call(buyer, "GET", "/addresses") == (200, {"items": [changed], "next_cursor": None})
    assert call(buyer, "DELETE", path) == (204, None)
    assert call(buyer, "DELETE", path)[0] == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": " "}, "recipient"),
        ({"recipient": "王\u0000"}, "recipient"),
        ({"recipient": "王" * 41}, "recipient"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "１３８００１３８０００"}, "phone"),
        ({"area_code": "31010"}, "area_code"),
        ({"area_code": "999999"}, "area_code"),
        ({"street": ""}, "street"),
        ({"postcode": "2000"}, "postcode"),
        ({"is_default": "perhaps"}, "is_default"),
        ({"street": None}, "street"),
    ],
)
def test_a_bad_address_names_its_field(wrong: dict[str, Any], field: str) -> None:
    status, problem = call(make_buyer(), "POST", "/addresses", ADDRESS | wrong)
    assert (status, problem["code"], problem["field"]) == (422, "invalid", field)


def test_a_full_book_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = make_buyer()
    for _ in range(50):
        make_address(buyer)
    status, problem = call(buyer, "POST", "/addresses", ADDRESS)
    assert (status, problem["code"], problem["data"]) == (409, "address_limit", {"limit": 50})


def test_strangers_are_asked_to_sign_in() -> None:
    for method, path in (("GET", "/me"), ("GET", "/addresses"), ("DELETE", f"/addresses/{new_id()}")):
        status, problem = call(None, method, path)
        assert (status, problem["code"]) == (401, "sign_in_needed")


def test_the_profile_is_changed() -> None:
    buyer = make_buyer(nickname="小明")
    assert call(buyer, "PATCH", "/me", {"nickname": "小红", "language": "en"})[1]["nickname"] == "小红"
    assert call(buyer, "GET", "/me")[1]["language"] == "en"
    assert call(buyer, "PATCH", "/me", {"language": "fr"})[0] == 422
    assert call(buyer, "PATCH", "/me", {"nickname": "\u0007"})[1]["field"] == "nickname"


def test_problems_speak_the_askers_language() -> None:
    chinese, english = (Client().get(f"{BASE}/me?language={one}").json()["detail"] for one in ("zh", "en"))
    assert (chinese, english) == ("请先登录", "Please sign in first")


def test_the_address_pickers_tree() -> None:
    status, tree = call(None, "GET", "/regions")
    assert status == 200
    shanghai = next(one for one in tree["items"] if one["code"] == "310000")
    assert "310104" in [one["code"] for one in shanghai["children"][0]["children"]]


def test_the_address_list_costs_the_same_for_any_number(django_assert_num_queries: Any) -> None:
    buyer = make_buyer()
    headers = {"X-Session-Token": session_token(buyer)}
    for many in (10, 20):
        for _ in range(10):
            make_address(buyer)
        Client().get(f"{BASE}/addresses", headers=headers)
        with django_assert_num_queries(2):  # who asks, and the list
            assert len(Client().get(f"{BASE}/addresses", headers=headers).json()["items"]) == many
