"""Coupons over HTTP: what a visitor sees, what a buyer gets, what is refused."""

import json
from typing import Any

import pytest
from django.test import Client

from jishi.identity.accounts.tests.factories import make_buyer, session_token
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.ids import UserId, new_id
from jishi.offering.coupons import services
from jishi.offering.coupons.tests.factories import make_template
from jishi.offering.coupons.types import Way

pytestmark = pytest.mark.django_db
BASE = "/api/v1/store"
AHEAD = {"valid_from": None, "valid_until": None, "valid_days": 7}


def call(user: UserId | None, method: str, path: str, body: object = None, key: str = "key-0001") -> Any:
    headers = {"Idempotency-Key": key} | ({"X-Session-Token": session_token(user)} if user else {})
    raw = b"" if body is None else json.dumps(body).encode()
    answer = Client().generic(method, BASE + path, raw, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def test_a_visitor_sees_what_can_be_claimed_and_signs_in_to_claim_it() -> None:
    older, newer = make_template(None, **AHEAD), make_template(make_merchant(), **AHEAD)
    make_template(None, way=Way.SIGN_UP, **AHEAD)

    status, first = call(None, "GET", "/coupon-offers?limit=1")
    _, second = call(None, "GET", f"/coupon-offers?limit=1&cursor={first['next_cursor']}")

    assert (status, [one["id"] for one in first["items"] + second["items"]]) == (
        200,
        [str(newer), str(older)],
    )
    assert (first["items"][0]["state"], first["items"][0]["valid_days"]) == ("open", 7)
    assert (first["items"][0]["terms"]["goods"], second["items"][0]["terms"]["goods"]) == ("store", "all")
    assert second["next_cursor"] is None
    assert call(None, "POST", f"/coupon-offers/{newer}/claims")[0] == 401


def test_a_buyer_claims_once_and_finds_it_among_his() -> None:
    me, offer = make_buyer(), make_template(None, **AHEAD)
    path = f"/coupon-offers/{offer}/claims"

    status, coupon = call(me, "POST", path)

    assert (status, coupon["state"]) == (201, "usable")
    assert call(me, "POST", path) == (201, coupon)
    refused = call(me, "POST", path, key="key-0002")
    assert (refused[0], refused[1]["code"]) == (409, "coupon_limit_reached")
    assert [one["state"] for one in call(me, "GET", "/coupon-offers")[1]["items"]] == ["claimed"]
    assert call(me, "GET", "/me/coupons") == (200, {"items": [coupon], "next_cursor": None})
    assert call(me, "GET", "/me/coupons?state=used")[1]["items"] == []
    assert call(make_buyer(), "GET", "/me/coupons")[1]["items"] == []
    assert call(me, "POST", f"/coupon-offers/{new_id()}/claims")[0] == 404


def test_a_merchants_offers_can_be_asked_for() -> None:
    merchant = make_merchant()
    mine = make_template(merchant, **AHEAD)
    make_template(make_merchant(), **AHEAD)
    found = call(None, "GET", f"/coupon-offers?merchant_id={merchant}")[1]["items"]
    assert [one["id"] for one in found] == [str(mine)]


def test_a_code_is_exchanged_and_guessing_is_slowed_down() -> None:
    me, template = make_buyer(), make_template(None, way=Way.CODE_ONCE, **AHEAD)
    (code,) = services.make_codes(merchant_id=None, template_id=template, staff_id=None, now=clock.now())
    assert call(me, "POST", "/coupon-codes", {"code": code.lower()})[0] == 201
    guesser = make_buyer()
    answers = [call(guesser, "POST", "/coupon-codes", {"code": f"GUESS{n:04d}"}) for n in range(12)]
    assert (answers[0][0], answers[0][1]["code"], answers[-1][0]) == (409, "coupon_code_unknown", 429)


@pytest.mark.parametrize("code", ["", "abc", "x" * 41, "AB\u0000CD", 7])
def test_what_is_no_code_is_refused(code: object) -> None:
    assert call(make_buyer(), "POST", "/coupon-codes", {"code": code})[0] == 422
