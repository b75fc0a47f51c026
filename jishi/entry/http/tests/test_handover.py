"""Codes and vouchers over HTTP: bought without an address, seen by their buyer alone, redeemed at the counter."""

from typing import Any
from uuid import uuid4

import pytest

from jishi.entry.http.tests.calling import App, app_of
from jishi.flows.tests.parcelless import make_codes, make_service
from jishi.flows.tests.shopping import pay
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock
from jishi.kernel.ids import MerchantId, SkuId, TradeId

pytestmark = pytest.mark.django_db


def bought(app: App, sku_id: SkuId) -> str:
    """Buy a piece without an address and pay; return the order."""
    quote = app.call("POST", "/store/quotes", {"lines": [{"sku_id": str(sku_id), "quantity": 1}]})
    assert (quote.status, quote.body["needs_address"]) == (201, False)
    wish = {"quote_id": quote.body["id"], "expected_total": quote.body["total"]}
    trade = app.call("POST", "/store/trades", wish, **{"Idempotency-Key": f"test-{uuid4()}"})
    assert trade.status == 201, trade.body
    pay(TradeId(trade.body["id"]), now=clock.now())
    order_id: str = trade.body["orders"][0]["id"]
    return order_id


def counter(merchant_id: MerchantId, role: StaffRole = StaffRole.CASHIER) -> App:
    return app_of(make_staff(merchant_id, role=role))


def test_a_code_is_bought_without_an_address_and_shown_when_it_is_opened() -> None:
    me, (_, sku_id) = app_of(make_buyer()), make_codes("HTTP-CODE-1")
    order_id = bought(me, sku_id)
    order = me.call("GET", f"/store/orders/{order_id}").body
    assert (order["status"], order["shipping_method"], order["lines"][0]["kind"]) == (
        "delivered",
        "virtual",
        "virtual",
    )
    assert set(order["recipient"].values()) == {""}
    given = me.call("GET", f"/store/orders/{order_id}/handover").body
    assert (given["codes"][0]["text"], given["unused_count"]) == ("", 1)
    opened = me.call("POST", f"/store/orders/{order_id}/codes/{given['codes'][0]['id']}/open").body
    assert (opened["codes"][0]["text"], opened["unused_count"]) == ("HTTP-CODE-1", 0)
    refused = me.call("POST", f"/store/orders/{order_id}/return-unused")
    assert (refused.status, refused.body["code"]) == (409, "nothing_unused")


def test_what_is_somebodys_is_nobody_elses() -> None:
    me, other = app_of(make_buyer()), app_of(make_buyer())
    merchant_id, sku_id = make_codes("HTTP-CODE-2")
    order_id = bought(me, sku_id)
    code_id = me.call("GET", f"/store/orders/{order_id}/handover").body["codes"][0]["id"]
    for stranger in (other, counter(merchant_id, StaffRole.OWNER)):
        asked: list[Any] = [
            stranger.call("GET", f"/store/orders/{order_id}/handover"),
            stranger.call("POST", f"/store/orders/{order_id}/codes/{code_id}/open"),
            stranger.call("POST", f"/store/orders/{order_id}/return-unused"),
        ]
        assert [one.status for one in asked] == [404, 404, 404]
    pool = counter(merchant_id, StaffRole.OPERATOR).call("GET", "/merchant/codes")
    assert "HTTP-CODE-2" not in str(pool.body)
    assert [(one["left"], one["given"]) for one in pool.body["items"]] == [(0, 1)]


def test_a_voucher_is_redeemed_once_by_its_merchants_staff() -> None:
    me, (merchant_id, sku_id) = app_of(make_buyer()), make_service()
    order_id = bought(me, sku_id)
    (voucher,) = me.call("GET", f"/store/orders/{order_id}/handover").body["vouchers"]
    stranger, _ = make_service()
    assert (
        counter(stranger).call("POST", "/merchant/vouchers/redeem", {"code": voucher["code"]}).status == 404
    )
    cashier = counter(merchant_id)
    used = cashier.call("POST", "/merchant/vouchers/redeem", {"code": voucher["code"]})
    assert (used.status, used.body["unused_count"]) == (200, 0)
    again = cashier.call("POST", "/merchant/vouchers/redeem", {"code": voucher["code"]})
    assert (again.status, again.body["data"]) == (409, {"state": "used"})
    assert me.call("GET", f"/store/orders/{order_id}").body["status"] == "completed"


def test_who_may_not_write_stock_may_not_see_or_fill_pools() -> None:
    merchant_id, sku_id = make_codes("HTTP-CODE-3")
    cashier = counter(merchant_id)
    assert cashier.call("GET", "/merchant/codes").status == 403
    wish = {"sku_id": str(sku_id), "codes": ["X"]}
    assert cashier.call("POST", "/merchant/codes", wish).status == 403
    operator = counter(merchant_id, StaffRole.OPERATOR)
    assert operator.call("POST", "/merchant/codes", wish | {"codes": ["  "]}).status == 422
    added = operator.call("POST", "/merchant/codes", wish | {"codes": ["NEW-1", "HTTP-CODE-3"]})
    assert added.body == {"added": 1, "repeated": 1, "left": 2}
