"""Lists as files, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from django.http import StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from jishi.insight.exports import queries, texts
from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from jishi.kernel.http import MerchantRequest, errors, merchant_staff
from jishi.kernel.ids import WarehouseId
from jishi.kernel.words import Text
from jishi.money.settlement.types import StatementStatus
from jishi.offering.catalog.types import ListingStatus
from jishi.trade.orders.types import OrderStatus

merchant_router = Router(tags=["exports"])

Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Search = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
Statuses = Annotated[list[OrderStatus], Query(max_length=len(OrderStatus))]
_ANSWERS: Any = {200: None, **errors(SignInNeeded, NotAllowed, NotFound, Invalid)}


def _csv(columns: Sequence[Text]) -> Any:
    """Describe a file by its first line."""
    first = ",".join(column.of("zh") for column in columns)
    return {
        "responses": {
            200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": f"{first}\r\n"}}}
        }
    }


@merchant_router.get(
    "/exports/orders.csv",
    auth=merchant_staff("operator", "warehouse", "finance", "service"),
    response=_ANSWERS,
    openapi_extra=_csv(texts.ORDERS),
    summary="Our orders as a file",
)
def export_orders(
    request: MerchantRequest,
    status: Statuses = [],  # noqa: B006 - ninja copies it for each request
    search: Search = "",
) -> StreamingHttpResponse:
    """All orders that `GET /merchant/orders` would list, as CSV in UTF-8 for spreadsheets."""
    parts = queries.orders_file(
        request.merchant_id,
        statuses=status,
        search=search.strip(),
        language=request.language,
        now=request.now,
    )
    return _download(request, "orders", parts)


@merchant_router.get(
    "/exports/products.csv",
    auth=merchant_staff("operator", "warehouse", "service"),
    response=_ANSWERS,
    openapi_extra=_csv(texts.PRODUCTS),
    summary="Our products as a file",
)
def export_products(
    request: MerchantRequest, status: ListingStatus | None = None, words: Words = ""
) -> StreamingHttpResponse:
    """All products that `GET /merchant/products` would list, as CSV in UTF-8 for spreadsheets."""
    parts = queries.products_file(request.merchant_id, status=status, words=words, language=request.language)
    return _download(request, "products", parts)


@merchant_router.get(
    "/exports/stock.csv",
    auth=merchant_staff("operator", "warehouse"),
    response=_ANSWERS,
    openapi_extra=_csv(texts.STOCK),
    summary="Our stock as a file",
)
def export_stock(
    request: MerchantRequest,
    warehouse_id: UUID | None = None,
    words: Words = "",
    available_max: Annotated[int | None, Field(ge=0, le=10**9)] = None,
) -> StreamingHttpResponse:
    """All stock that `GET /merchant/stock` would list, as CSV in UTF-8 for spreadsheets."""
    parts = queries.stock_file(
        request.merchant_id,
        warehouse_id=WarehouseId(warehouse_id) if warehouse_id else None,
        words=words,
        available_max=available_max,
        language=request.language,
    )
    return _download(request, "stock", parts)


@merchant_router.get(
    "/exports/statements.csv",
    auth=merchant_staff("finance"),
    response=_ANSWERS,
    openapi_extra=_csv(texts.STATEMENTS),
    summary="Our statements as a file",
)
def export_statements(
    request: MerchantRequest, status: StatementStatus | None = None
) -> StreamingHttpResponse:
    """All statements that `GET /merchant/statements` would list, as CSV in UTF-8 for spreadsheets."""
    parts = queries.statements_file(request.merchant_id, status=status, language=request.language)
    return _download(request, "statements", parts)


def _download(request: MerchantRequest, name: str, parts: queries.Parts) -> StreamingHttpResponse:
    rate_limit.take("export", str(request.staff), per_second=0.1, burst=20, now=request.now)
    return StreamingHttpResponse(
        parts,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{request.now:%Y%m%d}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
