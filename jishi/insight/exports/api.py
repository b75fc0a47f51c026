"""Lists as files, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from django.http import FileResponse, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from jishi.community.reviews.types import ReviewSort
from jishi.insight.exports import queries, texts
from jishi.insight.exports.rules import csv_parts
from jishi.insight.exports.types import FileFormat, Table
from jishi.insight.exports.workbook import TooManyRows, workbook
from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, errors, merchant_staff
from jishi.kernel.ids import SkuId, StatementId, WarehouseId
from jishi.kernel.pagination import TimeSort
from jishi.kernel.words import Text
from jishi.money.settlement.types import EntrySort, StatementSort, StatementStatus
from jishi.offering.catalog.types import ListingSort, ListingStatus
from jishi.offering.inventory.types import MovementKind, StockSort
from jishi.trade.orders.types import OrderSort, OrderStatus

merchant_router = Router(tags=["exports"])

Download = StreamingHttpResponse | FileResponse

Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Search = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
SubjectKind = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]*$")]
Statuses = Annotated[list[OrderStatus], Query(max_length=len(OrderStatus))]
Format = Annotated[FileFormat, Query(alias="format")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {FileFormat.CSV: "text/csv; charset=utf-8", FileFormat.XLSX: XLSX}
_ANSWERS: Any = {200: None, **errors(SignInNeeded, NotAllowed, NotFound, TooManyRows, Invalid)}


def _file(columns: Sequence[Text]) -> Any:
    """Describe a file by its first line."""
    first = ",".join(column.of("zh") for column in columns)
    return {
        "responses": {
            200: {
                "content": {
                    "text/csv": {"schema": {"type": "string"}, "example": f"{first}\r\n"},
                    XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "PK\3\4"},
                }
            }
        }
    }


@merchant_router.get(
    "/exports/orders",
    auth=merchant_staff("operator", "warehouse", "finance", "service"),
    response=_ANSWERS,
    openapi_extra=_file(texts.ORDERS),
    summary="Our orders as a file",
)
def export_orders(
    request: MerchantRequest,
    status: Statuses = [],  # noqa: B006 - ninja copies it for each request
    search: Search = "",
    sort: OrderSort = OrderSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All orders that `GET /merchant/orders` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.orders_table(
        request.merchant_id,
        statuses=status,
        search=search.strip(),
        sort=sort,
        language=request.language,
        now=request.now,
    )
    return _download(request, "orders", table, file_format)


@merchant_router.get(
    "/exports/products",
    auth=merchant_staff("operator", "warehouse", "service"),
    response=_ANSWERS,
    openapi_extra=_file(texts.PRODUCTS),
    summary="Our products as a file",
)
def export_products(
    request: MerchantRequest,
    status: ListingStatus | None = None,
    words: Words = "",
    sort: ListingSort = ListingSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All products that `GET /merchant/products` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.products_table(
        request.merchant_id, status=status, words=words, sort=sort, language=request.language
    )
    return _download(request, "products", table, file_format)


@merchant_router.get(
    "/exports/product-table",
    auth=merchant_staff("operator"),
    response=_ANSWERS,
    openapi_extra=_file(texts.PRODUCT_TABLE),
    summary="Our products as a table to edit",
)
def export_product_table(
    request: MerchantRequest,
    status: ListingStatus | None = None,
    words: Words = "",
    sort: ListingSort = ListingSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """The same products as a table that `POST /merchant/imports` takes: one row for each SKU, in its columns.

    Imported as it is, it changes nothing; what is changed in it becomes the next version of just those products.
    """
    table = queries.product_table(
        request.merchant_id,
        status=status,
        words=words,
        sort=sort,
        language=request.language,
        file_format=file_format,
    )
    return _download(request, "product-table", table, file_format)


@merchant_router.get(
    "/exports/stock",
    auth=merchant_staff("operator", "warehouse"),
    response=_ANSWERS,
    openapi_extra=_file(texts.STOCK),
    summary="Our stock as a file",
)
def export_stock(
    request: MerchantRequest,
    warehouse_id: UUID | None = None,
    words: Words = "",
    available_max: Annotated[int | None, Field(ge=0, le=10**9)] = None,
    sort: StockSort = StockSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All stock that `GET /merchant/stock` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.stock_table(
        request.merchant_id,
        warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
        words=words,
        available_max=available_max,
        sort=sort,
        language=request.language,
    )
    return _download(request, "stock", table, file_format)


@merchant_router.get(
    "/exports/movements",
    auth=merchant_staff("operator", "warehouse"),
    response=_ANSWERS,
    openapi_extra=_file(texts.MOVEMENTS),
    summary="What moved as a file",
)
def export_movements(
    request: MerchantRequest,
    sku_id: UUID | None = None,
    warehouse_id: UUID | None = None,
    kind: MovementKind | None = None,
    sort: TimeSort = TimeSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All that `GET /merchant/stock/movements` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.movements_table(
        request.merchant_id,
        sku_id=SkuId(sku_id) if sku_id else None,
        warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
        kind=kind,
        sort=sort,
        language=request.language,
    )
    return _download(request, "movements", table, file_format)


@merchant_router.get(
    "/exports/statements",
    auth=merchant_staff("finance"),
    response=_ANSWERS,
    openapi_extra=_file(texts.STATEMENTS),
    summary="Our statements as a file",
)
def export_statements(
    request: MerchantRequest,
    status: StatementStatus | None = None,
    sort: StatementSort = StatementSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All statements that `GET /merchant/statements` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.statements_table(request.merchant_id, status=status, sort=sort, language=request.language)
    return _download(request, "statements", table, file_format)


@merchant_router.get(
    "/exports/statements/{statement_id}",
    auth=merchant_staff("finance"),
    response=_ANSWERS,
    openapi_extra=_file(texts.ENTRIES),
    summary="A statement's lines as a file",
)
def export_entries(
    request: MerchantRequest,
    statement_id: UUID,
    sort: EntrySort = EntrySort.OLDEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All lines that `GET /merchant/statements/{statement_id}` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.entries_table(
        request.merchant_id,
        statement_id=StatementId(statement_id),
        sort=sort,
        language=request.language,
    )
    return _download(request, "statement", table, file_format)


@merchant_router.get(
    "/exports/reviews",
    auth=merchant_staff("operator", "service"),
    response=_ANSWERS,
    openapi_extra=_file(texts.REVIEWS),
    summary="Reviews of our products as a file",
)
def export_reviews(
    request: MerchantRequest,
    stars: Annotated[int | None, Field(ge=1, le=5)] = None,
    is_replied: bool | None = None,
    sort: ReviewSort = ReviewSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All reviews that `GET /merchant/reviews` would list, as CSV in UTF-8 or as a workbook."""
    table = queries.reviews_table(
        request.merchant_id, stars=stars, is_replied=is_replied, sort=sort, language=request.language
    )
    return _download(request, "reviews", table, file_format)


@merchant_router.get(
    "/exports/audit",
    auth=merchant_staff(),
    response=_ANSWERS,
    openapi_extra=_file(texts.AUDIT),
    summary="Our audit log as a file",
)
def export_audit(
    request: MerchantRequest,
    subject_kind: SubjectKind = "",
    sort: TimeSort = TimeSort.NEWEST,
    file_format: Format = FileFormat.CSV,
) -> Download:
    """All that `GET /merchant/audit` would list, as CSV in UTF-8 or as a workbook; actions by their names there."""
    table = queries.audit_table(
        request.merchant_id, subject_kind=subject_kind, sort=sort, language=request.language
    )
    return _download(request, "audit", table, file_format)


def _download(request: MerchantRequest, name: str, table: Table, file_format: FileFormat) -> Download:
    rate_limit.take("export", str(request.staff), per_second=0.1, burst=20, now=request.now)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{request.now:%Y%m%d}.{file_format}"',
        "Cache-Control": "private, no-store",
    }
    if file_format is FileFormat.CSV:
        return StreamingHttpResponse(csv_parts(table), content_type=TYPES[file_format], headers=headers)
    return FileResponse(workbook(table), content_type=TYPES[file_format], headers=headers)
