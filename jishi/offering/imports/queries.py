"""What a merchant sees of his tables on their way in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from jishi.kernel.db import rows
from jishi.kernel.errors import NotFound
from jishi.kernel.ids import MerchantId
from jishi.kernel.pagination import BATCH, Page, decode, keyset_sql, page
from jishi.kernel.spreadsheet import BYTE_ORDER_MARK, csv_lines, inert
from jishi.kernel.words import Text
from jishi.offering.catalog import queries_bulk as catalog
from jishi.offering.catalog.types_bulk import Rulebook
from jishi.offering.imports.models import ImportRow
from jishi.offering.imports.rules import ATTRIBUTE, AXIS, OWN_AXIS, PLAIN
from jishi.offering.imports.types import (
    Column,
    ImportDetail,
    ImportId,
    ImportRun,
    RefusedRow,
    RunStatus,
    TargetChoice,
)

_OWN_AXIS = Text("自定义销售属性(按列名)", "A sale attribute of my own (named like the column)")
_LINE, _WHY = Text("行号", "Line"), Text("原因", "Reason")


def run_of(one: ImportRow) -> ImportRun:
    """Return a run as people see it."""
    return ImportRun(
        id=ImportId(one.id),
        file_name=one.file_name,
        status=RunStatus(one.status),
        row_count=one.row_count,
        done_count=one.done_count,
        created_count=one.created_count,
        updated_count=one.updated_count,
        unchanged_count=one.unchanged_count,
        refused_count=one.refused_count,
        for_review=one.for_review,
        zip_count=one.zip_count,
        picture_count=one.picture_count,
        picture_done_count=one.picture_done_count,
        uploaded_at=one.uploaded_at,
        finished_at=one.finished_at,
    )


def stored(merchant_id: MerchantId, run_id: ImportId) -> ImportRow:
    """Return the row of one of a merchant's runs. Raises: NotFound."""
    found: ImportRow | None = ImportRow.objects.of_merchant(merchant_id).filter(id=run_id).first()
    if found is None:
        raise NotFound
    return found


def run(merchant_id: MerchantId, run_id: ImportId) -> ImportRun:
    """Return one of a merchant's runs. Raises: NotFound."""
    return run_of(stored(merchant_id, run_id))


def runs(merchant_id: MerchantId, *, cursor: str | None, limit: int) -> Page[ImportRun]:
    """Return a page of a merchant's runs, the latest first. Raises: Invalid."""
    condition, parameters = keyset_sql(value="id", row_id="id", cursor=decode(cursor, UUID))
    ids = [
        one_id
        for (one_id,) in rows(
            f"SELECT id FROM imports_run WHERE merchant_id = %s AND {condition} ORDER BY id DESC LIMIT %s",
            [merchant_id, *parameters, limit + 1],
        )
    ]
    found = ImportRow.objects.of_merchant(merchant_id).filter(id__in=ids).order_by("-id")
    shown = page(list(found), limit=limit, key=lambda one: (one.id, one.id))
    return Page(items=[run_of(one) for one in shown.items], next_cursor=shown.next_cursor)


def detail(merchant_id: MerchantId, run_id: ImportId, *, language: str) -> ImportDetail:
    """Return a run with its columns and what they may mean. Raises: NotFound."""
    one = stored(merchant_id, run_id)
    named = meanings(catalog.rulebook(merchant_id))
    return ImportDetail(
        run=run_of(one),
        columns=[
            Column(
                position=position,
                head=head,
                target=one.mapping.get(str(position)),
                samples=[sample[position] for sample in one.samples],
            )
            for position, head in enumerate(one.heads)
        ],
        targets=targets(named, language),
        warehouse_id=one.warehouse_id,
    )


def meanings(book: Rulebook) -> dict[str, Text]:
    """Return what columns may mean beside the plain ones: all attributes of all categories, by their names."""
    return {
        f"{AXIS if one.is_sale_axis else ATTRIBUTE}{one.code}": category.names[one.code]
        for category in book.categories.values()
        if category.is_open
        for one in category.attributes
    }


def targets(named: Mapping[str, Text], language: str) -> list[TargetChoice]:
    """Return all that a column may mean, by its name."""
    known = {**PLAIN, OWN_AXIS: _OWN_AXIS, **named}
    return [TargetChoice(code=code, name=name.of(language)) for code, name in known.items()]


def refused(
    merchant_id: MerchantId, run_id: ImportId, *, cursor: str | None, limit: int, language: str
) -> Page[RefusedRow]:
    """Return a page of the rows that are not taken, in the order of the file. Raises: NotFound, Invalid."""
    one = stored(merchant_id, run_id)
    after = decode(cursor, int)
    found = _refusals(run_id, after.value if after else 0, limit + 1)
    shown = page(found, limit=limit, key=lambda entry: (entry[0], run_id))
    heads = _heads_of(one)
    return Page(
        items=[
            RefusedRow(
                line=line,
                column=heads.get(complaints[0]["target"]),
                reason=_reason(complaints, heads, language),
            )
            for line, _, complaints in shown.items
        ],
        next_cursor=shown.next_cursor,
    )


def refused_file(merchant_id: MerchantId, run_id: ImportId, *, language: str) -> Iterator[bytes]:
    """Return the rows that are not taken as a CSV file to mend: their own columns, then line and reason.

    Raises: NotFound, before the first part.
    """
    return _file_parts(stored(merchant_id, run_id), language)


def _file_parts(one: ImportRow, language: str) -> Iterator[bytes]:
    heads = _heads_of(one)
    yield BYTE_ORDER_MARK + _lines([[*one.heads, _LINE.of(language), _WHY.of(language)]])
    line = 0
    while found := _refusals(ImportId(one.id), line, BATCH):
        yield _lines(
            [*cells, str(number), _reason(complaints, heads, language)] for number, cells, complaints in found
        )
        line = found[-1][0]


def template(*, language: str) -> bytes:
    """Return an empty table with the plain columns, as a CSV file to fill in."""
    return BYTE_ORDER_MARK + _lines([[name.of(language) for name in PLAIN.values()]])


def _lines(table: Any) -> bytes:
    return csv_lines([inert(cell) for cell in cells] for cells in table)


def _refusals(run_id: ImportId, after: int, limit: int) -> list[tuple[int, list[str], list[dict[str, Any]]]]:
    return [
        (line, msgspec.json.decode(cells), msgspec.json.decode(complaints))
        for line, cells, complaints in rows(
            "SELECT line, cells::text, complaints::text FROM imports_refusal WHERE run_id = %s AND line > %s "
            "ORDER BY line LIMIT %s",
            [run_id, after, limit],
        )
    ]


def _heads_of(one: ImportRow) -> dict[str | None, str]:
    """Return how the file calls what was meant; an axis of the merchant's own goes by its place."""
    by_target = {target: one.heads[int(position)] for position, target in one.mapping.items()}
    return {**by_target, **{f"axis {position}": one.heads[int(position)] for position in one.mapping}}


def _reason(complaints: Sequence[Mapping[str, Any]], heads: Mapping[str | None, str], language: str) -> str:
    """Return all that is wrong with a row, each with the column it stands in."""
    said = []
    for one in complaints:
        text = Text(one["zh"], one["en"]).of(language)
        target = one["target"]
        known = PLAIN[target].of(language) if target in PLAIN else None
        head = heads.get(target, known)
        said.append(f"{head}: {text}" if head else text)
    return "; ".join(said)
