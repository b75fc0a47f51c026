"""What a merchant does with his stock by hand: warehouses, goods that arrive, stock-takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jishi.kernel.db import atomic, execute, require_transaction, rows
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, SkuId, UserId, WarehouseId, new_id
from jishi.kernel.outbox import publish
from jishi.kernel.words import Text
from jishi.offering.catalog import queries as catalog
from jishi.offering.inventory import statements
from jishi.offering.inventory.events import StockCameBack, StockRanOut
from jishi.offering.inventory.models import WarehouseRow
from jishi.offering.inventory.services import refresh_in_stock
from jishi.offering.inventory.types import (
    LINES_MAX,
    PIECES_MAX,
    CountLine,
    CountWish,
    ReceiptLine,
    ReceiptWish,
    Warehouse,
    WarehouseWish,
)


class CountedMeanwhile(Conflict):
    """The figures moved between looking and counting; `lines` carries the present ones."""

    code = "stock_changed"
    message = Text(
        zh="盘点期间库存已变化,请核对后再提交",
        en="Stock changed while you were counting; please check it again",
    )


class FewerThanClaimed(Conflict):
    """Buyers have a claim on more pieces than were found; `lines` names them."""

    code = "fewer_than_reserved"
    message = Text(
        zh="实盘数量少于已被预留的数量,请先处理相关订单",
        en="Fewer pieces were found than buyers have reserved; settle those orders first",
    )


class StockIsCodes(Conflict):
    """The stock of virtual goods is the pool of their codes; `sku_ids` names them."""

    code = "stock_is_codes"
    message = Text(
        zh="虚拟商品的库存就是卡密数量,请上传卡密",
        en="The stock of virtual goods is their codes; upload codes instead",
    )


class WarehouseNameTaken(Conflict):
    code = "warehouse_name_taken"
    message = Text(zh="已有同名仓库", en="There is a warehouse of that name already")


def open_warehouse(*, merchant_id: MerchantId, wish: WarehouseWish) -> Warehouse:
    """Add a warehouse. Raises: Invalid, WarehouseNameTaken (409)."""
    name = wish.name.strip()
    if not 1 <= len(name) <= 100:
        raise Invalid(field="name")
    if not (len(wish.area_code) == 6 and wish.area_code.isascii() and wish.area_code.isdigit()):
        raise Invalid(field="area_code")
    try:
        with transaction.atomic():
            made = WarehouseRow.objects.create(
                merchant_id=merchant_id,
                name_zh=name,
                name_en=wish.name_en.strip()[:100],
                area_code=wish.area_code,
            )
    except IntegrityError:
        raise WarehouseNameTaken from None
    return Warehouse(id=WarehouseId(made.id), name=name, area_code=made.area_code)


def receive(*, merchant_id: MerchantId, wish: ReceiptWish, staff_id: UserId | None, now: datetime) -> None:
    """Book goods that arrived in a warehouse of the merchant, in a transaction of its own.

    Raises: NotFound for a warehouse or SKU that is not the merchant's, Invalid for a quantity out of range,
    StockIsCodes (409) for virtual goods.
    """
    with atomic():
        book_receipt(merchant_id=merchant_id, wish=wish, staff_id=staff_id, now=now)


def book_receipt(*, merchant_id: MerchantId, wish: ReceiptWish, staff_id: UUID | None, now: datetime) -> None:
    """Book goods that arrived, inside the caller's transaction. Raises: see `receive`."""
    _refuse_codes([line.sku_id for line in wish.lines])
    book_codes(merchant_id=merchant_id, wish=wish, staff_id=staff_id, now=now)


def book_codes(*, merchant_id: MerchantId, wish: ReceiptWish, staff_id: UUID | None, now: datetime) -> None:
    """Book pieces whatever they are, of virtual goods a piece for each code that came into the pool.

    Inside the caller's transaction, which writes the codes. Raises: NotFound, Invalid.
    """
    require_transaction("a receipt")
    _check_lines(wish.lines, [line.quantity for line in wish.lines], least=1)
    _check_owner(merchant_id, wish.warehouse_id, [line.sku_id for line in wish.lines])
    found = _received(merchant_id, wish, staff_id, now)
    publish(
        *(
            StockCameBack(sku_id=sku_id, warehouse_id=warehouse_id, occurred_at=now)
            for sku_id, warehouse_id, _, before in found
            if before == 0
        )
    )


def stock_new(*, merchant_id: MerchantId, wish: ReceiptWish, staff_id: UUID | None, now: datetime) -> None:
    """Book the first pieces of SKUs that came into being in the caller's transaction: as many lines as there are.

    Nobody waits for them yet, so no news goes out; the catalogue learns at once that they can be had.
    Raises: NotFound for a warehouse or SKU that is not the merchant's, Invalid for a quantity out of range.
    """
    require_transaction("a receipt")
    _check_quantities([line.quantity for line in wish.lines], least=1)
    sku_ids = [line.sku_id for line in wish.lines]
    _refuse_codes(sku_ids)
    _check_owner(merchant_id, wish.warehouse_id, sku_ids)
    _received(merchant_id, wish, staff_id, now)
    refresh_in_stock(sku_ids, now=now)


