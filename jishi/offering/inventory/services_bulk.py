"""The stock of a whole product: the same pieces for each of its variants."""

from datetime import datetime

import msgspec

from jishi.kernel import idempotency
from jishi.kernel.db import atomic
from jishi.kernel.errors import Invalid
from jishi.kernel.ids import MerchantId, ProductId, UserId
from jishi.offering.catalog import queries as catalog
from jishi.offering.inventory import services_merchant
from jishi.offering.inventory.types import (
    CountLine,
    CountWish,
    ProductStockWish,
    ReceiptLine,
    ReceiptWish,
    StockStep,
)


def stock_product(
    *,
    merchant_id: MerchantId,
    product_id: ProductId,
    wish: ProductStockWish,
    key: str,
    staff_id: UserId | None,
    now: datetime,
) -> None:
    """Book a stock-take or an arrival of every variant of a product, with its movements: all or none.

    Safe to call again: the same key books once. Raises: NotFound, Invalid, FewerThanClaimed, KeyReused (409).
    """
    with atomic():
        request = msgspec.json.encode([str(product_id), msgspec.to_builtins(wish)])
        claimed = idempotency.claim(owner=merchant_id, key=key, request=request, result_id=product_id)
        if not claimed.is_new:
            return
        sku_ids = catalog.skus_of_product(merchant_id, product_id)
        if not sku_ids or (wish.step is StockStep.ADD and wish.pieces == 0):
            raise Invalid(field="pieces" if sku_ids else "product_id")
        if wish.step is StockStep.SET:
            counted = [CountLine(sku_id=sku_id, on_hand=wish.pieces) for sku_id in sku_ids]
            services_merchant.book_count(
                merchant_id=merchant_id,
                wish=CountWish(warehouse_id=wish.warehouse_id, lines=counted, reference=wish.reference),
                staff_id=staff_id,
                now=now,
            )
        else:
            arrived = [ReceiptLine(sku_id=sku_id, quantity=wish.pieces) for sku_id in sku_ids]
            services_merchant.book_receipt(
                merchant_id=merchant_id,
                wish=ReceiptWish(warehouse_id=wish.warehouse_id, lines=arrived, reference=wish.reference),
                staff_id=staff_id,
                now=now,
            )
