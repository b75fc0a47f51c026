"""What merchants see of their stock."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from jishi.kernel.db import row, rows
from jishi.kernel.ids import MerchantId, SkuId, WarehouseId
from jishi.kernel.pagination import Page, Sort, TimeSort, page
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.catalog.types import SkuName
from jishi.offering.inventory.types import Movement, MovementKind, StockRow, StockSort, Warehouse

_AVAILABLE = "s.on_hand - s.reserved - s.bucketed"
_SKU = ("s.sku_id", "s.warehouse_id")
_PIECES = tuple[int, UUID]
# Each order, and where what comes before the warehouse stands in a row. Those by pieces read all of a merchant's
# rows: an index on what every order changes would cost every order.
_STOCK_SORTS: Mapping[StockSort, tuple[Sort, tuple[int, ...]]] = {
    StockSort.NEWEST: (Sort(_SKU, UUID), (0,)),
    StockSort.OLDEST: (Sort(_SKU, UUID, is_descending=False), (0,)),
    StockSort.AVAILABLE_UP: (Sort((_AVAILABLE, *_SKU), _PIECES, is_descending=False), (6, 0)),
    StockSort.AVAILABLE_DOWN: (Sort((_AVAILABLE, *_SKU), _PIECES), (6, 0)),
    StockSort.ON_HAND_UP: (Sort(("s.on_hand", *_SKU), _PIECES, is_descending=False), (4, 0)),
    StockSort.ON_HAND_DOWN: (Sort(("s.on_hand", *_SKU), _PIECES), (4, 0)),
}
_MOVEMENT_SORTS: Mapping[TimeSort, Sort] = {
    TimeSort.NEWEST: Sort(("m.id",), UUID),
    TimeSort.OLDEST: Sort(("m.id",), UUID, is_descending=False),
}


def warehouses(merchant_id: MerchantId, *, language: str) -> list[Warehouse]:
    """Return a merchant's warehouses in use, the oldest first."""
    return [
        Warehouse(id=warehouse_id, name=Text(name_zh, name_en).of(language), area_code=area_code)
        for warehouse_id, name_zh, name_en, area_code in rows(
            "SELECT id, name_zh, name_en, area_code FROM inventory_warehouse "
            "WHERE merchant_id = %s AND is_active ORDER BY id",
            [merchant_id],
        )
    ]


def stock_list(
    *,
    merchant_id: MerchantId,
    warehouse_id: WarehouseId | None,
    words: str,
    available_max: int | None,
    sort: StockSort = StockSort.NEWEST,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[StockRow]:
    """Return a page of a merchant's stock, the latest SKUs first unless `sort` says otherwise.

    Two statements, three with `words`. Raises: Invalid.
    """
    sorted_by, places = _STOCK_SORTS[sort]
    after, parameters = sorted_by.after(cursor)
    conditions = ["s.merchant_id = %s", after]
    if warehouse_id:
        conditions, parameters = [*conditions, "s.warehouse_id = %s"], [*parameters, warehouse_id]
    if words.strip():
        wanted = catalog.find_skus(merchant_id, words.strip())
        conditions, parameters = [*conditions, "s.sku_id = ANY(%s::uuid[])"], [*parameters, wanted]
    if available_max is not None:
        conditions = [*conditions, f"{_AVAILABLE} <= %s"]
        parameters = [*parameters, available_max]
    found = rows(
        "SELECT s.sku_id, s.warehouse_id, w.name_zh, w.name_en, s.on_hand, s.reserved, "
        f"{_AVAILABLE} FROM inventory_stock s "
        "JOIN inventory_warehouse w ON w.id = s.warehouse_id "
        f"WHERE {' AND '.join(conditions)} {sorted_by.order} LIMIT %s",
        [merchant_id, *parameters, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (_before(one, places), one[1]))
    names = catalog.sku_names([one[0] for one in shown.items], language=language)
    return Page(items=[_row(one, names, language) for one in shown.items], next_cursor=shown.next_cursor)


def _before(one: tuple[Any, ...], places: tuple[int, ...]) -> Any:
    values = [one[place] for place in places]
    return values if len(values) > 1 else values[0]


def running_low(merchant_id: MerchantId, *, available_max: int, at_most: int) -> int:
    """Return how many rows of stock have `available_max` pieces or fewer left, counted up to `at_most`."""
    found = row(
        "SELECT count(*) FROM (SELECT FROM inventory_stock WHERE merchant_id = %s "
        "AND on_hand - reserved - bucketed <= %s LIMIT %s) low",
        [merchant_id, available_max, at_most],
    )
    return int(found[0]) if found else 0


def movements(
    *,
    merchant_id: MerchantId,
    sku_id: SkuId | None,
    warehouse_id: WarehouseId | None,
    kind: MovementKind | None = None,
    sort: TimeSort = TimeSort.NEWEST,
    cursor: str | None,
    limit: int,
    language: str,
) -> Page[Movement]:
    """Return a page of what moved, the latest first unless `sort` says otherwise: two statements.

    Raises: Invalid.
    """
    sorted_by = _MOVEMENT_SORTS[sort]
    after, parameters = sorted_by.after(cursor)
    conditions = ["m.merchant_id = %s", after]
    for column, value in (("m.sku_id", sku_id), ("m.warehouse_id", warehouse_id), ("m.kind", kind)):
        if value:
            conditions, parameters = [*conditions, f"{column} = %s"], [*parameters, value]
    found = rows(
        "SELECT m.id, m.sku_id, m.warehouse_id, m.kind, m.quantity, m.reference, m.moved_at "
        "FROM inventory_movement m "
        f"WHERE {' AND '.join(conditions)} {sorted_by.order} LIMIT %s",
        [merchant_id, *parameters, limit + 1],
    )
    shown = page(found, limit=limit, key=lambda one: (one[0], one[0]))
    names = catalog.sku_names([one[1] for one in shown.items], language=language)
    items = [
        Movement(
            id=movement_id,
            sku_id=moved,
            sku_code=names[moved].code,
            title=names[moved].title,
            warehouse_id=at,
            kind=MovementKind(kind),
            quantity=quantity,
            reference=reference,
            at=moved_at.isoformat(),
        )
        for movement_id, moved, at, kind, quantity, reference, moved_at in shown.items
    ]
    return Page(items=items, next_cursor=shown.next_cursor)


def _row(one: tuple[Any, ...], names: dict[SkuId, SkuName], language: str) -> StockRow:
    sku_id, warehouse_id, name_zh, name_en, on_hand, reserved, available = one
    name = names[sku_id]
    return StockRow(
        sku_id=sku_id,
        sku_code=name.code,
        title=name.title,
        choice_name=name.choice_name,
        warehouse_id=warehouse_id,
        warehouse_name=Text(name_zh, name_en).of(language),
        on_hand=on_hand,
        reserved=reserved,
        available=available,
    )
