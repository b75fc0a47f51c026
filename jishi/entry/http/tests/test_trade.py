"""A purchase over HTTP, as a client written from the OpenAPI alone would make it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.entry.http.tests.calling import App, app_of, visitors_app
from jishi.flows.tests.shopping import Shopper, make_goods, make_shopper, pay
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock
from jishi.kernel.db import execute
from jishi.kernel.ids import TradeId
from jishi.offering.catalog.tests.factories import MadeProduct

pytestmark = pytest.mark.django_db
MERCHANT = "0198f3a2-7c44-7b1e-9d3a-2f6c1c0a51aa"
for_real = pytest.mark.django_db(transaction=True)


@pytest.fixture
def me() -> Shopper:
    return make_shopper()


@pytest.fixture
def app(me: Shopper) -> App:
    return app_of(me.buyer)


def sku(made: MadeProduct, quantity: int = 1) -> dict[str, Any]:
    return {"sku_id": str(made.sku_id), "quantity": quantity}


def checkout(app: App, me: Shopper) -> tuple[dict[str, Any], dict[str, Any]]:
    """Quote the cart and return the quote with the body that buys it."""
    quote = app.call("POST", "/store/quotes", {"address_id": str(me.address)})
    assert quote.status == 201, quote.body
    return quote.body, {"quote_id": quote.body["id"], "expected_total": quote.body["total"]}


def submit(app: App, wish: dict[str, Any], key: str | None = None) -> Any:
    return app.call("POST", "/store/trades", wish, **{"Idempotency-Key": key or f"test-{uuid4()}"})


def bought(app: App, me: Shopper, made: MadeProduct, quantity: int = 1) -> dict[str, Any]:
    """Buy and pay; return the trade."""
    assert app.call("POST", "/store/cart/lines", sku(made, quantity)).status == 201
    trade: dict[str, Any] = submit(app, checkout(app, me)[1]).body
    pay(TradeId(trade["id"]), now=clock.now())
    return trade


def test_a_purchase_across_two_merchants(app: App, me: Shopper) -> None:
    tea, cups = make_goods(6_800), make_goods(1_990)
    app.call("POST", "/store/cart/lines", sku(tea, 2))
    cart = app.call("POST", "/store/cart/lines", sku(cups)).body
    quote, wish = checkout(app, me)

    placed = submit(app, wish)

    assert placed.status == 201
    assert (
        cart["total"] == quote["total"] == placed.body["total"] == {"amount_minor": 15_590, "currency": "CNY"}
    )
    assert len(placed.body["orders"]) == len(quote["orders"]) == 2
    assert placed.body["payment"]["status"] == "created"
    assert app.call("GET", "/store/cart/lines").body["piece_count"] == 0
    trade = app.call("GET", f"/store/trades/{placed.body['id']}")
    assert (trade.status, trade.body["id"]) == (200, placed.body["id"])
    listed = app.call("GET", "/store/orders").body
    assert {order["id"] for order in listed["items"]} == {order["id"] for order in placed.body["orders"]}
    assert listed["next_cursor"] is None
    order = app.call("GET", f"/store/orders/{listed['items'][0]['id']}").body
    assert order["recipient"]["phone"] == "13800138000"
    assert order["actions"] == ["pay", "cancel"]
    assert order["live_topic"] == f"order:{order['id']}"


def test_submitting_twice_with_one_key_is_one_purchase(app: App, me: Shopper) -> None:
    app.call("POST", "/store/cart/lines", sku(make_goods(6_800)))
    wish = checkout(app, me)[1]

    first, second = submit(app, wish, "checkout-1"), submit(app, wish, "checkout-1")
    other = submit(app, wish | {"expected_total": {"amount_minor": 1, "currency": "CNY"}}, "checkout-1")

    assert (first.status, second.status, second.body["id"]) == (201, 201, first.body["id"])
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")
    assert len(app.call("GET", "/store/orders").body["items"]) == 1


def test_a_changed_price_answers_the_new_quote(app: App, me: Shopper) -> None:
    tea = make_goods(6_800)
    app.call("POST", "/store/cart/lines", sku(tea))
    wish = checkout(app, me)[1]
    execute("UPDATE catalog_sku SET price_minor = 7000 WHERE id = %s", [tea.sku_id])

    changed = submit(app, wish)
    new = changed.body["data"]["quote"]
    accepted = submit(app, {"quote_id": new["id"], "expected_total": new["total"]})

    assert (changed.status, changed.body["code"]) == (409, "cart_changed")
    assert (accepted.status, accepted.body["total"]["amount_minor"]) == (201, 7_000)


def test_what_is_sold_out_is_named(app: App, me: Shopper) -> None:
    tea = make_goods(6_800, stock=1)
    lines = {"lines": [sku(tea, 2)], "address_id": str(me.address)}

    short = app.call("POST", "/store/quotes", lines)

    assert (short.status, short.body["code"]) == (409, "out_of_stock")
    assert short.body["data"]["shortages"] == [{"sku_id": str(tea.sku_id), "wanted": 2, "available": 1}]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/store/cart/lines", {"sku_id": "x", "quantity": 1}, "sku_id"),
        ("POST", "/store/cart/lines", {"sku_id": str(uuid4()), "quantity": 0}, "quantity"),
        ("POST", "/store/cart/lines", {"sku_id": str(uuid4()), "quantity": 10_000}, "quantity"),
        ("POST", "/store/quotes", {"lines": []}, "lines"),
        ("POST", "/store/quotes", {"shipping": {MERCHANT: "by pigeon"}}, f"shipping.{MERCHANT}"),
        ("POST", "/store/quotes", {"notes": {"\0": "x"}}, "notes.\0.[key]"),
        ("POST", "/store/quotes", {"notes": {MERCHANT: "x" * 201}}, f"notes.{MERCHANT}"),
        ("POST", "/store/trades", {"quote_id": str(uuid4())}, "expected_total"),
        ("GET", "/store/orders?cursor=nonsense", None, "cursor"),
        ("GET", "/store/orders?limit=0", None, "limit"),
        ("GET", "/store/orders?status=lost", None, "status.0"),
    ],
)
def test_bad_input_names_its_field(app: App, method: str, path: str, body: object, field: str) -> None:
    answer = app.call(method, path, body, **{"Idempotency-Key": "checkout-1"})

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "invalid", field)


def test_a_trade_needs_its_key(app: App, me: Shopper) -> None:
    app.call("POST", "/store/cart/lines", sku(make_goods(6_800)))
    wish = checkout(app, me)[1]

    without = app.call("POST", "/store/trades", wish)
    short = submit(app, wish, "short")

    assert (without.status, short.status) == (422, 422)
    assert short.body["field"] == "Idempotency-Key"


def test_a_visitor_fills_a_cart_and_must_sign_in_to_buy() -> None:
    guest, tea = visitors_app(), make_goods(6_800)

    added = guest.call("POST", "/store/cart/lines", sku(tea, 2))
    kept = guest.call("GET", "/store/cart/lines")
    refused = submit(
        guest, {"quote_id": str(uuid4()), "expected_total": {"amount_minor": 1, "currency": "CNY"}}
    )

    assert (added.status, kept.body["piece_count"]) == (201, 2)
    assert visitors_app().call("GET", "/store/cart/lines").body["piece_count"] == 0
    assert (refused.status, refused.body["code"]) == (401, "sign_in_needed")


def test_changing_and_removing_lines_answers_the_cart(app: App) -> None:
    made = make_goods(100, 200)
    first, second = ({"sku_id": str(one), "quantity": 1} for one in made.sku_ids)
    app.call("POST", "/store/cart/lines", first)
    cart = app.call("POST", "/store/cart/lines", second).body
    line = cart["groups"][0]["lines"][0]["id"]

    more = app.call("PATCH", f"/store/cart/lines/{line}", {"quantity": 5})
    none = app.call("PATCH", "/store/cart/lines", {"is_selected": False})
    fewer = app.call("DELETE", f"/store/cart/lines/{line}")
    empty = app.call("DELETE", "/store/cart/lines")

    assert [answer.status for answer in (more, none, fewer, empty)] == [200] * 4
    assert more.body["total"]["amount_minor"] == 5 * 200 + 100
    assert none.body["selected_count"] == 0
    assert fewer.body["piece_count"] == 1
    assert empty.body["groups"] == []


def test_orders_are_found_by_tab_by_number_and_by_title(app: App, me: Shopper) -> None:
    paid, unpaid = bought(app, me, make_goods(6_800)), make_goods(100)
    app.call("POST", "/store/cart/lines", sku(unpaid))
    waiting = submit(app, checkout(app, me)[1]).body["orders"][0]
    title = waiting["lines"][0]["title"]

    def found(query: str) -> list[str]:
        return [order["id"] for order in app.call("GET", f"/store/orders?{query}").body["items"]]

    assert found("status=awaiting_payment") == [waiting["id"]]
    assert found("status=awaiting_shipment&status=shipped") == [paid["orders"][0]["id"]]
    assert found(f"search={waiting['number']}") == [waiting["id"]]
    assert found(f"search={title[:3]}")
    assert waiting["id"] in found(f"search={title}")
    assert found("search=%25") == []


def test_pages_of_orders_follow_one_another(app: App, me: Shopper) -> None:
    tea = make_goods(100)
    placed = [bought(app, me, tea)["orders"][0]["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = ""

    while cursor is not None:
        page = app.call("GET", f"/store/orders?limit=2&cursor={cursor}").body
        seen += [order["id"] for order in page["items"]]
        cursor = page["next_cursor"]

    assert seen == placed[::-1]


def test_a_paid_order_is_cancelled_and_a_sent_one_received(app: App, me: Shopper) -> None:
    tea = make_goods(6_800)
    cancelled, sent = (bought(app, me, tea)["orders"][0]["id"] for _ in range(2))
    staff = app_of(make_staff(tea.merchant_id, role=StaffRole.WAREHOUSE))

    answer = app.call("POST", f"/store/orders/{cancelled}/cancel", {"reason": "不想要了"})
    parcel = staff.call(
        "POST", f"/merchant/orders/{sent}/parcels", {"carrier": "shunfeng", "tracking_number": "SF1234567"}
    )
    received = app.call("POST", f"/store/orders/{sent}/confirm-receipt")
    again = app.call("POST", f"/store/orders/{sent}/confirm-receipt")

    assert (answer.status, answer.body["status"]) == (200, "closed")
    assert answer.body["close_reason"] == "cancelled_by_buyer"
    assert (parcel.status, parcel.body["status"]) == (201, "label_created")
    assert (received.status, received.body["status"]) == (200, "received")
    assert (again.status, again.body["code"]) == (409, "cannot_confirm")


# -- the merchant's side ------------------------------------------------------------------------------------


def test_a_merchant_sees_his_orders_with_the_buyer_masked(app: App, me: Shopper) -> None:
    tea = make_goods(6_800)
    order_id = bought(app, me, tea)["orders"][0]["id"]
    staff = app_of(make_staff(tea.merchant_id, role=StaffRole.SERVICE))

    (row,) = staff.call("GET", "/merchant/orders").body["items"]
    order = staff.call("GET", f"/merchant/orders/{order_id}").body

    assert (row["id"], row["recipient"], row["actions"]) == (order_id, "王**", ["ship", "refund"])
    assert order["recipient"]["phone"] == "138****8000"
    assert order["recipient"]["street"].startswith("漕溪北路")
    app.call("POST", f"/store/orders/{order_id}/cancel", {})
    closed = staff.call("GET", f"/merchant/orders/{order_id}").body["recipient"]
    assert (closed["recipient"], closed["street"]) == ("王**", "***")


def test_a_merchants_queues_and_search(app: App, me: Shopper) -> None:
    tea = make_goods(100)
    first, second = (bought(app, me, tea)["orders"][0] for _ in range(2))
    staff = app_of(make_staff(tea.merchant_id, role=StaffRole.WAREHOUSE))
    staff.call(
        "POST",
        f"/merchant/orders/{first['id']}/parcels",
        {"carrier": "shunfeng", "tracking_number": "SF1234567"},
    )

    def found(query: str) -> list[str]:
        return [order["id"] for order in staff.call("GET", f"/merchant/orders?{query}").body["items"]]

    assert found("status=awaiting_shipment") == [second["id"]]
    assert found("status=shipped&status=awaiting_shipment") == [second["id"], first["id"]]
    assert found(f"search={first['number']}") == [first["id"]]
    assert found(f"search={first['number'][:6]}") == [second["id"], first["id"]]
    assert found("search=%25") == []
    assert found("sort=oldest") == [first["id"], second["id"]]
    assert found("sort=oldest&status=shipped&status=awaiting_shipment") == [first["id"], second["id"]]


def test_the_neighbour_sees_and_ships_nothing(app: App, me: Shopper) -> None:
    tea = make_goods(6_800)
    order_id = bought(app, me, tea)["orders"][0]["id"]
    neighbour = app_of(make_staff(make_merchant(), role=StaffRole.OWNER))
    stranger = app_of(make_buyer())
    wish = {"carrier": "shunfeng", "tracking_number": "SF1234567"}

    assert neighbour.call("GET", "/merchant/orders").body["items"] == []
    assert neighbour.call("GET", f"/merchant/orders/{order_id}").status == 404
    assert neighbour.call("POST", f"/merchant/orders/{order_id}/parcels", wish).status == 404
    assert stranger.call("GET", f"/store/orders/{order_id}").status == 404
    assert stranger.call("GET", "/merchant/orders").status == 403


def test_freight_templates_and_carriers() -> None:
    merchant = make_merchant()
    staff = app_of(make_staff(merchant, role=StaffRole.OPERATOR))
    rate = {"area_prefixes": [""], "first_units": 1, "first_minor": 800, "next_units": 1, "next_minor": 200}
    wish = {"name": "快递", "method": "standard", "unit": "piece", "rates": [rate]}

    made = staff.call("POST", "/merchant/freight-templates", wish)
    changed = staff.call("PUT", f"/merchant/freight-templates/{made.body['id']}", wish | {"name": "新"})
    bad = staff.call(
        "POST", "/merchant/freight-templates", wish | {"rates": [rate | {"area_prefixes": ["3"]}]}
    )
    listed = staff.call("GET", "/merchant/freight-templates").body
    gone = staff.call("DELETE", f"/merchant/freight-templates/{made.body['id']}")

    assert (made.status, made.body["is_default"], changed.body["version"]) == (201, True, 2)
    assert (bad.status, bad.body["field"]) == (422, "rates.0.area_prefixes.0")
    assert [one["name"] for one in listed["items"]] == ["新"]
    assert gone.status == 204
    assert staff.call("DELETE", f"/merchant/freight-templates/{made.body['id']}").status == 404
    codes = [one["code"] for one in staff.call("GET", "/merchant/carriers").body["items"]]
    assert "shunfeng" in codes


# -- budgets ------------------------------------------------------------------------------------------------


def _statements(run: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        run()
    return [query["sql"] for query in seen]


@for_real
@pytest.mark.parametrize("count", [3, 30])
def test_the_budget_of_statements_holds_with_session_and_user(app: App, me: Shopper, count: int) -> None:
    made = make_goods(*range(100, 100 + count))
    for one in made.sku_ids:
        me.put(one)
    add = {"sku_id": str(made.sku_id), "quantity": 1}
    app.call("GET", "/store/cart/lines")

    adding = _statements(lambda: app.call("POST", "/store/cart/lines", add))
    reading = _statements(lambda: app.call("GET", "/store/cart/lines"))
    removing = _statements(lambda: app.call("DELETE", f"/store/cart/lines/{uuid4()}"))
    wish = checkout(app, me)[1]
    placing = _statements(lambda: submit(app, wish))

    assert len(adding) <= 8, adding
    assert len(reading) <= 8, reading
    assert len(removing) <= 8, removing
    assert len(placing) <= 25, placing
