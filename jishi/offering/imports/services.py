"""What a merchant does with a table of products: upload it, say what it means and have it checked, start it."""

from datetime import datetime
from threading import BoundedSemaphore
from typing import IO

from jishi.kernel.db import atomic, execute
from jishi.kernel.errors import Conflict, Invalid, NotFound
from jishi.kernel.ids import MerchantId, UserId
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_bulk as catalog
from jishi.offering.imports import queries, reading, reading_zip, rules, rules_pictures
from jishi.offering.imports.models import ImportFile, ImportRow
from jishi.offering.imports.services_run import advance
from jishi.offering.imports.types import CheckWish, ImportDetail, ImportId, ImportRun, RunStatus
from jishi.offering.inventory import queries_merchant as inventory

# A table that is read takes up to 300 MB; more of them at once would starve the other requests of this process.
_reading = BoundedSemaphore(2)
FILE_NAME_MAX = 200
SAMPLES = 3
SAMPLE_CHARACTERS = 60


class ImportBusy(Conflict):
    """The run is being checked or written, or is done."""

    code = "import_busy"
    message = Text(zh="该导入正在进行或已完成", en="This import is under way, or done")


class NotChecked(Conflict):
    code = "import_not_checked"
    message = Text(zh="请先检查表格,再开始导入", en="Have the table checked before you start the import")


def upload(
    *,
    merchant_id: MerchantId,
    data: bytes,
    file_name: str,
    staff_id: UserId | None,
    language: str,
    now: datetime,
) -> ImportDetail:
    """Keep a table of products, and propose what its columns mean. Nothing is written to the catalogue.

    Raises: TooLarge, TableTooBig (413), NotATable (422).
    """
    with _reading:
        sheet = reading.sheet_of(data)
    found = rules.proposed(sheet.heads, queries.meanings(catalog.rulebook(merchant_id)))
    with atomic():
        made = ImportRow.objects.across_merchants().create(
            merchant_id=merchant_id,
            staff_id=staff_id,
            file_name="".join(one for one in file_name if one.isprintable())[-FILE_NAME_MAX:],
            heads=sheet.heads,
            mapping={str(position): target for position, target in enumerate(found) if target},
            samples=[[cell[:SAMPLE_CHARACTERS] for cell in row] for row in sheet.rows[:SAMPLES]],
            row_count=len(sheet.rows),
            uploaded_at=now,
            changed_at=now,
        )
        ImportFile.objects.create(run=made, data=data)
    return queries.detail(merchant_id, ImportId(made.id), language=language)


def upload_pictures(
    *, merchant_id: MerchantId, run_id: ImportId, file: IO[bytes], now: datetime
) -> ImportRun:
    """Keep the pictures of a zip for the table that names them, in place of those of an earlier one; the table has
    to be checked again.

    Raises: NotFound, ImportBusy (409), NotAZip, NoPictureInZip (422), ZipTooBig (413).
    """
    with _reading, atomic():
        one = _locked(merchant_id, run_id)
        if one.status not in (RunStatus.UPLOADED, RunStatus.CHECKED):
            raise ImportBusy
        execute("DELETE FROM imports_picture WHERE run_id = %s", [run_id])
        one.zip_count = 0
        for name, data in reading_zip.pictures_in(file):
            execute(
                "INSERT INTO imports_picture (run_id, name_key, name, data) VALUES (%s, %s, %s, %s)",
                [run_id, rules_pictures.key_of(name), name, data],
            )
            one.zip_count += 1
        one.status, one.changed_at = RunStatus.UPLOADED.value, now
        one.save()
    return queries.run_of(one)


def check(*, merchant_id: MerchantId, run_id: ImportId, wish: CheckWish, now: datetime) -> ImportRun:
    """Say what the columns mean, and have every row looked at; nothing is written. It can be done again.

    Raises: NotFound, Invalid (422) for columns that cannot be, ImportBusy (409).
    """
    named = queries.meanings(catalog.rulebook(merchant_id))
    if wish.warehouse_id and wish.warehouse_id not in {
        one.id for one in inventory.warehouses(merchant_id, language="zh")
    }:
        raise NotFound
    with atomic():
        one = _locked(merchant_id, run_id)
        if one.status not in (RunStatus.UPLOADED, RunStatus.CHECKED):
            raise ImportBusy
        layout = rules.layout_of(one.heads, wish.columns, named)
        if "stock" in layout.plain and not wish.warehouse_id:
            raise Invalid(field="warehouse_id", reason="stock needs a warehouse")
        one.mapping = {str(column.position): column.target for column in wish.columns}
        one.for_review, one.warehouse_id = wish.for_review, wish.warehouse_id
        _begin(one, RunStatus.CHECKING, now)
    return queries.run_of(one)


def start(*, merchant_id: MerchantId, run_id: ImportId, now: datetime) -> ImportRun:
    """Write what was checked. Asked again while it is under way, it makes sure that it goes on.

    Raises: NotFound, NotChecked, ImportBusy (409).
    """
    with atomic():
        one = _locked(merchant_id, run_id)
        if one.status == RunStatus.UPLOADED:
            raise NotChecked
        if one.status == RunStatus.DONE:
            raise ImportBusy
        if one.status == RunStatus.CHECKED:
            _begin(one, RunStatus.WRITING, now)
        else:
            advance.defer(run_id=run_id, merchant_id=merchant_id)
    return queries.run_of(one)


def purge(*, unchanged_since: datetime) -> int:
    """Forget tables that nobody started; return how many."""
    return execute(
        "WITH old AS (SELECT id FROM imports_run WHERE status NOT IN ('done', 'writing') AND changed_at < %s), "
        "files AS (DELETE FROM imports_file f USING old WHERE f.run_id = old.id), "
        "pictures AS (DELETE FROM imports_picture p USING old WHERE p.run_id = old.id), "
        "rows AS (DELETE FROM imports_refusal r USING old WHERE r.run_id = old.id) "
        "DELETE FROM imports_run r USING old WHERE r.id = old.id",
        [unchanged_since],
    )


def _begin(one: ImportRow, status: RunStatus, now: datetime) -> None:
    """Set a run to its beginning, and have it worked on."""
    execute("DELETE FROM imports_refusal WHERE run_id = %s", [one.id])
    one.status, one.changed_at, one.finished_at = status.value, now, None
    one.group_cursor = one.done_count = 0
    one.picture_count = one.picture_done_count = 0
    one.created_count = one.updated_count = one.unchanged_count = one.refused_count = 0
    one.save()
    advance.defer(run_id=one.id, merchant_id=one.merchant_id)


def _locked(merchant_id: MerchantId, run_id: ImportId) -> ImportRow:
    found: ImportRow | None = (
        ImportRow.objects.of_merchant(merchant_id).select_for_update().filter(id=run_id).first()
    )
    if found is None:
        raise NotFound
    return found