def _received(
    merchant_id: MerchantId, wish: ReceiptWish, staff_id: UUID | None, now: datetime
) -> list[tuple[Any, ...]]:
    return rows(
        statements.RECEIVE,
        {
            "merchant": merchant_id,
            "warehouse": wish.warehouse_id,
            "ids": [new_id() for _ in wish.lines],
            "skus": [line.sku_id for line in wish.lines],
            "quantities": [line.quantity for line in wish.lines],
            "reference": wish.reference.strip()[:100],
            "staff": staff_id,
            "now": now,
        },
    )


def count(*, merchant_id: MerchantId, wish: CountWish, staff_id: UserId | None, now: datetime) -> None:
    """Make the books agree with what was found on the shelf, in a transaction of its own: all lines or none.

    Raises: see `book_count`.
    """
    with atomic():
        book_count(merchant_id=merchant_id, wish=wish, staff_id=staff_id, now=now)


def book_count(*, merchant_id: MerchantId, wish: CountWish, staff_id: UUID | None, now: datetime) -> None:
    """Book a stock-take inside the caller's transaction.

    Raises: NotFound, Invalid, CountedMeanwhile (409) when `expected` is no longer true, FewerThanClaimed,
    StockIsCodes (409).
    """
    require_transaction("a stock-take")
    _check_lines(wish.lines, [line.on_hand for line in wish.lines], least=0)
    if len({line.sku_id for line in wish.lines}) < len(wish.lines):
        raise Invalid(field="lines", reason="a SKU is counted twice")
    _refuse_codes([line.sku_id for line in wish.lines])
    _check_owner(merchant_id, wish.warehouse_id, [line.sku_id for line in wish.lines])
    parameters = _count_parameters(merchant_id, wish, staff_id, now)
    execute(statements.SHELVE, parameters)
    found = rows(statements.COUNT, parameters)
    _check_count(found)
    publish(*_crossings(found, wish.warehouse_id, now))


def _count_parameters(
    merchant_id: MerchantId, wish: CountWish, staff_id: UUID | None, now: datetime
) -> dict[str, object]:
    return {
        "merchant": merchant_id,
        "warehouse": wish.warehouse_id,
        "ids": [new_id() for _ in wish.lines],
        "skus": [line.sku_id for line in wish.lines],
        "found": [line.on_hand for line in wish.lines],
        "expected": [line.expected for line in wish.lines],
        "reference": wish.reference.strip()[:100],
        "staff": staff_id,
        "now": now,
    }


def _check_count(found: Sequence[tuple[SkuId, int, int, int, int | None, bool]]) -> None:
    if all(fits for *_, fits in found):
        return
    changed = [line for line in found if line[4] is not None and line[4] != line[2]]
    refusal = CountedMeanwhile if changed else FewerThanClaimed
    raise refusal(
        lines=[
            {"sku_id": str(sku_id), "found": on_shelf, "on_hand": on_hand, "reserved": claimed}
            for sku_id, on_shelf, on_hand, claimed, *_ in changed
            or [line for line in found if line[1] < line[3]]
        ]
    )


def _crossings(
    found: Sequence[tuple[SkuId, int, int, int, int | None, bool]], warehouse_id: WarehouseId, now: datetime
) -> list[StockCameBack | StockRanOut]:
    crossed: list[StockCameBack | StockRanOut] = []
    for sku_id, on_shelf, on_hand, claimed, *_ in found:
        if on_hand == claimed < on_shelf:
            crossed.append(StockCameBack(sku_id=sku_id, warehouse_id=warehouse_id, occurred_at=now))
        if on_shelf == claimed < on_hand:
            crossed.append(StockRanOut(sku_id=sku_id, warehouse_id=warehouse_id, occurred_at=now))
    return crossed


def _check_lines(
    lines: Sequence[ReceiptLine] | Sequence[CountLine], pieces: Sequence[int], *, least: int
) -> None:
    if not 1 <= len(lines) <= LINES_MAX:
        raise Invalid(field="lines")
    _check_quantities(pieces, least=least)


def _check_quantities(pieces: Sequence[int], *, least: int) -> None:
    for position, quantity in enumerate(pieces):
        if not least <= quantity <= PIECES_MAX:
            raise Invalid(field=f"lines.{position}.{'quantity' if least else 'on_hand'}")


def _refuse_codes(sku_ids: Sequence[SkuId]) -> None:
    if virtual := catalog.code_skus(sku_ids):
        raise StockIsCodes(sku_ids=sorted(map(str, virtual)))


def _check_owner(merchant_id: MerchantId, warehouse_id: WarehouseId, sku_ids: Sequence[SkuId]) -> None:
    if not WarehouseRow.objects.of_merchant(merchant_id).filter(id=warehouse_id, is_active=True).exists():
        raise NotFound
    if catalog.skus_of_merchant(merchant_id, sku_ids) != set(sku_ids):
        raise NotFound
