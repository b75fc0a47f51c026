"""Lists of orders read as much as they show, however many orders there are."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.kernel.crypto import CannotOpen
from jishi.kernel.db import execute, row, rows
from jishi.kernel.ids import OrderId
from jishi.trade.orders.queries_pages import orders_of_buyer, orders_of_merchant
from jishi.trade.orders.tests.factories import NOW, make_paid_order
from jishi.trade.orders.types import OrderAtSale, OrderSort, OrderStatus

pytestmark = pytest.mark.django_db

ORDERS = 20_000
PAGE = 20
QUEUES = [
    [],
    [OrderStatus.AWAITING_SHIPMENT],
    [OrderStatus.AWAITING_SHIPMENT, OrderStatus.PARTIALLY_SHIPPED],
    [OrderStatus.PARTIALLY_SHIPPED],
]


@pytest.fixture
def order() -> OrderAtSale:
    """Make a merchant with many orders, one in fifty of them still to be sent; all of one buyer."""
    made = make_paid_order()
    _repeat(made.id)
    execute("ANALYZE orders_order")
    return made


def _repeat(order_id: OrderId) -> None:
    columns = [
        name
        for (name,) in rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders_order' "
            "AND table_schema = current_schema() ORDER BY ordinal_position"
        )
    ]
    other = {
        "id": "uuidv7()",
        "number": "lpad(n::text, 15, '0')",
        "placed_at": "o.placed_at - n * interval '1 second'",
        "status": "CASE WHEN mod(n, 50) = 0 THEN 'awaiting_shipment' ELSE 'completed' END",
        "completed_at": "CASE WHEN mod(n, 50) <> 0 THEN o.placed_at END",
    }
    values = ", ".join(other.get(name, f"o.{name}") for name in columns)
    execute(
        f"INSERT INTO orders_order ({', '.join(columns)}) SELECT {values} "
        "FROM orders_order o, generate_series(1, %s) n WHERE o.id = %s",
        [ORDERS, order_id],
    )


@pytest.mark.parametrize("sort", OrderSort)
@pytest.mark.parametrize("statuses", QUEUES, ids=lambda statuses: "+".join(statuses) or "all")
def test_a_merchants_page_reads_no_more_than_a_page_of_each_queue(
    order: OrderAtSale, statuses: Sequence[OrderStatus], sort: OrderSort
) -> None:
    plan = _plan(
        lambda: orders_of_merchant(
            merchant_id=order.merchant_id,
            statuses=statuses,
            search="",
            sort=sort,
            cursor=None,
            limit=PAGE,
            language="zh",
            now=NOW,
        )
    )

    assert "Seq Scan" not in {node["Node Type"] for node in _nodes(plan)}
    assert _rows_read(plan) <= (PAGE + 1) * max(len(statuses), 1)


def test_a_buyers_page_reads_no_more_than_a_page(order: OrderAtSale) -> None:
    plan = _plan(
        lambda: orders_of_buyer(
            buyer=order.buyer_id,
            statuses=[],
            search="",
            cursor=None,
            limit=PAGE,
            language="zh",
            now=NOW,
        )
    )

    assert _rows_read(plan) <= PAGE + 1


def _plan(read: Callable[[], object]) -> dict[str, Any]:
    """Run a list and return how its first statement was carried out."""
    # The copies hold a recipient that was sealed for another row: after the statement, a merchant's page
    # cannot open.
    with CaptureQueriesContext(connection) as seen, suppress(CannotOpen):
        read()
    found = row(f"EXPLAIN (ANALYZE, FORMAT JSON) {seen[0]['sql'].replace('%', '%%')}")
    assert found is not None
    plan: dict[str, Any] = (found[0] if isinstance(found[0], list) else json.loads(found[0]))[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _rows_read(plan: dict[str, Any]) -> int:
    """Return how many orders were taken out of the table or its indexes."""
    scans = [node for node in _nodes(plan) if node.get("Relation Name") == "orders_order"]
    return sum(int(node["Actual Rows"] * node["Actual Loops"]) for node in scans)
