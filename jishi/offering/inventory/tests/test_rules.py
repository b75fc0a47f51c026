"""Choosing warehouses: promises that hold for any stock."""

from collections import defaultdict
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.offering.inventory.rules import Shelf, allocate, distance

SKUS = [SkuId(UUID(int=n)) for n in range(1, 6)]
WAREHOUSES = [WarehouseId(UUID(int=n)) for n in range(11, 15)]
MERCHANT = MerchantId(UUID(int=99))
AREAS = ["330106", "330110", "310104", "440306"]


def shelf(sku: int, warehouse: int, available: int, *, area: str | None = None) -> Shelf:
    return Shelf(
        merchant_id=MERCHANT,
        sku_id=SKUS[sku],
        warehouse_id=WAREHOUSES[warehouse],
        area_code=area or AREAS[warehouse],
        available=available,
    )


shelves = st.lists(
    st.builds(shelf, st.integers(0, 4), st.integers(0, 3), st.integers(0, 9)),
    unique_by=lambda one: (one.sku_id, one.warehouse_id),
)
wants = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 12)), min_size=1, max_size=7)
areas = st.sampled_from([*AREAS, None])


@given(wants, shelves, areas)
def test_every_wanted_piece_is_sent_or_missing(
    wanted: list[tuple[SkuId, int]], stock: list[Shelf], area: str | None
) -> None:
    answer = allocate(wanted, stock, area_code=area)
    sent: dict[SkuId, int] = defaultdict(int)
    for part in answer.allocations:
        assert part.quantity > 0
        sent[part.sku_id] += part.quantity
    asked: dict[SkuId, int] = defaultdict(int)
    for sku_id, quantity in wanted:
        asked[sku_id] += quantity
    missing = {one.sku_id: one.wanted - one.available for one in answer.shortages}
    assert {sku: sent[sku] + missing.get(sku, 0) for sku in asked} == dict(asked)
    assert all(one.wanted == asked[one.sku_id] for one in answer.shortages)


@given(wants, shelves, areas)
def test_no_warehouse_sends_more_than_it_has(
    wanted: list[tuple[SkuId, int]], stock: list[Shelf], area: str | None
) -> None:
    has = {(one.sku_id, one.warehouse_id): one.available for one in stock}
    answer = allocate(wanted, stock, area_code=area)
    keys = [(part.sku_id, part.warehouse_id) for part in answer.allocations]
    assert len(set(keys)) == len(keys)
    assert all(part.quantity <= has[part.sku_id, part.warehouse_id] for part in answer.allocations)


@given(wants, shelves, areas)
def test_a_line_that_one_warehouse_can_send_whole_is_not_split(
    wanted: list[tuple[SkuId, int]], stock: list[Shelf], area: str | None
) -> None:
    answer = allocate(wanted, stock, area_code=area)
    for sku_id in {one for one, _ in wanted}:
        quantity = sum(pieces for one, pieces in wanted if one == sku_id)
        parts = [part for part in answer.allocations if part.sku_id == sku_id]
        if any(one.sku_id == sku_id and one.available >= quantity for one in stock):
            assert len(parts) == 1


@given(wants, shelves, areas)
def test_the_order_of_the_stock_does_not_matter(
    wanted: list[tuple[SkuId, int]], stock: list[Shelf], area: str | None
) -> None:
    assert allocate(wanted, stock, area_code=area) == allocate(wanted, stock[::-1], area_code=area)


def test_takes_the_nearest_warehouse() -> None:
    stock = [shelf(0, 0, 5), shelf(0, 2, 5), shelf(0, 3, 5)]
    for area, nearest in (("330108", 0), ("310115", 2), ("440305", 3)):
        (part,) = allocate([(SKUS[0], 2)], stock, area_code=area).allocations
        assert part.warehouse_id == WAREHOUSES[nearest]


def test_takes_few_warehouses_rather_than_near_ones() -> None:
    stock = [shelf(0, 0, 5), shelf(0, 3, 5), shelf(1, 3, 5)]
    answer = allocate([(SKUS[0], 1), (SKUS[1], 1)], stock, area_code="330106")
    assert {part.warehouse_id for part in answer.allocations} == {WAREHOUSES[3]}


def test_splits_what_no_warehouse_has_whole_and_names_what_is_missing() -> None:
    stock = [shelf(0, 0, 3), shelf(0, 1, 4)]
    answer = allocate([(SKUS[0], 6)], stock, area_code=None)
    assert [part.quantity for part in answer.allocations] == [4, 2]
    assert answer.shortages == []
    short = allocate([(SKUS[0], 6), (SKUS[0], 3)], stock, area_code=None)
    assert [(one.wanted, one.available) for one in short.shortages] == [(9, 7)]


def test_distance_counts_the_levels_that_differ() -> None:
    assert [distance("330106", area) for area in ("330106", "330110", "331002", "440306", "")] == [
        0,
        1,
        2,
        3,
        3,
    ]
