"""The stock of a whole product: every variant, with its movements, once."""

import pytest

from jishi.identity.merchants.tests.factories import make_merchant
from jishi.kernel.db import rows
from jishi.kernel.errors import Invalid, NotFound
from jishi.kernel.idempotency import KeyReused
from jishi.kernel.ids import WarehouseId
from jishi.offering.catalog.tests.factories import MadeProduct, make_product
from jishi.offering.inventory.services_bulk import stock_product
from jishi.offering.inventory.tests.factories import NOW, make_warehouse
from jishi.offering.inventory.types import ProductStockWish, StockStep

pytestmark = pytest.mark.django_db


def stock(
    product: MadeProduct, warehouse: WarehouseId, step: StockStep, pieces: int, *, key: str
) -> list[int]:
    """Stock a product; return what lies there of each variant."""
    stock_product(
        merchant_id=product.merchant_id,
        product_id=product.id,
        wish=ProductStockWish(warehouse_id=warehouse, step=step, pieces=pieces, reference="盘点"),
        key=key,
        staff_id=None,
        now=NOW,
    )
    return [
        on_hand
        for (on_hand,) in rows(
            "SELECT on_hand FROM inventory_stock WHERE sku_id = ANY(%s::uuid[]) AND warehouse_id = %s",
            [product.sku_ids, warehouse],
        )
    ]


def movements(product: MadeProduct) -> list[tuple[str, int]]:
    return rows(
        "SELECT kind, quantity FROM inventory_movement WHERE sku_id = ANY(%s::uuid[]) ORDER BY id",
        [product.sku_ids],
    )


def test_pieces_are_set_and_added_for_every_variant_with_movements() -> None:
    product = make_product(prices_minor=[1_000, 2_000])
    warehouse = make_warehouse(product.merchant_id)
    assert stock(product, warehouse, StockStep.SET, 30, key="stock-00000001") == [30, 30]
    assert stock(product, warehouse, StockStep.ADD, 5, key="stock-00000002") == [35, 35]
    assert sorted(movements(product)) == [("counted", 30), ("counted", 30), ("received", 5), ("received", 5)]


def test_the_same_request_adds_once() -> None:
    product = make_product()
    warehouse = make_warehouse(product.merchant_id)
    for _ in range(2):
        assert stock(product, warehouse, StockStep.ADD, 5, key="stock-00000001") == [5]
    with pytest.raises(KeyReused):
        stock(product, warehouse, StockStep.ADD, 6, key="stock-00000001")


def test_nothing_is_added_to_a_strangers_goods_or_as_nothing() -> None:
    product, other = make_product(), make_product(merchant_id=make_merchant())
    warehouse = make_warehouse(product.merchant_id)
    with pytest.raises(NotFound):
        stock(other, warehouse, StockStep.ADD, 5, key="stock-00000001")
    with pytest.raises(Invalid):
        stock(product, warehouse, StockStep.ADD, 0, key="stock-00000001")
    assert stock(product, warehouse, StockStep.SET, 0, key="stock-00000001") in ([], [0])
