"""Bulk import of products over HTTP, for merchants."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Body, File, Router
from ninja.files import UploadedFile
from pydantic import Field

from jishi.kernel import rate_limit
from jishi.kernel.errors import Invalid, NotAllowed, NotFound, SignInNeeded, TooLarge
from jishi.kernel.http import MerchantRequest, created, encoded, errors, merchant_staff
from jishi.kernel.pagination import Page
from jishi.offering.imports import queries, services
from jishi.offering.imports.reading import BYTES_MAX, NotATable, TableTooBig
from jishi.offering.imports.reading_zip import ZIP_BYTES_MAX, NoPictureInZip, NotAZip, ZipTooBig
from jishi.offering.imports.types import CheckWish, ImportDetail, ImportId, ImportRun, RefusedRow

merchant_router = Router(tags=["imports"])

_staff = merchant_staff("operator")
_CSV: Any = {
    "responses": {
        200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": "标题,售价,行号,原因\r\n"}}}
    }
}
_CHECK = {
    "columns": [
        {"position": 0, "target": "title_zh"},
        {"position": 1, "target": "category"},
        {"position": 2, "target": "code"},
        {"position": 3, "target": "price"},
    ],
    "for_review": False,
    "warehouse_id": None,
}
Cursor = Annotated[str | None, Field(max_length=512)]
Limit = Annotated[int, Field(ge=1, le=100)]


@merchant_router.post(
    "/imports",
    auth=_staff,
    response={201: ImportDetail, **errors(NotAllowed, NotFound, TooLarge, TableTooBig, NotATable)},
    summary="Upload a table of products",
)
def upload_import(request: MerchantRequest, file: Annotated[UploadedFile, File(...)]) -> HttpResponse:
    """Take in a table as CSV (UTF-8 or GBK) or XLSX, of 20 MB and 100 000 rows at most: multipart field `file`.

    The answer proposes what its columns mean; nothing is written to the catalogue before the import is started.
    """
    if (file.size or 0) > BYTES_MAX:
        raise TooLarge(bytes_max=BYTES_MAX)
    rate_limit.take("import", str(request.staff), per_second=0.05, burst=20, now=request.now)
    return created(
        services.upload(
            merchant_id=request.merchant_id,
            data=file.read(),
            file_name=file.name or "",
            staff_id=request.staff,
            language=request.language,
            now=request.now,
        )
    )


@merchant_router.get(
    "/imports",
    auth=_staff,
    response={200: Page[ImportRun], **errors(NotAllowed, NotFound, Invalid)},
    summary="Our imports",
)
def list_imports(request: MerchantRequest, cursor: Cursor = None, limit: Limit = 20) -> HttpResponse:
    """The tables that were uploaded, the latest first, with how far each is."""
    return encoded(queries.runs(request.merchant_id, cursor=cursor, limit=limit))


@merchant_router.get(
    "/imports/template",
    auth=_staff,
    response={200: None, **errors(SignInNeeded, NotAllowed, NotFound)},
    openapi_extra=_CSV,
    summary="An empty table to fill in",
)
def import_template(request: MerchantRequest) -> HttpResponse:
    """A CSV file with the names of all columns that every category knows."""
    return HttpResponse(
        queries.template(language=request.language),
        content_type="text/csv; charset=utf-8",
        headers=_attached("products.csv"),
    )


@merchant_router.get(
    "/imports/{import_id}",
    auth=_staff,
    response={200: ImportDetail, **errors(NotAllowed, NotFound)},
    summary="One import",
)
def get_import(request: MerchantRequest, import_id: UUID) -> HttpResponse:
    """How far it is, its columns, and what they may mean."""
    return encoded(queries.detail(request.merchant_id, ImportId(import_id), language=request.language))


@merchant_router.get(
    "/imports/{import_id}/progress",
    auth=_staff,
    response={200: ImportRun, **errors(NotAllowed, NotFound)},
    summary="How far an import is",
)
def get_import_progress(request: MerchantRequest, import_id: UUID) -> HttpResponse:
    """For asking again and again while it is under way."""
    return encoded(queries.run(request.merchant_id, ImportId(import_id)))


@merchant_router.post(
    "/imports/{import_id}/pictures",
    auth=_staff,
    response={
        200: ImportRun,
        **errors(NotAllowed, NotFound, TooLarge, ZipTooBig, services.ImportBusy, NotAZip, NoPictureInZip),
    },
    summary="Upload the pictures of an import",
)
def upload_import_pictures(
    request: MerchantRequest, import_id: UUID, file: Annotated[UploadedFile, File(...)]
) -> HttpResponse:
    """Take in a zip of pictures that the table names by their files: multipart field `file`, 100 MB, 2 000 pictures
    of 12 MB at most.

    It takes the place of an earlier one, and the table has to be checked again. A table may also name pictures by
    addresses (http or https, on the public internet); those are fetched when the import is started, and a row whose
    picture cannot be had is refused with the reason.
    """
    if (file.size or 0) > ZIP_BYTES_MAX:
        raise TooLarge(bytes_max=ZIP_BYTES_MAX)
    rate_limit.take("import", str(request.staff), per_second=0.05, burst=20, now=request.now)
    return encoded(
        services.upload_pictures(
            merchant_id=request.merchant_id, run_id=ImportId(import_id), file=file, now=request.now
        )
    )


@merchant_router.post(
    "/imports/{import_id}/check",
    auth=_staff,
    response={200: ImportRun, **errors(NotAllowed, NotFound, services.ImportBusy, Invalid)},
    summary="Check an import",
)
def check_import(
    request: MerchantRequest, import_id: UUID, wish: Annotated[CheckWish, Body(..., examples=[_CHECK])]
) -> HttpResponse:
    """Say what the columns mean, and have every row looked at; nothing is written. It can be done again.

    One column must hold the SKU code; rows with the same `product_key` are SKUs of one product. A code that is
    known is an update: empty cells leave what is there. `for_review` sends what is written to be reviewed.
    """
    return encoded(
        services.check(
            merchant_id=request.merchant_id, run_id=ImportId(import_id), wish=wish, now=request.now
        )
    )


@merchant_router.post(
    "/imports/{import_id}/start",
    auth=_staff,
    response={200: ImportRun, **errors(NotAllowed, NotFound, services.NotChecked, services.ImportBusy)},
    summary="Start an import",
)
def start_import(request: MerchantRequest, import_id: UUID) -> HttpResponse:
    """Write what was checked, in the background. Safe to repeat: asked again, it makes sure that it goes on."""
    return encoded(
        services.start(merchant_id=request.merchant_id, run_id=ImportId(import_id), now=request.now)
    )


@merchant_router.get(
    "/imports/{import_id}/refused",
    auth=_staff,
    response={200: Page[RefusedRow], **errors(NotAllowed, NotFound, Invalid)},
    summary="Rows that are not taken",
)
def list_refused_rows(
    request: MerchantRequest, import_id: UUID, cursor: Cursor = None, limit: Limit = 20
) -> HttpResponse:
    """Rows of the table that are not taken, each with its line and the reason, in the order of the file."""
    return encoded(
        queries.refused(
            request.merchant_id,
            ImportId(import_id),
            cursor=cursor,
            limit=limit,
            language=request.language,
        )
    )


@merchant_router.get(
    "/imports/{import_id}/refused-rows",
    auth=_staff,
    response={200: None, **errors(SignInNeeded, NotAllowed, NotFound)},
    openapi_extra=_CSV,
    summary="Rows that are not taken, as a file",
)
def export_refused_rows(request: MerchantRequest, import_id: UUID) -> StreamingHttpResponse:
    """The same rows as a CSV file: their own columns, the line and the reason; mended, it can be imported."""
    parts: Iterator[bytes] = queries.refused_file(
        request.merchant_id, ImportId(import_id), language=request.language
    )
    return StreamingHttpResponse(
        parts, content_type="text/csv; charset=utf-8", headers=_attached("refused-rows.csv")
    )


def _attached(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
