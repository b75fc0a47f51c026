"""Reserving, releasing, shipping and taking back on a real PostgreSQL."""

from collections.abc import Callable, Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from jishi.kernel.db import atomic, execute, rows
from jishi.kernel.errors import ProgrammingError
from jishi.kernel.ids import SkuId, WarehouseId, new_id
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import queries, services
from jishi.offering.inventory.services import NotReserved, OutOfStock
from jishi.offering.inventory.tests.factories import NOW, line, make_stock, make_warehouse
from jishi.offering.inventory.types import MovementKind, Shortage, StockLine

pytestmark = pytest.mark.django_db


def stock_of(sku_id: SkuId) -> tuple[int, int]:
    found = queries.stock([sku_id])
    return sum(one.on_hand for one in found), sum(one.reserved for one in found)


def news() -> list[str]:
    return [
        name
        for (name,) in rows("SELECT name FROM kernel_outbox WHERE name LIKE 'inventory.%%' ORDER BY sequence")
    ]


def reserve(*lines: StockLine) -> None:
    with atomic():
        services.reserve(lines, now=NOW)


def test_reserves_ships_and_keeps_the_books() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 10)
    reserve(line(owner, product.sku_id, warehouse, 3))
    assert stock_of(product.sku_id) == (10, 3)
    assert queries.availability([product.sku_id]) == {product.sku_id: 7}
    with atomic():
        services.ship([line(owner, product.sku_id, warehouse, 2)], reference="parcel", now=NOW)
    assert stock_of(product.sku_id) == (8, 1)
    with atomic():
        services.release([owner], now=NOW)
        services.release([owner], now=NOW)
    assert stock_of(product.sku_id) == (8, 0)
    assert queries.violations() == []


def test_refuses_all_lines_when_one_falls_short_and_names_it() -> None:
    one, other, owner = make_product(), make_product(), new_id()
    here, there = make_stock(one.sku_id, 5), make_stock(other.sku_id, 1)
    with pytest.raises(OutOfStock) as refused:
        reserve(line(owner, one.sku_id, here, 5), line(owner, other.sku_id, there, 2))
    assert refused.value.data["shortages"] == [Shortage(sku_id=other.sku_id, wanted=2, available=1)]
    assert stock_of(one.sku_id) == (5, 0)
    assert stock_of(other.sku_id) == (1, 0)


def test_two_lines_of_one_sku_are_added_up() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 3)
    twice = [line(owner, product.sku_id, warehouse, 2), line(owner, product.sku_id, warehouse, 2)]
    with pytest.raises(OutOfStock) as refused:
        reserve(*twice)
    assert refused.value.data["shortages"] == [Shortage(sku_id=product.sku_id, wanted=4, available=3)]
    make_stock(product.sku_id, 1)
    reserve(*twice)
    assert stock_of(product.sku_id) == (4, 4)
    assert queries.violations() == []


def test_a_second_reservation_of_an_owner_adds_to_the_first() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 5)
    reserve(line(owner, product.sku_id, warehouse, 2))
    reserve(line(owner, product.sku_id, warehouse, 2))
    assert stock_of(product.sku_id) == (5, 4)
    assert queries.violations() == []


def test_what_was_never_stocked_is_short() -> None:
    product = make_product()
    warehouse = make_warehouse(product.merchant_id)
    with pytest.raises(OutOfStock) as refused:
        reserve(line(new_id(), product.sku_id, warehouse))
    assert refused.value.data["shortages"] == [Shortage(sku_id=product.sku_id, wanted=1, available=0)]


def test_gives_back_some_pieces_but_never_more_than_were_reserved() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 5)
    reserve(line(owner, product.sku_id, warehouse, 3))
    with atomic():
        services.release_lines([line(owner, product.sku_id, warehouse, 2)], now=NOW)
    assert stock_of(product.sku_id) == (5, 1)
    too_many = [line(owner, product.sku_id, warehouse, 2)]
    verbs: list[Callable[[], None]] = [
        lambda: services.release_lines(too_many, now=NOW),
        lambda: services.ship(too_many, reference="", now=NOW),
    ]
    for verb in verbs:
        with pytest.raises(NotReserved), atomic():
            verb()
    assert stock_of(product.sku_id) == (5, 1)
    assert queries.violations() == []


def test_shipping_writes_a_movement_for_each_line() -> None:
    product, owners = make_product(), [new_id(), new_id()]
    warehouse = make_stock(product.sku_id, 9)
    lines = [line(owner, product.sku_id, warehouse, 2) for owner in owners]
    reserve(*lines)
    with atomic():
        services.ship(lines, reference="parcel 7", now=NOW)
    moved = rows(
        "SELECT quantity, reference FROM inventory_movement WHERE kind = %s", [MovementKind.SHIPPED.value]
    )
    assert moved == [(-2, "parcel 7"), (-2, "parcel 7")]
    assert queries.violations() == []


