"""What was slow elsewhere, counted in statements and rows, never in seconds: each by its report."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.rows import Row
from jishi.entry.console.tests.conftest import page_address, sign_in
from jishi.entry.http.tests.calling import app_of
from jishi.flows import take_payment
from jishi.flows.tests.money import Connections
from jishi.flows.tests.shopping import (
    LATER,
    NOW,
    Shopper,
    capture_of,
    make_goods,
    make_shopper,
    pay,
    send,
    stock_of,
)
from jishi.identity.accounts.tests.factories import make_buyer, make_platform_staff
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.insight.analytics import queries as analytics
from jishi.insight.analytics.rules import COUNTED_MAX
from jishi.kernel.db import rows
from jishi.kernel.ids import SkuId
from jishi.kernel.money import Money
from jishi.money.payments import services_channels
from jishi.money.payments.types import ChannelName, PaymentRequest
from jishi.offering.catalog.models import Product
from jishi.offering.catalog.tests.factories import make_product
from jishi.trade.checkout import queries as carts
from jishi.trade.orders import queries, queries_figures
from jishi.trade.orders.queries_pages import orders_of_buyer, orders_of_merchant
from jishi.trade.orders.tests.at_scale import nodes, plan_of, repeat, rows_read
from jishi.trade.orders.tests.factories import make_paid_order
from jishi.trade.orders.types import OrderStatus
from jishi.trade.shipping.tests.factories import make_rate, make_template

pytestmark = pytest.mark.django_db

Figures = Callable[[Row], None]


def statements(run: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        run()
    return [query["sql"] for query in seen]


def exactly(work: str, measured: int, wanted: int) -> Row:
    return Row(work=work, measured=measured, unit="statements", measured_min=wanted, measured_max=wanted)


def at_most(work: str, measured: int, most: int) -> Row:
    return Row(work=work, measured=measured, unit="statements", measured_max=most)


# -- carts and checkout ------------------------------------------------------------------------------------


def filled(lines: int) -> tuple[Shopper, list[SkuId]]:
    """Fill a cart with so many lines of two merchants."""
    me, half = make_shopper(), lines // 2
    sku_ids = [*make_goods(*range(100, 100 + half)).sku_ids, *make_goods(*range(200, 200 + half)).sku_ids]
    for sku_id in sku_ids:
        me.put(sku_id)
    return me, sku_ids


@pytest.mark.parametrize("lines", [12, 20])
def test_bagisto_4680_a_cart_of_many_lines_costs_no_more_statements(lines: int, figures: Figures) -> None:
    me, sku_ids = filled(lines)
    assert len(carts.lines_of(me.buyer)) == lines

    figures(
        exactly(
            f"cart of {lines} lines: read",
            len(statements(lambda: carts.cart(me.buyer, language="zh", now=NOW))),
            4,
        )
    )
    figures(exactly(f"cart of {lines} lines: one piece more", len(statements(lambda: me.put(sku_ids[0]))), 6))
    figures(at_most(f"cart of {lines} lines: quote", len(statements(me.quote)), 7))


def test_shopware_8329_six_thousand_pieces_are_one_line(figures: Figures) -> None:
    """One row here and there, as for a single piece, from the cart until the parcel has left."""
    me, shop = make_shopper(), make_merchant()
    known, single, screw = (make_goods(3, stock=9_000, merchant_id=shop) for _ in range(3))
    sell(me, known.sku_id, 1)  # who has sold before has his accounts

    one = rows_written(lambda: sell(me, single.sku_id, 1))
    many = rows_written(lambda: sell(me, screw.sku_id, 6_000))

    assert many == one
    figures(Row(work="6 000 pieces: rows more than for one", measured=sum(many.values()) - sum(one.values()),
                unit="rows", measured_min=0, measured_max=0))  # fmt: skip
    assert (stock_of(screw.sku_id), stock_of(single.sku_id)) == ((3_000, 0), (8_999, 0))


def sell(me: Shopper, sku_id: SkuId, pieces: int) -> None:
    me.put(sku_id, pieces)
    trade = me.place(me.quote())
    pay(trade.id)
    (order,) = queries.orders_at_sale(trade.id)
    assert ([line.quantity for line in order.lines], order.total) == ([pieces], Money(3 * pieces, "CNY"))
    send(order.id)


def rows_written(run: Callable[[], object]) -> dict[str, int]:
    """Return by how many rows each table grew."""
    before = table_sizes()
    run()
    return {table: count - before[table] for table, count in table_sizes().items() if count != before[table]}


def table_sizes() -> dict[str, int]:
    tables = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    )
    return {table: int(rows(f"SELECT count(*) FROM {table}")[0][0]) for (table,) in tables}


def test_vendure_3003_many_pieces_cost_exactly_as_many_times_the_price() -> None:
    me, pin = make_shopper(), make_goods(333, stock=9_999)

    assert me.quote((pin.sku_id, 9_999)).total == Money(333 * 9_999, "CNY")


def test_sylius_9882_a_quote_loads_no_rules_but_its_own_merchants(figures: Figures) -> None:
    """What other merchants charge and grant is never read, however many of them there are."""
    me, tea = make_shopper(), make_goods(6_800)
    make_template(tea.merchant_id, make_rate(first_minor=800))
    alone = brought(lambda: me.quote((tea.sku_id, 1)))
    for _ in range(20):
        make_template(make_merchant(), make_rate(first_minor=800, free_from_minor=9_900))

    crowded = brought(lambda: me.quote((tea.sku_id, 1)))

    assert crowded == alone
    figures(Row(work="quote beside 20 more merchants' rules: rows more", measured=crowded[1] - alone[1],
                unit="rows", measured_min=0, measured_max=0))  # fmt: skip


def brought(run: Callable[[], object]) -> tuple[int, int]:
    """Return how many statements were asked and how many rows the reads among them brought."""
    asked = statements(run)
    reads = [sql for sql in asked if sql.lstrip().upper().startswith(("SELECT", "WITH"))]
    counted = [
        rows(f"SELECT count(*) FROM ({sql.replace('%', '%%')}) read") for sql in reads if not _writes(sql)
    ]
    return len(asked), sum(int(found[0][0]) for found in counted)


def _writes(sql: str) -> bool:
    return any(word in sql.upper() for word in ("INSERT ", "UPDATE ", "DELETE "))


@pytest.mark.parametrize("lines", [2, 12])
def test_saleor_a_checkout_does_not_take_hundreds_of_queries(
    lines: int, figures: Figures, channels: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the price to the money, of two merchants' goods: the same few statements for 2 lines and for 12."""
    monkeypatch.setattr(services_channels, "connected", lambda: channels)
    me, _ = filled(lines)
    kept: dict[str, Any] = {}

    def note(name: str, run: Callable[[], object]) -> int:
        return len(statements(lambda: kept.__setitem__(name, run())))

    request = PaymentRequest(channel=ChannelName.ALIPAY)
    quoting = note("quote", me.quote)
    placing = note("trade", lambda: me.place(kept["quote"]))
    trade_id = kept["trade"].id
    paying = note(
        "start",
        lambda: take_payment.start(trade_id=trade_id, buyer=me.buyer, request=request, now=LATER),
    )
    money = capture_of(trade_id, at=LATER)
    hearing = note("learnt", lambda: take_payment.learn(money, now=LATER))

    assert {order.status for order in queries.orders_at_sale(trade_id)} == {OrderStatus.AWAITING_SHIPMENT}
    figures(at_most(f"checkout of {lines} lines: quote", quoting, 8))
    figures(at_most(f"checkout of {lines} lines: place the order", placing, 25))
    figures(at_most(f"checkout of {lines} lines: start to pay", paying, 10))
    figures(at_most(f"checkout of {lines} lines: hear of the money", hearing, 15))


