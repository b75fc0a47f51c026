"""A market made large: it holds every promise of the house, every state occurs, and each run adds its own."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker

from benchmarks.rows import Row
from jishi.entry.demo.scale.fill import Filled, NotPossible, Wish, fill
from jishi.entry.demo.scale.names import Names
from jishi.entry.demo.scale.names import Row as Table
from jishi.flows import invariants
from jishi.kernel import clock
from jishi.kernel.db import row, rows
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.tests.factories import product_detail
from jishi.offering.catalog.types import ProductSort
from tests.own_database import own_database

PRODUCTS, MERCHANTS, ORDERS = 1_000, 6, 10_000


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Filled]:
    """A database of its own with one run in it."""
    with own_database("made_large", django_db_blocker):
        yield fill(Wish(products=PRODUCTS, merchants=MERCHANTS, orders=ORDERS, seed=1), now=clock.now())


@pytest.fixture(scope="module")
def again(filled: Filled) -> tuple[int, int]:
    """One more run; how many products and orders there were before."""
    before = _count("catalog_product"), _count("orders_order")
    fill(Wish(products=40, merchants=2, orders=30, seed=1), now=clock.now())
    return before


@pytest.mark.slow
@pytest.mark.django_db
def test_the_books_of_ten_thousand_orders_agree(filled: Filled, figures: Callable[[Row], None]) -> None:
    broken = invariants.check()
    figures(
        Row(
            work=f"promises broken among {ORDERS:,} generated orders", measured=len(broken), unit="",
            measured_max=0, note="; ".join(map(str, broken)),
        )
    )  # fmt: skip
    assert _count("orders_order") == ORDERS
    assert _count("catalog_product WHERE status = 'live'") == PRODUCTS


@pytest.mark.slow
@pytest.mark.django_db
def test_orders_stand_in_every_state_and_money_is_on_its_way(filled: Filled) -> None:
    states = {state for (state,) in rows("SELECT DISTINCT status FROM orders_order")}
    assert states >= {
        "awaiting_payment", "awaiting_shipment", "shipped", "delivered", "received", "completed", "closed",
    }  # fmt: skip
    reasons = {reason for (reason,) in rows("SELECT DISTINCT close_reason FROM orders_order")}
    assert reasons >= {"unpaid", "cancelled_by_buyer", "refunded"}
    statements = {status for (status,) in rows("SELECT DISTINCT status FROM settlement_statement")}
    assert statements >= {"confirmed", "paid"}
    assert _count("settlement_entry WHERE statement_id IS NULL")  # the last fortnight waits for the next one
    assert _count("inventory_reservation")


@pytest.mark.slow
@pytest.mark.django_db
def test_few_products_sell_most_and_prices_differ(filled: Filled) -> None:
    share = row(
        "SELECT sum(pieces) FILTER (WHERE place <= %s)::float / sum(pieces) FROM (SELECT sum(quantity) AS pieces, "
        "row_number() OVER (ORDER BY sum(quantity) DESC) AS place FROM orders_order_line GROUP BY product_id) sold",
        [PRODUCTS // 50],
    )
    assert share is not None
    assert 0.25 < share[0] < 0.8
    prices = row("SELECT count(DISTINCT price_from_minor), count(DISTINCT title_zh) FROM catalog_product")
    assert prices is not None
    assert prices[0] > 100
    assert prices[1] == PRODUCTS


@pytest.mark.slow
@pytest.mark.django_db
def test_a_product_is_shown_whole(filled: Filled) -> None:
    first = catalog.products(sort=ProductSort.SALES, language="zh").items[0]
    shown = product_detail(first.id, language="zh")
    assert shown.images
    assert shown.skus
    assert shown.breadcrumbs
    assert shown.brand
    assert shown.in_stock


@pytest.mark.slow
@pytest.mark.django_db
def test_every_sku_is_offered_at_its_price(filled: Filled) -> None:
    skus = _count("catalog_sku")
    assert skus == _count("catalog_price") > PRODUCTS
    assert skus == _count(
        "catalog_price h JOIN catalog_sku s ON s.id = h.sku_id AND s.price_minor = h.price_minor"
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_no_reference_leads_nowhere(filled: Filled) -> None:
    leading = {
        "orders_order_line.sku_id": ("orders_order_line", "sku_id", "catalog_sku"),
        "orders_order.merchant_id": ("orders_order", "merchant_id", "merchants_merchant"),
        "inventory_movement.sku_id": ("inventory_movement", "sku_id", "catalog_sku"),
        "catalog_price.sku_id": ("catalog_price", "sku_id", "catalog_sku"),
        "settlement_entry.order_line_id": ("settlement_entry", "order_line_id", "orders_order_line"),
        "payments_part.order_id": ("payments_part", "order_id", "orders_order"),
        "ledger_journal.reference_id": (
            "ledger_journal WHERE kind = 'refunded'",
            "reference_id",
            "orders_order",
        ),
    }
    nowhere = [
        name
        for name, (table, column, other) in leading.items()
        if _count(f"(SELECT {column} AS key FROM {table}) t LEFT JOIN {other} o ON o.id = key "
                  "WHERE key IS NOT NULL AND o.id IS NULL")
    ]  # fmt: skip
    assert nowhere == []


@pytest.mark.slow
@pytest.mark.django_db
def test_every_row_that_a_foreign_key_names_is_there(filled: Filled) -> None:
    """PostgreSQL's own look at them may have slept: here each key is looked at row by row."""
    keys = list(rows(
        "SELECT c.conrelid::regclass::text, child.attname, c.confrelid::regclass::text, parent.attname "
        "FROM pg_constraint c "
        "JOIN pg_attribute child ON child.attrelid = c.conrelid AND child.attnum = ANY(c.conkey) "
        "JOIN pg_attribute parent ON parent.attrelid = c.confrelid AND parent.attnum = ANY(c.confkey) "
        "WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"
    ))  # fmt: skip
    nowhere = [
        f"{table}.{column}"
        for table, column, parent, key in keys
        if _count(f"{table} t LEFT JOIN {parent} p ON p.{key} = t.{column} "
                  f"WHERE t.{column} IS NOT NULL AND p.{key} IS NULL")
    ]  # fmt: skip
    assert {table for table, *_ in keys} >= {
        "catalog_sku",
        "inventory_stock",
        "orders_trade",
        "payments_part",
    }
    assert nowhere == []


