"""Stock over HTTP, for merchants."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff, no_content
from jishi.kernel.ids import SkuId, WarehouseId
from jishi.kernel.pagination import Page, TimeSort
from jishi.offering.inventory import queries_merchant, services_merchant
from jishi.offering.inventory.types import (
    CountWish,
    Movement,
    MovementKind,
    ReceiptWish,
    StockRow,
    StockSort,
    Warehouse,
    WarehouseWish,
)

merchant_router = Router(tags=["stock"])

_staff = merchant_staff("operator", "warehouse")
_READ = errors(NotAllowed, NotFound, Invalid)
_WRITE = errors(NotAllowed, NotFound, Invalid, Conflict)
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
_A_WAREHOUSE = "01930000-0000-7000-8000-000000000003"
_A_SKU = "01930000-0000-7000-8000-000000000004"


@merchant_router.get(
    "/warehouses", auth=_staff, response={200: Page[Warehouse], **_READ}, summary="My warehouses"
)
def list_warehouses(request: MerchantRequest) -> HttpResponse:
    """The warehouses in use, the oldest first. One page."""
    found = queries_merchant.warehouses(request.merchant_id, language=request.language)
    return encoded(Page(items=found))


@merchant_router.post(
    "/warehouses", auth=merchant_staff(), response={201: Warehouse, **_WRITE}, summary="Open a warehouse"
)
def open_warehouse(
    request: MerchantRequest,
    body: Annotated[
        WarehouseWish, Body(..., examples=[{"name": "余杭仓", "name_en": "Yuhang", "area_code": "330110"}])
    ],
) -> HttpResponse:
    """Add a warehouse; owners only."""
    return created(services_merchant.open_warehouse(merchant_id=request.merchant_id, wish=body))


@merchant_router.get("/stock", auth=_staff, response={200: Page[StockRow], **_READ}, summary="My stock")
def list_stock(
    request: MerchantRequest,
    warehouse_id: UUID | None = None,
    words: Words = "",
    available_max: Annotated[int | None, Field(ge=0, le=10**9)] = None,
    sort: StockSort = StockSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Pieces by SKU and warehouse, the latest SKUs first unless `sort` says otherwise.

    `words` finds part of a title or the start of a SKU code; `available_max` shows only what is running low.
    """
    found = queries_merchant.stock_list(
        merchant_id=request.merchant_id,
        warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
        words=words,
        available_max=available_max,
        sort=sort,
        cursor=cursor,
        limit=limit,
        language=request.language,
    )
    return encoded(found)


@merchant_router.post(
    "/stock/receipts", auth=_staff, response={204: None, **_WRITE}, summary="Book goods that arrived"
)
def receive(
    request: MerchantRequest,
    body: Annotated[
        ReceiptWish,
        Body(
            ...,
            examples=[
                {
                    "warehouse_id": _A_WAREHOUSE,
                    "lines": [{"sku_id": _A_SKU, "quantity": 120}],
                    "reference": "DN-2026-118",
                }
            ],
        ),
    ],
) -> HttpResponse:
    """Add pieces to the stock of a warehouse: all lines or none."""
    services_merchant.receive(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now
    )
    return no_content()


@merchant_router.post(
    "/stock/counts", auth=_staff, response={204: None, **_WRITE}, summary="Book a stock-take"
)
def count(
    request: MerchantRequest,
    body: Annotated[
        CountWish,
        Body(
            ...,
            examples=[
                {
                    "warehouse_id": _A_WAREHOUSE,
                    "lines": [{"sku_id": _A_SKU, "on_hand": 97, "expected": 100}],
                    "reference": "2026-11",
                }
            ],
        ),
    ],
) -> HttpResponse:
    """Make the books agree with what was found on the shelf: all lines or none.

    `expected` is what the books said when the counter looked; when it is no longer so nothing is booked
    (409).
    """
    services_merchant.count(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now
    )
    return no_content()


@merchant_router.get(
    "/stock/movements", auth=_staff, response={200: Page[Movement], **_READ}, summary="What moved"
)
def list_movements(
    request: MerchantRequest,
    sku_id: UUID | None = None,
    warehouse_id: UUID | None = None,
    kind: MovementKind | None = None,
    sort: TimeSort = TimeSort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Every change of what lies in a warehouse, the latest first unless `sort` says otherwise.

    `quantity` is signed.
    """
    found = queries_merchant.movements(
        merchant_id=request.merchant_id,
        sku_id=SkuId(sku_id) if sku_id else None,
        warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
        kind=kind,
        sort=sort,
        cursor=cursor,
        limit=limit,
        language=request.language,
    )
    return encoded(found)
