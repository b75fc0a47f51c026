"""With a million orders: every desk, every filter, every row's page and the first page, for every role."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from jishi.entry.console.tests.at_scale import copy_all
from jishi.entry.console.tests.conftest import Colleague, Hire, list_address
from jishi.entry.console.tests.factories import (
    MAKERS,
    make_callback,
    make_letter,
    make_paid,
    make_push,
    make_refund,
    make_version,
)
from jishi.entry.demo.scale.fill import Wish
from jishi.entry.demo.scale.fill import fill as orders_at_scale
from jishi.flows.tests.shopping import make_goods, make_shopper, send
from jishi.identity.accounts.types import PlatformRole
from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel import clock
from jishi.kernel.db import row, rows
from jishi.money.ledger.services_standing import keep_standing
from jishi.trade.orders.tests.factories import OrderWish
from tests.own_database import own_database

pytestmark = [pytest.mark.proof, pytest.mark.django_db]

PRODUCTS, ORDERS = 120_000, 1_000_000
STATEMENTS_MAX = 15
BIG = 100_000  # rows from which on nothing may read a table from end to end
READ_MAX = 5_000  # rows of big tables that one statement of a list or a page may look at
# The charts of the first page read the orders and the money of thirty days, out of two years; kept for an hour.
CHARTS_READ_MAX = 150_000
# What people and machines write beside what is sold: a few real ones, and copies of them.
COPIED = (
    "payments_callback", "shipping_forged_scan", "kernel_audit_entry", "kernel_outbox", "kernel_dead_letter",
    "procrastinate_jobs",
)  # fmt: skip
# What grows with the market. Merchants, categories and their statements stay thousands.
TABLES = (
    "accounts_user",
    "catalog_product", "catalog_sku", "catalog_version",
    "orders_trade", "orders_order", "orders_order_line", "orders_event",
    "payments_payment", "payments_part", "payments_attempt", "payments_capture", "payments_capture_part",
    "payments_refund", "payments_refund_line",
    "ledger_journal", "ledger_posting",
    "shipping_parcel", "shipping_parcel_line",
    *COPIED,
)  # fmt: skip
WORDS = ("123456789012345", "没有这样的东西")


@pytest.fixture(scope="module", autouse=True)
def large(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own with years of trade in it, dropped at the end."""
    with own_database("at_scale", django_db_blocker):
        _originals()
        orders_at_scale(
            Wish(products=PRODUCTS, merchants=100, orders=ORDERS, seed=1, days=730), now=clock.now()
        )
        copy_all(COPIED, rows_min=BIG)
        yield


def _originals() -> None:
    """Make a few of everything: what a desk can show, and trades of five orders, some sent, some given back."""
    few: list[Callable[[], object]] = [make_callback, make_letter, make_push, make_version]
    for make in [*MAKERS.values(), *4 * few]:
        make()
    merchants = [make_merchant() for _ in range(5)]
    for _ in range(4):
        first = make_paid(*[OrderWish(freight_minor=800, merchant_id=one) for one in merchants])
        make_refund(first)
        sent = make_shopper().buy_and_pay(
            (make_goods(merchant_id=merchants[0]).sku_ids[0], 1), now=clock.now()
        )
        send(sent.orders[0].id, now=clock.now())


def _count(table: str) -> int:
    found = row(f"SELECT count(*) FROM {table}")
    return int(found[0]) if found else 0


def test_the_tables_are_as_large_as_said() -> None:
    assert _count("orders_order") >= ORDERS * 0.9
    small = {table: count for table in TABLES if (count := _count(table)) < BIG}
    assert small == {}


@pytest.mark.parametrize("role", PlatformRole)
def test_no_page_asks_more_than_a_little(hire: Hire, role: PlatformRole) -> None:
    ContentType.objects.get_for_models(*MAKERS)  # Django reads these once a process
    somebody, big = hire(role), _big()
    keep_standing(now=clock.now())  # as the hourly job has done
    found = _complaints(somebody, "/admin/", big, CHARTS_READ_MAX)
    for model in MAKERS:
        address = list_address(model)
        if somebody.client.get(address).status_code == 403:
            continue
        for page in _pages(somebody, model, address):
            found += _complaints(somebody, page, big, READ_MAX)
    assert not found, "\n".join(found)


def _pages(somebody: Colleague, model: type[Model], address: str) -> list[str]:
    """Return a list, the same under each of its filters and for what people search for, and its first row."""
    shown = somebody.client.get(address).context["cl"]
    narrowed = [choice["query_string"] for _, choices in shown.queues for choice in choices]
    first = [one.pk for one in shown.result_list[:1]]
    terms = [*WORDS, *first] if admin.site._registry[model].search_help_text else []
    return [
        address,
        *dict.fromkeys(f"{address}{query}" for query in narrowed),
        *(f"{address}?q={term}" for term in terms),
        *(f"{address}{one}/change/" for one in first),
    ]


def _big() -> set[str]:
    found = rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [BIG])
    return {name for (name,) in found}


def _complaints(somebody: Colleague, address: str, big: set[str], read_max: int) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        answer = somebody.client.get(address)
    asked = [one["sql"] for one in seen.captured_queries]
    found = [] if answer.status_code == 200 else [f"{address}: answered {answer.status_code}"]
    if len(asked) > STATEMENTS_MAX:
        found.append(f"{address}: {len(asked)} statements")
    return found + [
        f"{address}: {wrong} in {statement[:400]}"
        for statement in asked
        if statement.startswith(("SELECT", "WITH"))
        for wrong in _wrong(statement, big, read_max)
    ]


def _wrong(statement: str, big: set[str], read_max: int) -> list[str]:
    """Carry a statement out once more and return what it did to big tables that it must not."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0]
    scans = [
        node
        for node in _nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])
        if node.get("Relation Name") in big and node["Actual Loops"]
    ]
    read = sum(_read(node) for node in scans)
    whole = {node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"}
    return [f"reads all of {name}" for name in sorted(whole)] + (
        [f"looks at {read} rows"] if read > read_max else []
    )


def _read(node: dict[str, Any]) -> int:
    looked_at: float = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return round(looked_at * int(node["Actual Loops"]))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
