"""A store at one glance agrees with its lists, and shows a role no more than those do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.community.reviews import services as reviews
from jishi.community.reviews.types import ReviewWish
from jishi.entry.http.tests.calling import app_of
from jishi.flows.receive import confirm_receipt
from jishi.flows.tests.shopping import make_goods, make_shopper, send
from jishi.identity.accounts.tests.factories import make_buyer
from jishi.identity.merchants.tests.factories import make_merchant, make_staff
from jishi.identity.merchants.types import StaffRole
from jishi.insight.analytics import queries, rules
from jishi.insight.analytics.types import Dashboard
from jishi.kernel.db import execute, row
from jishi.kernel.ids import MerchantId
from jishi.trade.orders.queries import order_at_sale
from jishi.trade.orders.tests.factories import NOW, LineWish, OrderWish, make_paid_order, make_trade

pytestmark = pytest.mark.django_db


def seen(merchant_id: MerchantId, *, role: str = "owner", now: datetime = NOW) -> Dashboard:
    return queries.dashboard(merchant_id, role=role, language="zh", now=now)


def test_days_are_chinas_and_only_what_was_paid_is_a_sale() -> None:
    shop = make_merchant()
    wish = OrderWish(merchant_id=shop, lines=[LineWish(unit_price_minor=10_000, quantity=2)])
    make_paid_order(wish, now=NOW)
    make_trade([wish], now=NOW)
    make_paid_order(wish, now=datetime(2026, 11, 23, 15, 59, tzinfo=UTC))  # 23:59 in China
    make_paid_order(wish, now=NOW - timedelta(days=40))
    make_paid_order(now=NOW)  # a neighbour's
    found = seen(shop)
    assert found.today is not None
    assert found.days is not None
    assert (found.today.orders, found.today.paid_orders, found.today.sales.amount_minor) == (2, 1, 20_000)
    assert [one.paid_orders for one in found.days[-3:]] == [0, 1, 1]
    assert len(found.days) == rules.DAYS
    assert sum(one.orders for one in found.days) == 3


def test_the_best_seller_brought_in_most() -> None:
    shop = make_merchant()
    dear, cheap = make_goods(90_000, merchant_id=shop), make_goods(1_000, merchant_id=shop)
    shopper = make_shopper()
    shopper.buy_and_pay((dear.sku_id, 1))
    shopper.buy_and_pay((cheap.sku_id, 5))
    found = seen(shop).best_sellers
    assert found is not None
    assert [(one.product_id, one.pieces) for one in found] == [(dear.id, 1), (cheap.id, 5)]


def test_what_waits_is_counted() -> None:
    shop = make_merchant()
    goods = make_goods(6_800, stock=rules.LOW_STOCK + 2, merchant_id=shop)
    shopper = make_shopper()
    shopper.buy_and_pay((goods.sku_id, 1))
    sent = shopper.buy_and_pay((goods.sku_id, 1)).orders[0].id
    send(sent)
    confirm_receipt(order_id=sent, buyer=shopper.buyer, now=NOW)
    written = reviews.write(
        buyer=shopper.buyer,
        order_line_id=order_at_sale(sent).lines[0].id,
        wish=ReviewWish(stars=5, media_ids=[]),
        language="zh",
        now=NOW,
    )
    to_do = seen(shop).to_do
    assert (to_do.to_ship, to_do.low_stock, to_do.reviews_to_answer) == (1, 1, 1)
    assert (to_do.rejected_listings, to_do.statements_to_confirm) == (0, 0)
    reviews.reply(
        merchant_id=shop,
        review_id=written.review.id,
        text="谢谢",
        staff=make_staff(shop),
        language="zh",
        now=NOW,
    )
    assert seen(shop).to_do.reviews_to_answer == 0


def test_a_count_stops_where_nobody_counts_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED_MAX", 2)
    shop = make_merchant()
    for _ in range(3):
        make_paid_order(OrderWish(merchant_id=shop))
    assert seen(shop).to_do.to_ship == 2


@pytest.mark.parametrize(
    ("role", "known"),
    [
        ("owner", {"sales", "to_ship", "low_stock", "rejected_listings", "statements_to_confirm",
                   "reviews_to_answer"}),
        ("operator", {"sales", "to_ship", "low_stock", "rejected_listings", "reviews_to_answer"}),
        ("warehouse", {"to_ship", "low_stock"}),
        ("finance", {"sales", "to_ship", "statements_to_confirm"}),
        ("service", {"to_ship", "rejected_listings", "reviews_to_answer"}),
        ("cashier", set()),
    ],
)  # fmt: skip
def test_a_role_sees_its_own_work(role: str, known: set[str]) -> None:
    owner = make_buyer()
    shop = make_merchant(owner=owner)
    asker = owner if role == "owner" else make_staff(shop, role=StaffRole(role))
    answer = app_of(asker, shop).call("GET", "/merchant/dashboard")
    assert answer.status == 200
    assert _known(answer.body) == known


def _known(body: dict[str, Any]) -> set[str]:
    sales = {"sales"} if body["days"] is not None else set()
    assert (body["today"] is None) == (body["days"] is None) == (body["best_sellers"] is None)
    return sales | {name for name, count in body["to_do"].items() if count is not None}


def test_a_glance_costs_the_same_for_two_orders_and_for_many() -> None:
    shop = make_merchant()
    counts = []
    for _ in range(2):
        make_paid_order(OrderWish(merchant_id=shop))
        make_paid_order(OrderWish(merchant_id=shop))
        with CaptureQueriesContext(connection) as asked:
            seen(shop)
        counts.append(len(asked))
    assert counts == [7, 7]


def test_the_days_are_read_through_the_merchants_index() -> None:
    shop = make_merchant()
    make_paid_order(OrderWish(merchant_id=shop))
    execute("ANALYZE orders_order")
    execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as asked:
        seen(shop)
    for query in asked:
        found = row(f"EXPLAIN (FORMAT JSON) {query['sql'].replace('%', '%%')}")
        assert found is not None
        assert "Seq Scan" not in str(found[0]), query["sql"]
