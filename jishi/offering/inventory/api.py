"""Stock over HTTP, for merchants."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from jishi.kernel.errors import Invalid, NotAllowed, NotFound
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff, no_content
from jishi.kernel.ids import SkuId, WarehouseId
from jishi.kernel.pagination import Page
from jishi.offering.inventory import queries, queries_merchant, services_merchant
from jishi.offering.inventory.services_merchant import CountedMeanwhile, FewerThanClaimed, WarehouseNameTaken
from jishi.offering.inventory.types import (
    CountWish,
    Movement,
    ReceiptWish,
    StockRow,
    Warehouse,
    WarehouseWish,
)

merchant_router = Router(tags=["stock"])

Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
_reader = merchant_staff("operator", "warehouse", "service", "cashier")
_keeper = merchant_staff("operator", "warehouse")
_DENIED = (NotAllowed, NotFound, Invalid)
_PLACE = "01930000-0000-7000-8000-000000000003"
_SKU = "01930000-0000-7000-8000-000000000004"
_RECEIPT = {"warehouse_id": _PLACE, "lines": [{"sku_id": _SKU, "quantity": 40}], "reference": "DN-2026-117"}
_COUNT = {"warehouse_id": _PLACE, "lines": [{"sku_id": _SKU, "on_hand": 38, "expected": 40}]}
_WAREHOUSE = {"name": "杭州仓", "name_en": "Hangzhou", "area_code": "330106"}


@merchant_router.get(
    "/stock", auth=_reader, response={200: Page[StockRow], **errors(*_DENIED)}, summary="My stock"
)
def list_stock(
    request: MerchantRequest,
    words: Words = "",
    warehouse_id: UUID | None = None,
    low_below: Annotated[int | None, Field(ge=1, le=1_000_000)] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Pieces of each SKU in each warehouse; `low_below` keeps what has fewer available pieces."""
    return encoded(
        queries_merchant.stock_rows(
            merchant_id=request.merchant_id,
            words=words,
            warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
            low_below=low_below,
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@merchant_router.get(
    "/stock/movements",
    auth=_reader,
    response={200: Page[Movement], **errors(*_DENIED)},
    summary="What moved",
)
def list_movements(
    request: MerchantRequest,
    sku_id: UUID | None = None,
    warehouse_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> HttpResponse:
    """Everything that came, went or was corrected, the latest first."""
    return encoded(
        queries_merchant.movements(
            merchant_id=request.merchant_id,
            sku_id=SkuId(sku_id) if sku_id else None,
            warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
            cursor=cursor,
            limit=limit,
        )
    )


@merchant_router.post(
    "/stock/receipts", auth=_keeper, response={204: None, **errors(*_DENIED)}, summary="Receive goods"
)
def receive(
    request: MerchantRequest, body: Annotated[ReceiptWish, Body(..., examples=[_RECEIPT])]
) -> HttpResponse:
    """Book goods that arrived in a warehouse."""
    services_merchant.receive(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now
    )
    return no_content()


@merchant_router.post(
    "/stock/counts",
    auth=_keeper,
    response={204: None, **errors(*_DENIED, CountedMeanwhile, FewerThanClaimed)},
    summary="Count stock",
)
def count(request: MerchantRequest, body: Annotated[CountWish, Body(..., examples=[_COUNT])]) -> HttpResponse:
    """Make the books agree with what was found on the shelf; `expected` guards against a race."""
    services_merchant.count(
        merchant_id=request.merchant_id, wish=body, staff_id=request.staff, now=request.now
    )
    return no_content()


@merchant_router.get(
    "/warehouses", auth=_reader, response={200: Page[Warehouse], **errors(*_DENIED)}, summary="My warehouses"
)
def list_warehouses(request: MerchantRequest) -> HttpResponse:
    """The merchant's warehouses in use. One page."""
    return encoded(Page(items=queries.warehouses(request.merchant_id, language=request.language)))


@merchant_router.post(
    "/warehouses",
    auth=_keeper,
    response={201: Warehouse, **errors(*_DENIED, WarehouseNameTaken)},
    summary="Open a warehouse",
)
def open_warehouse(
    request: MerchantRequest, body: Annotated[WarehouseWish, Body(..., examples=[_WAREHOUSE])]
) -> HttpResponse:
    """Add a place where the merchant keeps goods."""
    return created(services_merchant.open_warehouse(merchant_id=request.merchant_id, wish=body))