# -- lists and dashboards ----------------------------------------------------------------------------------

ORDERS = 20_000
PAGE = 20


def test_medusa_6607_lists_of_orders_count_nothing(figures: Figures) -> None:
    """A page of twenty reads twenty-one orders out of twenty thousand, the merchant's and the buyer's."""
    order = make_paid_order()
    repeat(order.id, ORDERS)
    asked: dict[str, Any] = {
        "statuses": [], "search": "", "cursor": None, "limit": PAGE, "language": "zh", "now": NOW,
    }  # fmt: skip
    plans = {
        "merchant": plan_of(lambda: orders_of_merchant(merchant_id=order.merchant_id, **asked)),
        "buyer": plan_of(lambda: orders_of_buyer(buyer=order.buyer_id, **asked)),
    }

    for whose, plan in plans.items():
        assert not {"Aggregate", "Seq Scan"} & {node["Node Type"] for node in nodes(plan)}
        figures(Row(work=f"page of 20 of {ORDERS} orders, {whose}: rows read", measured=rows_read(plan),
                    unit="rows", measured_max=PAGE + 1))  # fmt: skip


def test_medusa_6607_no_page_of_orders_is_counted_or_skipped_to() -> None:
    me, tea = make_shopper(), make_goods(100)
    for _ in range(3):
        me.buy((tea.sku_id, 1))
    asked: dict[str, Any] = {
        "statuses": [OrderStatus.AWAITING_PAYMENT, OrderStatus.SHIPPED],
        "search": "",
        "cursor": None,
        "limit": 2,
        "language": "zh",
        "now": NOW,
    }

    seen = statements(lambda: orders_of_buyer(buyer=me.buyer, **asked))
    seen += statements(lambda: orders_of_merchant(merchant_id=tea.merchant_id, **asked))

    assert len(seen) == 6
    assert not [sql for sql in seen if "count(" in sql.lower() or "offset" in sql.lower()]


