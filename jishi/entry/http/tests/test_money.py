"""Paying, refunding and statements over HTTP, as apps and the channels call them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.entry.http.tests.calling import App, app_of, visitors_app
from jishi.flows import settle
from jishi.flows.tests import factories
from jishi.flows.tests.money import Cash
from jishi.flows.tests.shopping import make_goods, make_shopper
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.kernel import clock
from jishi.kernel.db import rows
from jishi.kernel.ids import TradeId, UserId, new_id
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.tests.factories import WORKED_EXAMPLE, LineWish, OrderWish, make_trade
from jishi.trade.orders.types import OrderAtSale


def a_shop() -> tuple[UserId, App, OrderWish]:
    """A merchant's owner, his app, and an order of his goods."""
    boss = make_buyer(nickname="老板")
    merchant_id = make_merchant(owner=boss, statement_cycle="t1")
    wish = OrderWish(merchant_id=merchant_id, lines=WORKED_EXAMPLE.lines, freight_minor=800)
    return boss, app_of(boss, merchant_id), wish


# -- paying --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_buyer_pays_by_alipay_and_sees_it(cash: Cash) -> None:
    buyer = make_buyer()
    trade = make_trade(buyer=buyer, now=clock.now())
    cash.open_payment(trade.id)
    app = app_of(buyer)
    path = f"/store/trades/{trade.id}/payments"
    assert app.call("GET", path).body["status"] == "created"
    started = app.call("POST", path, {"channel": "alipay", "client": "phone"})
    assert started.status == 201
    assert started.body["status"] == "pending"
    assert started.body["redirect_url"].startswith("http")
    cash.control.buyer(started.body["redirect_url"])
    seen = app.call("GET", f"{path}?returned=1")
    assert (seen.status, seen.body["status"], seen.body["channel"]) == (200, "paid", "alipay")
    assert app.call("POST", path, {"channel": "wechat"}).body["code"] == "already_paid"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lines", [3, 30])
def test_an_order_takes_25_statements_whatever_the_number_of_lines(cash: Cash, lines: int) -> None:
    me, tea, cups = make_shopper(), make_goods(*range(100, 99 + lines)), make_goods(1_990)
    app = app_of(me.buyer)
    wish = {
        "lines": [{"sku_id": str(one), "quantity": 1} for one in (*tea.sku_ids, cups.sku_id)],
        "address_id": str(me.address),
    }
    with CaptureQueriesContext(connection) as seen:
        quote = app.call("POST", "/store/quotes", wish).body
        confirmed = {"quote_id": quote["id"], "expected_total": quote["total"]}
        trade = app.call("POST", "/store/trades", confirmed, **{"Idempotency-Key": str(new_id())}).body
        started = app.call("POST", f"/store/trades/{trade['id']}/payments", {"channel": "alipay"})
    asked = [one["sql"] for one in seen if one["sql"] not in {"BEGIN", "COMMIT"}]
    assert started.status == 201, started.body
    assert len(asked) == 25, "\n".join(sql[:90] for sql in asked)


@pytest.mark.django_db(transaction=True)
def test_a_qr_code_is_shown_for_wechat_on_a_desktop(cash: Cash) -> None:
    buyer = make_buyer()
    trade = make_trade(buyer=buyer, now=clock.now())
    cash.open_payment(trade.id)
    started = app_of(buyer).call("POST", f"/store/trades/{trade.id}/payments", {"channel": "wechat"})
    assert started.body["qr_code"].startswith("weixin://")
    assert started.body["redirect_url"] is None


@pytest.mark.django_db
def test_whose_payment_it_is_and_what_is_malformed() -> None:
    trade = make_trade(now=clock.now())
    factories.open_payment(trade.id, now=clock.now())
    path = f"/store/trades/{trade.id}/payments"
    stranger = app_of(make_buyer())
    assert stranger.call("GET", path).status == 404
    assert stranger.call("POST", path, {"channel": "alipay"}).status == 404
    assert (
        stranger.call("POST", f"/store/trades/{TradeId(new_id())}/payments", {"channel": "alipay"}).status
        == 404
    )
    assert visitors_app().call("GET", path).status == 401
    malformed: list[Any] = [{}, {"channel": "cash"}, {"channel": "alipay", "client": "fridge"}, [], None]
    for body in malformed:
        assert stranger.call("POST", path, body).status == 422


# -- the channels' own calls ---------------------------------------------------------------------------------


