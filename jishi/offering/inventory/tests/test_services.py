"""Reserving, releasing, shipping and taking back on a real PostgreSQL."""

import pytest

from jishi.kernel.db import atomic, rows
from jishi.kernel.ids import SkuId, new_id
from jishi.offering.catalog.tests.factories import make_product
from jishi.offering.inventory import queries, services
from jishi.offering.inventory.tests.factories import NOW, line, make_stock
from jishi.offering.inventory.types import Stock

pytestmark = pytest.mark.django_db


def stock_of(sku_id: SkuId) -> tuple[int, int]:
    found: list[Stock] = queries.stock([sku_id])
    return sum(one.on_hand for one in found), sum(one.reserved for one in found)


def events() -> list[str]:
    return [
        name
        for (name,) in rows("SELECT name FROM kernel_outbox WHERE name LIKE 'inventory.%%' ORDER BY sequence")
    ]


def test_reserves_ships_and_keeps_the_books() -> None:
    product, owner = make_product(), new_id()
    warehouse = make_stock(product.sku_id, 10)
    with atomic():
        services.reserve([line(owner, product.sku_id, warehouse, 3)], now=NOW)
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
