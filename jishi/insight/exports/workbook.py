"""A list as a workbook: figures stay figures, dates stay dates, and no text is a formula or a link."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook

from jishi.insight.exports.rules import CHINA
from jishi.insight.exports.types import Cell, Table
from jishi.kernel.errors import Conflict
from jishi.kernel.money import Money
from jishi.kernel.words import Text

ROWS_MAX = 100_000  # some ten seconds of work; a longer list is for programs
CELL_CHARACTERS_MAX = 32_767  # https://support.microsoft.com/office (Excel specifications and limits)
COLUMN_CHARACTERS = 18
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LOOKS = {Money: "0.00", datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd"}


class TooManyRows(Conflict):
    """The list is too long for a workbook; as CSV it has no end."""

    code = "too_many_rows"
    message = Text(
        zh="超过 {rows_max} 行,请缩小筛选范围或导出 CSV",
        en="More than {rows_max} rows: narrow the list or export it as CSV",
    )


def workbook(table: Table) -> IO[bytes]:
    """Return a table as an XLSX file, ready to be read from its beginning. Raises: TooManyRows."""
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with Workbook(file, OPTIONS) as book:
        looks = {kind: book.add_format({"num_format": look}) for kind, look in LOOKS.items()}
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.heads) - 1, COLUMN_CHARACTERS)
        sheet.write_row(0, 0, table.heads, book.add_format({"bold": True}))
        for line, row in enumerate(chain.from_iterable(table.pages), 1):
            if line > ROWS_MAX:
                raise TooManyRows(rows_max=ROWS_MAX)
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell, looks)
    file.seek(0)
    return file


def _write(sheet: Any, line: int, column: int, cell: Cell, looks: Mapping[type, Any]) -> None:
    match cell:
        case None | "":
            return
        case str():
            sheet.write_string(line, column, cell[:CELL_CHARACTERS_MAX])
        case Money():
            sheet.write_number(line, column, cell.amount_minor / 100, looks[Money])
        case datetime():
            local = cell.astimezone(CHINA).replace(tzinfo=None)
            sheet.write_datetime(line, column, local, looks[datetime])
        case date():
            sheet.write_datetime(line, column, cell, looks[date])
        case int():
            sheet.write_number(line, column, cell)