def test_saleor_13064_the_dashboards_first_page(figures: Figures) -> None:
    """Few statements, and what waits is counted up to a number that is shown, not to the end."""
    order = make_paid_order()
    repeat(order.id, ORDERS)
    waiting = [OrderStatus.AWAITING_SHIPMENT, OrderStatus.COMPLETED]

    asked = statements(lambda: analytics.dashboard(order.merchant_id, role="owner", language="zh", now=NOW))
    plan = plan_of(lambda: queries_figures.waiting_in(order.merchant_id, waiting, at_most=COUNTED_MAX))

    figures(at_most("a merchant's dashboard", len(asked), 7))
    figures(Row(work=f"waiting of {ORDERS} orders: rows counted", measured=rows_read(plan), unit="rows",
                measured_max=COUNTED_MAX))  # fmt: skip


def test_saleor_13064_the_back_offices_first_page(figures: Figures, client: Any) -> None:
    order = make_paid_order()
    sign_in(client, make_platform_staff(PlatformRole.ADMINISTRATOR))
    client.get("/admin/")
    few = statements(lambda: client.get("/admin/"))
    repeat(order.id, 500)

    many = statements(lambda: client.get("/admin/"))

    figures(at_most("the back office's first page", len(many), 15))
    assert len(many) == len(few)


# -- the consoles ------------------------------------------------------------------------------------------


def test_medusa_13890_a_product_with_many_variants_opens_in_both_consoles(
    figures: Figures, client: Any
) -> None:
    """The merchant's page and the back office's cost the same statements for 2 SKUs and for 100."""
    owner = make_buyer()
    merchant_id = make_merchant(owner=owner)
    few, many = (
        make_product(merchant_id=merchant_id, prices_minor=range(100, 100 + skus)) for skus in (2, 100)
    )
    sign_in(client, make_platform_staff(PlatformRole.ADMINISTRATOR))
    app = app_of(owner)
    client.get(page_address(Product(pk=few.id)))  # Django reads the kind of each table once a process

    spent = {}
    for made in (few, many):
        answer = app.call("GET", f"/merchant/products/{made.id}")
        assert len(answer.body["wish"]["skus"]) == len(made.sku_ids)
        spent[made.id] = (
            len(statements(partial(app.call, "GET", f"/merchant/products/{made.id}"))),
            len(statements(partial(client.get, page_address(Product(pk=made.id))))),
        )

    assert spent[few.id] == spent[many.id]
    figures(at_most("product of 100 SKUs: merchant centre", spent[many.id][0], 8))
    figures(at_most("product of 100 SKUs: back office", spent[many.id][1], 15))