@pytest.mark.parametrize(("restock", "on_hand"), [(True, 6), (False, 5)])
def test_takes_returns_back_to_the_shelf_or_to_the_bin(restock: bool, on_hand: int) -> None:
    product = make_product()
    warehouse = make_stock(product.sku_id, 5)
    with atomic():
        services.take_back(
            [line(new_id(), product.sku_id, warehouse, 1)], restock=restock, reference="after-sale", now=NOW
        )
    assert stock_of(product.sku_id) == (on_hand, 0)
    assert queries.violations() == []


def test_tells_only_when_the_last_piece_goes_or_the_first_comes_back() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 2)
    assert news() == ["inventory.stock_came_back"]
    reserve(line(owner, product.sku_id, warehouse, 1))
    assert len(news()) == 1
    reserve(line(owner, product.sku_id, warehouse, 1))
    assert news()[1:] == ["inventory.stock_ran_out"]
    make_stock(product.sku_id, 3)
    assert news()[2:] == ["inventory.stock_came_back"]
    with atomic():
        services.release([owner], now=NOW)
    assert len(news()) == 3


def test_the_catalogue_learns_whether_a_sku_can_be_had_anywhere() -> None:
    product, owner = make_product(prices_minor=[100, 200]), new_id()
    first, second = product.sku_ids
    here = make_stock(first, 1)
    there = make_stock(first, 1, warehouse_id=make_warehouse(product.merchant_id))
    make_stock(second, 1)
    reserve(line(owner, first, here))
    with atomic():
        services.refresh_in_stock([first], now=NOW)
    assert flags(product.sku_ids) == [True, True]
    reserve(line(owner, first, there))
    with atomic():
        services.refresh_in_stock([first], now=NOW)
    assert flags(product.sku_ids) == [False, True]
    assert rows("SELECT in_stock FROM catalog_product WHERE id = %s", [product.id]) == [(True,)]


def flags(sku_ids: Sequence[SkuId]) -> list[bool]:
    found = dict(rows("SELECT id, in_stock FROM catalog_sku WHERE id = ANY(%s)", [list(sku_ids)]))
    return [found[sku_id] for sku_id in sku_ids]


@pytest.mark.parametrize("count", [10, 20])
def test_statements_do_not_grow_with_lines(count: int) -> None:
    product, owner = make_product(prices_minor=range(100, 100 + count)), new_id()
    warehouse = make_stock(product.sku_ids[0], 5)
    for sku_id in product.sku_ids[1:]:
        make_stock(sku_id, 5, warehouse_id=warehouse)
    lines = [line(owner, sku_id, warehouse, 2) for sku_id in product.sku_ids]
    assert statements(lambda: services.reserve(lines, now=NOW)) == 1
    assert statements(lambda: services.ship(lines[:2], reference="", now=NOW)) == 1
    assert statements(lambda: services.release_lines(lines[2:4], now=NOW)) == 1
    assert statements(lambda: services.release([owner], now=NOW)) == 1
    all_of_it = [line(owner, sku_id, warehouse, 3) for sku_id in product.sku_ids]
    assert statements(lambda: services.reserve(all_of_it[4:], now=NOW)) == 1
    assert statements(lambda: queries.allocate([(one.sku_id, 1) for one in lines], area_code=None)) == 1
    rest = [line(owner, sku_id, warehouse, 2) for sku_id in product.sku_ids[4:]]
    assert (
        statements(lambda: services.reserve(rest, now=NOW)) == 2
    )  # the last pieces: events in one statement more


def statements(work: Callable[[], object]) -> int:
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        work()
    return len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.parametrize(
    "assignment",
    ["reserved = -1", "on_hand = -1", "bucketed = -1", "reserved = on_hand + 1", "on_hand = 0, reserved = 1"],
)
def test_the_database_itself_refuses_impossible_stock(assignment: str) -> None:
    product = make_product()
    make_stock(product.sku_id, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(f"UPDATE inventory_stock SET {assignment} WHERE sku_id = %s", [product.sku_id])


@pytest.mark.parametrize(
    "statement", ["UPDATE inventory_movement SET quantity = 1", "DELETE FROM inventory_movement"]
)
def test_movements_cannot_be_changed(statement: str) -> None:
    make_stock(make_product().sku_id, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(statement)


@pytest.mark.parametrize("quantity", [0, -1])
def test_lines_without_pieces_are_a_mistake_of_the_caller(quantity: int) -> None:
    with pytest.raises(ProgrammingError):
        reserve(line(new_id(), SkuId(new_id()), WarehouseId(new_id()), quantity))


@pytest.mark.django_db(transaction=True)
def test_stock_moves_inside_transactions_only() -> None:
    guarded: list[Callable[[], object]] = [
        lambda: services.reserve([], now=NOW),
        lambda: services.release([], now=NOW),
        lambda: services.release_lines([], now=NOW),
        lambda: services.ship([], reference="", now=NOW),
        lambda: services.take_back([], restock=True, reference="", now=NOW),
    ]
    for verb in guarded:
        with pytest.raises(ProgrammingError):
            verb()


def test_violations_name_what_does_not_add_up() -> None:
    product = make_product()
    make_stock(product.sku_id, 5)
    execute("UPDATE inventory_stock SET on_hand = 4 WHERE sku_id = %s", [product.sku_id])
    (found,) = queries.violations()
    assert str(product.sku_id) in found
