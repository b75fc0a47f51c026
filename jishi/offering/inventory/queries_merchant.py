"""A merchant's own view of his stock: keyset lists, one statement each."""

from typing import Any
from uuid import UUID

from jishi.kernel.db import rows
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.pagination import Page, decode, keyset_sql, page
from jishi.kernel.words import Text
from jishi.offering.inventory.types import Movement, MovementKind, StockRow

# Titles come from the catalogue's tables next door: a list of bare ids would help nobody.
_STOCK = """
SELECT s.sku_id, k.code, p.title_zh, p.title_en, k.choice_name_zh, k.choice_name_en, s.warehouse_id, w.name_zh, w.name_en,
       s.on_hand, s.reserved, s.on_hand - s.reserved - s.bucketed
FROM inventory_stock s
JOIN catalog_sku k ON k.id = s.sku_id JOIN catalog_product p ON p.id = k.product_id
JOIN inventory_warehouse w ON w.id = s.warehouse_id AND w.is_active
WHERE s.merchant_id = %s AND {filters} ORDER BY s.sku_id, s.warehouse_id LIMIT %s
"""


def stock_rows(
    *,
    merchant_id: MerchantId,
    words: str = "",
    warehouse_id: WarehouseId | None = None,
    low_below: int | None = None,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[StockRow]:
    """Return a page of the merchant's stock by SKU and warehouse.

    `words` finds part of a title or the start of a SKU's code; `low_below` keeps rows with fewer available pieces.
    Raises: Invalid for a malformed cursor.
    """
    after, values = keyset_sql(
        value="s.sku_id", row_id="s.warehouse_id", cursor=decode(cursor, UUID), descending=False
    )
    filters, parameters = [after], [*values]
    if warehouse_id:
        filters.append("s.warehouse_id = %s")
        parameters.append(warehouse_id)
    if low_below is not None:
        filters.append("s.on_hand - s.reserved - s.bucketed < %s")
        parameters.append(low_below)
    if wanted := words.strip():
        part = "%" + _escaped(wanted) + "%"
        filters.append("(p.title_zh ILIKE %s OR p.title_en ILIKE %s OR k.code ILIKE %s)")
        parameters += [part, part, part[1:]]
    found = rows(_STOCK.format(filters=" AND ".join(filters)), [merchant_id, *parameters, limit + 1])
    shown = page(found, limit=limit, key=lambda one: (one[0], one[6]))
    return Page(items=[_stock_row(one, language) for one in shown.items], next_cursor=shown.next_cursor)


def _stock_row(one: tuple[Any, ...], language: str) -> StockRow:
    sku_id, code, title_zh, title_en, choice_zh, choice_en, warehouse_id, name_zh, name_en, *figures = one
    on_hand, reserved, available = figures
    return StockRow(
        sku_id=sku_id,
        sku_code=code,
        title=Text(title_zh, title_en).of(language),
        choice_name=Text(choice_zh, choice_en).of(language),
        warehouse_id=warehouse_id,
        warehouse_name=Text(name_zh, name_en).of(language),
        on_hand=on_hand,
        reserved=reserved,
        available=available,
    )


def movements(
    *,
    merchant_id: MerchantId,
    sku_id: SkuId | None = None,
    warehouse_id: WarehouseId | None = None,
    cursor: str | None,
    limit: int,
) -> Page[Movement]:
    """Return a page of the merchant's movements, the latest first. Raises: Invalid for a malformed cursor."""
    after, values = keyset_sql(value="id", row_id="id", cursor=decode(cursor, UUID), descending=True)
    filters, parameters = [after], [*values]
    for column, wanted in (("sku_id", sku_id), ("warehouse_id", warehouse_id)):
        if wanted:
            filters.append(f"{column} = %s")
            parameters.append(wanted)
    found = rows(
        "SELECT id, sku_id, warehouse_id, kind, quantity, reference, moved_at FROM inventory_movement "
        f"WHERE merchant_id = %s AND {' AND '.join(filters)} ORDER BY id DESC LIMIT %s",
        [merchant_id, *parameters, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], one[0]))
    items = [
        Movement(
            sku_id=moved_sku,
            warehouse_id=place,
            kind=MovementKind(kind),
            quantity=quantity,
            reference=reference,
            at=moved_at.isoformat(),
        )
        for _, moved_sku, place, kind, quantity, reference, moved_at in shown.items
    ]
    return Page(items=items, next_cursor=shown.next_cursor)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
