"""A merchant's desk of coupons, over HTTP."""

from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, new_id
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.pricing.types import Off
from jishi.offering.pricing.types_promotions import FreightOff

pytestmark = pytest.mark.django_db
WISH: dict[str, Any] = {
    "name": {"zh": "满 299 减 30", "en": "¥30 off ¥299"},
    "effect": {
        "kind": "tiers",
        "measure": "amount",
        "tiers": [{"threshold": 29_900, "off": {"amount_minor": 3_000}}],
    },
    "valid_days": 14,
}
BASE = "/api/v1/merchant/coupon-templates"


class Desk:
    """An owner at his desk, or one of a merchant's staff."""

    def __init__(self, merchant_id: MerchantId | None = None, role: StaffRole | None = None) -> None:
        owner = make_buyer()
        self.merchant_id = merchant_id or make_merchant(owner=owner)
        if role:
            make_staff(self.merchant_id, role=role, user=owner)
        self._token = session_token(owner)

    def ask(self, method: str, path: str = "", body: object = None, *, key: str = "") -> Any:
        headers = {"X-Session-Token": self._token} | ({"Idempotency-Key": key} if key else {})
        send = getattr(Client(), method)
        return send(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def test_a_template_is_written_once_and_gives_until_it_ends() -> None:
    desk = Desk()
    key = f"template-{new_id()}"
    first, again = (desk.ask("post", body=WISH, key=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    template = f"/{first.json()['id']}"
    for to in ("live", "paused", "live"):
        assert desk.ask("post", f"{template}/move", {"to": to}).json()["status"] == to
    changed = desk.ask("put", template, WISH | {"stock": 100})
    assert (changed.json()["version"], changed.json()["wish"]["stock"]) == (2, 100)
    assert desk.ask("post", f"{template}/move", {"to": "ended"}).status_code == 200
    refused = desk.ask("put", template, WISH)
    assert (refused.status_code, refused.json()["code"]) == (409, "coupon_template_move_not_allowed")
    assert [one["id"] for one in desk.ask("get", "?status=ended").json()["items"]] == [first.json()["id"]]
    second = desk.ask("post", body=WISH | {"way": "goodwill"}).json()["id"]
    page = desk.ask("get", "?limit=1").json()
    rest = desk.ask("get", f"?limit=1&cursor={page['next_cursor']}").json()
    assert [one["id"] for one in [*page["items"], *rest["items"]]] == [second, first.json()["id"]]
    assert rest["next_cursor"] is None
    assert [one["id"] for one in desk.ask("get", "?way=goodwill").json()["items"]] == [second]


def test_codes_are_made_and_read_as_a_table() -> None:
    desk = Desk()
    made = desk.ask("post", body=WISH | {"way": "code_once"}).json()
    key = f"codes-{new_id()}"
    for _ in range(2):
        assert desk.ask("post", f"/{made['id']}/codes", {"count": 3}, key=key).json() == {"count": 3}
    answer = desk.ask("get", f"/{made['id']}/codes")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert (answer["Content-Type"], lines[0], len(lines)) == ("text/csv; charset=utf-8", "code,given", 4)
    assert all(line.endswith(",0") for line in lines[1:])
    shared = desk.ask("post", body=WISH | {"way": "code_shared"}).json()
    assert desk.ask("post", f"/{shared['id']}/codes", {"word": "WINTER2026"}).status_code == 201
    taken = desk.ask("post", f"/{shared['id']}/codes", {"word": "winter2026"})
    assert (taken.status_code, taken.json()["field"]) == (422, "word")


@pytest.mark.parametrize(
    ("also", "field"),
    [
        ({"valid_days": None}, "valid_days"),
        ({"way": "spend"}, "spend_minor"),
        ({"funders": [{"funder": "platform", "basis_points": 10_000}]}, "funders"),
        ({"name": {"zh": " ", "en": ""}}, "name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(also: dict[str, object], field: str) -> None:
    answer = Desk().ask("post", body=WISH | also)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_nobody_reaches_anothers_templates() -> None:
    mine, other = Desk(), Desk()
    template = f"/{mine.ask('post', body=WISH).json()['id']}"
    asked = [
        other.ask("get", template), other.ask("put", template, WISH), other.ask("get", f"{template}/codes"),
        other.ask("post", f"{template}/move", {"to": "live"}), other.ask("post", f"{template}/codes", {"count": 1}),
    ]  # fmt: skip
    assert {one.status_code for one in asked} == {404}
    assert other.ask("get").json()["items"] == []


@pytest.mark.parametrize(
    ("role", "may_read", "may_write"),
    [
        (StaffRole.OPERATOR, True, True),
        (StaffRole.FINANCE, True, False),
        (StaffRole.SERVICE, True, False),
        (StaffRole.WAREHOUSE, False, False),
    ],
)
def test_each_member_of_staff_may_do_what_his_work_is(
    role: StaffRole, may_read: bool, may_write: bool
) -> None:
    owner = Desk()
    template = f"/{owner.ask('post', body=WISH | {'way': 'code_once'}).json()['id']}"
    staff = Desk(owner.merchant_id, role)
    reads = [staff.ask("get"), staff.ask("get", template), staff.ask("get", f"{template}/figures")]
    writes = [
        staff.ask("post", body=WISH), staff.ask("put", template, WISH | {"way": "code_once"}),
        staff.ask("post", f"{template}/move", {"to": "live"}), staff.ask("post", f"{template}/codes", {"count": 1}),
        staff.ask("get", f"{template}/codes"),
    ]  # fmt: skip
    assert {one.status_code for one in reads} == ({200} if may_read else {403})
    assert {one.status_code == 403 for one in writes} == {not may_write}


@pytest.mark.parametrize(
    "effect", [{"threshold": 0, "off": {"amount_minor": 800}}, {"off": {"basis_points": 10_000}}]
)
def test_a_merchant_gives_coupons_off_his_freight_and_the_platform_does_not(effect: dict[str, Any]) -> None:
    made = Desk().ask("post", body=WISH | {"effect": {"kind": "freight_off", **effect}})
    assert (made.status_code, made.json()["wish"]["effect"]["kind"]) == (201, "freight_off")
    with pytest.raises(Invalid):
        make_template(None, effect=FreightOff(off=Off(amount_minor=8_00)))