def hook(channel: str, body: bytes, **headers: str) -> Any:
    return Client().post(
        f"/api/v1/hooks/payments/{channel}", body, content_type="application/json", headers=headers
    )


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["alipay", "wechat"])
@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe\x00", b"sign=1&sign_type=RSA2", b"[" * 2_000])
def test_nonsense_at_the_hook_is_refused_and_recorded(channel: str, body: bytes) -> None:
    answer = hook(channel, body)
    assert answer.status_code in {400, 401}
    assert rows("SELECT channel, outcome FROM payments_callback") == [(channel, "forged")]


@pytest.mark.django_db
def test_the_hook_takes_no_flood_and_no_strange_channel() -> None:
    assert hook("alipay", b"x" * 70_000).status_code == 413
    assert hook("paypal", b"{}").status_code == 422


# -- refunds -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_merchant_previews_and_refunds() -> None:
    _, app, wish = a_shop()
    order = factories.make_order_with_money(wish)
    path = f"/merchant/orders/{order.id}/refunds"
    body = {"amount": {"amount_minor": 500, "currency": "CNY"}, "reason": "包装破损"}
    preview = app.call("POST", f"{path}/preview", body)
    assert (preview.status, preview.body["amount"]["amount_minor"]) == (200, 500)
    made = app.call("POST", path, body)
    assert made.status == 201
    assert (made.body["status"], made.body["amount"]["amount_minor"]) == ("requested", 500)
    too_much = {"amount": {"amount_minor": 6_201, "currency": "CNY"}}
    assert app.call("POST", path, too_much).body["code"] == "refund_too_much"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"lines": []},
        {"lines": [], "amount": {"amount_minor": 5, "currency": "CNY"}},
        {"amount": {"amount_minor": 0, "currency": "CNY"}},
        {"amount": {"amount_minor": -5, "currency": "CNY"}},
        {"amount": {"amount_minor": 5, "currency": "EUR"}},
        {"amount": {"amount_minor": 5, "currency": "CNY"}, "reason": "\u0000"},
        {"amount": {"amount_minor": 1.5, "currency": "CNY"}},
        {"lines": [{"order_line_id": str(new_id()), "quantity": 1}]},
        {"lines": [{"order_line_id": "x", "quantity": 1}]},
    ],
)
def test_a_malformed_refund_is_refused(body: dict[str, Any]) -> None:
    _, app, wish = a_shop()
    order = factories.make_order_with_money(wish)
    for path in ("", "/preview"):
        assert app.call("POST", f"/merchant/orders/{order.id}/refunds{path}", body).status == 422


@pytest.mark.django_db
def test_a_neighbour_and_the_warehouse_refund_nothing() -> None:
    _, _, wish = a_shop()
    order = factories.make_order_with_money(wish)
    path = f"/merchant/orders/{order.id}/refunds"
    body = {"amount": {"amount_minor": 5, "currency": "CNY"}}
    neighbour = make_buyer()
    other = make_merchant(owner=neighbour)
    assert app_of(neighbour, other).call("POST", path, body).status == 404
    assert app_of(neighbour, other).call("POST", f"{path}/preview", body).status == 404
    packer = make_buyer()
    make_staff(wish.merchant_id or other, role=StaffRole.WAREHOUSE, user=packer)
    assert app_of(packer, wish.merchant_id).call("POST", path, body).status == 403


# -- statements ----------------------------------------------------------------------------------------------


def settled(wish: OrderWish) -> OrderAtSale:
    yesterday = clock.now() - timedelta(days=2)
    order = factories.make_completed_order(wish, now=yesterday)
    settle.run_cycle(clock.now())
    return order_at_sale(order.id)


@pytest.mark.django_db
def test_a_merchant_reads_and_confirms_his_statement() -> None:
    _, app, wish = a_shop()
    order = settled(wish)
    (row,) = app.call("GET", "/merchant/statements").body["items"]
    assert (row["status"], row["due"]["amount_minor"], row["order_count"]) == ("issued", 9_350, 1)
    whole = app.call("GET", f"/merchant/statements/{row['id']}?limit=1").body
    assert whole["row"] == row
    assert whole["entries"][0]["order_number"] == order.number
    rest = app.call("GET", f"/merchant/statements/{row['id']}?cursor={whole['next_cursor']}").body
    assert (rest["entries"][0]["kind"], rest["next_cursor"], rest["payout"]) == ("freight", None, None)
    assert app.call("POST", f"/merchant/statements/{row['id']}/confirm").body["status"] == "confirmed"
    again = app.call("POST", f"/merchant/statements/{row['id']}/confirm")
    assert (again.status, again.body["code"]) == (409, "statement_moved")
    balance = app.call("GET", "/merchant/balance").body
    assert {name: money["amount_minor"] for name, money in balance.items()} == {
        "in_escrow": 0,
        "owed": 9_350,
        "on_its_way": 0,
        "paid_out": 0,
    }


@pytest.mark.django_db
def test_a_merchant_objects_with_a_reason() -> None:
    _, app, wish = a_shop()
    settled(wish)
    (row,) = app.call("GET", "/merchant/statements").body["items"]
    path = f"/merchant/statements/{row['id']}/dispute"
    assert app.call("POST", path, {"reason": " "}).status == 422
    assert app.call("POST", path, {"reason": "少算一单"}).body["status"] == "disputed"


@pytest.mark.django_db
def test_a_neighbour_sees_no_statement() -> None:
    _, app, wish = a_shop()
    settled(wish)
    (row,) = app.call("GET", "/merchant/statements").body["items"]
    boss = make_buyer()
    neighbour = app_of(boss, make_merchant(owner=boss))
    assert neighbour.call("GET", "/merchant/statements").body["items"] == []
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/confirm", None),
        ("POST", "/dispute", {"reason": "x"}),
    ):
        assert neighbour.call(method, f"/merchant/statements/{row['id']}{path}", body).status == 404
    assert app.call("GET", "/merchant/statements?cursor=nonsense").status == 422


@pytest.mark.django_db
def test_statements_are_read_with_the_same_statements_however_many_lines() -> None:
    counts = []
    for size in (10, 20):
        _, app, wish = a_shop()
        lines = tuple(LineWish() for _ in range(size))
        settled(OrderWish(merchant_id=wish.merchant_id, lines=lines))
        (row,) = app.call("GET", "/merchant/statements").body["items"]
        with CaptureQueriesContext(connection) as counted:
            app.call("GET", f"/merchant/statements/{row['id']}?limit=100")
        counts.append(len(counted))
    assert counts[0] == counts[1]