@pytest.mark.slow
@pytest.mark.django_db
def test_another_run_adds_to_it(again: tuple[int, int]) -> None:
    products, orders = again
    assert _count("catalog_product") == products + 40
    assert _count("orders_order") == orders + 30
    assert invariants.check() == []


@pytest.mark.proof
def test_a_million_products_and_a_million_orders(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, figures: Callable[[Row], None]
) -> None:
    million = 1_000_000
    with own_database("made_huge", django_db_blocker):
        made = fill(Wish(products=million, merchants=500, orders=million, seed=1), now=clock.now())
        broken = invariants.check()
    figures(Row(work="a million products", measured=made.products_seconds, unit="s", measured_max=300))
    figures(Row(work="a million orders", measured=made.orders_seconds, unit="s", measured_max=600))
    figures(Row(work="promises broken among them", measured=len(broken), unit="", measured_max=0))


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(products=3, merchants=1, orders=0, seed=1), "at least 4 for each merchant"),
        (Wish(products=0, merchants=0, orders=9, seed=1), "same run"),
        (Wish(products=-1, merchants=0, orders=0, seed=1), "--products must lie between"),
        (Wish(products=10, merchants=1, orders=10**9, seed=1), "--orders must lie between"),
        (Wish(products=10, merchants=1, orders=0, seed=1, days=0), "--days must lie between"),
    ],
)
def test_what_makes_no_sense_is_said(wish: Wish, says: str) -> None:
    with pytest.raises(NotPossible, match=says):
        wish.check()


def test_ids_are_in_the_order_of_time_and_of_one_table_and_one_run() -> None:
    one, other = Names.of(1, 1), Names.of(1, 2)
    made = [one.id(Table.ORDER, number, 1_000_000 + number) for number in range(1_000)]
    assert made == sorted(set(made))
    assert one.id(Table.ORDER, 5, 1_000) == Names.of(1, 1).id(Table.ORDER, 5, 1_000)
    assert (
        len({one.id(Table.ORDER, 5, 1_000), one.id(Table.LINE, 5, 1_000), other.id(Table.ORDER, 5, 1_000)})
        == 3
    )


def _count(table: str) -> int:
    found = row(f"SELECT count(*) FROM {table}")
    return int(found[0]) if found else 0
