"""Lists of orders read as much as they show, however many orders there are."""

from collections.abc import Sequence

import pytest

from jishi.trade.orders.queries_pages import orders_of_buyer, orders_of_merchant
from jishi.trade.orders.tests.at_scale import nodes, plan_of, repeat, rows_read
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
    repeat(made.id, ORDERS)
    return made


@pytest.mark.parametrize("sort", OrderSort)
@pytest.mark.parametrize("statuses", QUEUES, ids=lambda statuses: "+".join(statuses) or "all")
def test_a_merchants_page_reads_no_more_than_a_page_of_each_queue(
    order: OrderAtSale, statuses: Sequence[OrderStatus], sort: OrderSort
) -> None:
    plan = plan_of(
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

    assert "Seq Scan" not in {node["Node Type"] for node in nodes(plan)}
    assert rows_read(plan) <= (PAGE + 1) * max(len(statuses), 1)


def test_a_buyers_page_reads_no_more_than_a_page(order: OrderAtSale) -> None:
    plan = plan_of(
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

    assert rows_read(plan) <= PAGE + 1
