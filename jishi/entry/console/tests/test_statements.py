"""However many rows there are: a list, a page and the first page cost the same few statements."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from jishi.entry.console.tests.conftest import Colleague, Hire
from jishi.entry.console.tests.factories import MAKERS, make_callback, make_entry, make_paid, make_refund
from jishi.kernel.ids import UserId
from jishi.money.payments.models import Payment
from jishi.trade.orders.models import Order
from jishi.trade.orders.tests.factories import LineWish, OrderWish

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # every desk, every row

STATEMENTS_MAX = 15


@pytest.fixture(autouse=True)
def _warm() -> None:
    """Django reads the kind of each table once a process, however many pages it shows."""
    ContentType.objects.get_for_models(*MAKERS)


def statements_of_list(somebody: Colleague, model: type[Model]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = somebody.open(model)
    assert answer.status_code == 200
    return [one["sql"] for one in seen.captured_queries]


def statements_of_page(somebody: Colleague, row: Model) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        answer = somebody.page(row)
    assert answer.status_code == 200
    return [one["sql"] for one in seen.captured_queries]


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_for_ten_rows_and_for_twenty(hire: Hire, model: type[Model]) -> None:
    boss = hire("administrator")
    for _ in range(10):
        MAKERS[model]()
    ten = statements_of_list(boss, model)
    for _ in range(10):
        MAKERS[model]()
    twenty = statements_of_list(boss, model)
    assert len(twenty) == len(ten), twenty
    assert len(twenty) <= STATEMENTS_MAX, twenty
    assert not [one for one in twenty if "COUNT(" in one.upper()], twenty


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_a_page_costs_few_statements(hire: Hire, model: type[Model]) -> None:
    boss, row = hire("administrator"), MAKERS[model]()
    spent = statements_of_page(boss, row)
    assert len(spent) <= STATEMENTS_MAX, "\n".join(spent)


def test_an_order_of_many_lines_and_refunds_costs_the_same(hire: Hire) -> None:
    boss = hire("administrator")
    small, large = make_paid(), make_paid(OrderWish(lines=[LineWish() for _ in range(12)]))
    make_refund(small)
    make_refund(large)
    for actor in range(5):
        make_entry(UserId(boss.id) if actor else None)
    first = statements_of_page(boss, Order(pk=small.id))
    second = statements_of_page(boss, Order(pk=large.id))
    assert len(first) == len(second) <= STATEMENTS_MAX


def test_a_payment_of_many_orders_costs_the_same(hire: Hire) -> None:
    boss = hire("administrator")
    small, large = make_paid(), make_paid(*[OrderWish() for _ in range(6)])
    make_callback()
    pages = [
        statements_of_page(boss, Payment.objects.get(trade_id=order.trade_id)) for order in (small, large)
    ]
    assert len(pages[0]) == len(pages[1]) <= STATEMENTS_MAX


def test_the_first_page_costs_few_statements(hire: Hire) -> None:
    boss = hire("administrator")
    for make in MAKERS.values():
        make()
    with CaptureQueriesContext(connection) as seen:
        assert boss.client.get("/admin/").status_code == 200
    assert len(seen) <= STATEMENTS_MAX, [one["sql"] for one in seen.captured_queries]
