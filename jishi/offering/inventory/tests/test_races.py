"""Buyers who come at the same time, in threads with connections of their own."""

import random
from collections.abc import Callable
from threading import Barrier
from uuid import UUID

import pytest

from jishi.kernel.db import atomic
from jishi.kernel.ids import SkuId, WarehouseId, new_id
from jishi.kernel.tests.threads import in_threads
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import queries, services
from jishi.offering.inventory.services import OutOfStock
from jishi.offering.inventory.tests.factories import NOW, line, make_stock
from jishi.offering.inventory.types import StockLine

pytestmark = pytest.mark.django_db(transaction=True)


def rush(works: list[Callable[[], bool]]) -> list[bool]:
    """Start all at the same moment and return what each answers."""
    gate = Barrier(len(works))

    def through(work: Callable[[], bool]) -> bool:
        gate.wait()
        return work()

    return [done.result() for done in in_threads([lambda work=work: through(work) for work in works])]  # type: ignore[misc]


def buying(*lines: StockLine) -> Callable[[], bool]:
    def buy() -> bool:
        try:
            with atomic():
                services.reserve(lines, now=NOW)
        except OutOfStock:
            return False
        return True

    return buy


def stock_of(sku_id: SkuId) -> tuple[int, int]:
    (found,) = queries.stock([sku_id])
    return found.on_hand, found.reserved


def test_two_buyers_one_piece() -> None:
    product = make_product()
    warehouse = make_stock(product.sku_id, 1)
    for _ in range(5):
        owners = [new_id(), new_id()]
        answers = rush([buying(line(owner, product.sku_id, warehouse)) for owner in owners])
        assert sorted(answers) == [False, True]
        assert stock_of(product.sku_id) == (1, 1)
        with atomic():
            services.release(owners, now=NOW)
    assert queries.violations() == []


def test_twenty_buyers_for_seven_pieces() -> None:
    product = make_product()
    warehouse = make_stock(product.sku_id, 7)
    answers = rush([buying(line(new_id(), product.sku_id, warehouse)) for _ in range(20)])
    assert sum(answers) == 7
    assert stock_of(product.sku_id) == (7, 7)
    assert queries.violations() == []


def test_buyers_who_take_the_same_goods_in_another_order_never_lock_each_other_out() -> None:
    product = make_product(prices_minor=[100, 200, 300, 400])
    warehouse = make_stock(product.sku_ids[0], 1_000)
    for sku_id in product.sku_ids[1:]:
        make_stock(sku_id, 1_000, warehouse_id=warehouse)
    chance = random.Random(7)

    def shuffled() -> Callable[[], bool]:
        owner, order = new_id(), chance.sample(product.sku_ids, 4)
        purchase = buying(*(line(owner, sku_id, warehouse) for sku_id in order))

        def several() -> bool:
            return all(purchase() for _ in range(10))

        return several

    assert rush([shuffled() for _ in range(6)]) == [True] * 6
    assert [stock_of(sku_id)[1] for sku_id in product.sku_ids] == [60] * 4
    assert queries.violations() == []


def test_taking_shipping_and_giving_back_at_once_loses_nothing() -> None:
    product = make_product(prices_minor=[100, 200])
    warehouse = make_stock(product.sku_ids[0], 60)
    make_stock(product.sku_ids[1], 60, warehouse_id=warehouse)

    def busy(number: int) -> Callable[[], bool]:
        def work() -> bool:
            chance = random.Random(number)
            for _ in range(12):
                turn(new_id(), warehouse, product.sku_ids, chance)
            return True

        return work

    assert all(rush([busy(number) for number in range(5)]))
    assert queries.violations() == []


def turn(owner: UUID, warehouse: WarehouseId, sku_ids: list[SkuId], chance: random.Random) -> None:
    lines = [line(owner, sku_id, warehouse) for sku_id in chance.sample(sku_ids, 2)]
    with atomic():
        services.reserve(lines, now=NOW)
    if chance.random() < 0.5:
        with atomic():
            services.ship(lines[:1], reference="", now=NOW)
    with atomic():
        services.release([owner], now=NOW)
