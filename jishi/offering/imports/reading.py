"""From the bytes of a file to rows of text: CSV in UTF-8 or GB18030, or the first sheet of a workbook.

Files are strangers' work. A workbook is a zip of XML: what it unpacks to is counted while it is unpacked, and only
that is given on; how far its cells reach is looked at before room is made for them.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from jishi.kernel.errors import ShopError, TooLarge
from jishi.kernel.spreadsheet import spoken
from jishi.kernel.words import Text
from jishi.offering.imports.types import COLUMNS_MAX, Sheet

BYTES_MAX = 20_000_000
ROWS_MAX = 100_000
CELLS_MAX = 2_000_000
CELL_CHARACTERS_MAX = 65_536
UNPACKED_MAX = 150_000_000
PARTS_MAX = 1_000
_ZIP = b"PK\x03\x04"
# Its first lines are plain text, and would be read as a table of one column.
_PDF = b"%PDF-"
# What a workbook shows is in these; pictures, macros and the rest are left behind.
_PARTS = re.compile(r"^(\[Content_Types\]\.xml|_rels/\.rels|xl/[\w./-]*\.(xml|rels))$", re.IGNORECASE)
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class NotATable(ShopError):
    """The file is neither text in columns nor a workbook, or holds nothing but a first row."""

    code = "not_a_table"
    status = 422
    message = Text(
        zh="读不出表格:请上传 CSV(UTF-8 或 GBK)或 XLSX 文件,第一行为列名,其下至少有一行商品",
        en="This is no table: upload CSV (UTF-8 or GBK) or XLSX, column names in the first row, products below",
    )

    def __init__(self) -> None:
        super().__init__(field="file")


class TableTooBig(ShopError):
    """More rows, columns or cells than a run takes; the file can be cut into several."""

    code = "table_too_big"
    status = 413
    message = Text(
        zh="表格太大:最多 {rows_max} 行、{columns_max} 列,请拆成几个文件",
        en="The table is too big: {rows_max} rows, {columns_max} columns at most; please cut it into several files",
    )


def sheet_of(data: bytes) -> Sheet:
    """Return the table in a file.

    Raises: TooLarge, TableTooBig (413), NotATable (422).
    """
    if len(data) > BYTES_MAX:
        raise TooLarge(bytes_max=BYTES_MAX)
    if data.startswith(_PDF):
        raise NotATable
    rows = _workbook_rows(data) if data.startswith(_ZIP) else _csv_rows(data)
    heads: list[str] = []
    lines: list[int] = []
    kept: list[list[str]] = []
    for line, row in enumerate(rows, start=1):
        cells = [_clean(cell) for cell in row]
        if not any(cells):
            continue
        if not heads:
            heads = _without_tail(cells)
            continue
        lines.append(line)
        kept.append([*cells, *[""] * (len(heads) - len(cells))][: len(heads)])
        if len(kept) > ROWS_MAX or len(heads) > COLUMNS_MAX or len(kept) * len(heads) > CELLS_MAX:
            raise _too_big()
    if not kept:
        raise NotATable
    return Sheet(heads=heads, lines=lines, rows=kept)


def survives(text: str) -> bool:
    """Say whether a text is read as it was written, once it stands in a cell of one of our files."""
    is_whole = text == text.strip() and len(text) <= CELL_CHARACTERS_MAX
    return is_whole and not _UNSTORABLE.search(text)


def _too_big() -> TableTooBig:
    return TableTooBig(rows_max=ROWS_MAX, columns_max=COLUMNS_MAX)


def _clean(cell: str) -> str:
    text = cell.strip()
    if len(text) > CELL_CHARACTERS_MAX:
        raise _too_big()
    if _UNSTORABLE.search(text):
        raise NotATable
    return spoken(text)


def _without_tail(heads: Sequence[str]) -> list[str]:
    last = max(place for place, head in enumerate(heads) if head)
    return list(heads[: last + 1])


# -- text ------------------------------------------------------------------------------------------


def _csv_rows(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    try:
        # Ended by a line feed or both; a lone carriage return inside quotes stays what it is.
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    except csv.Error:
        raise NotATable from None


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",\t;", key=first.count)


# -- workbooks -------------------------------------------------------------------------------------


def _workbook_rows(data: bytes) -> Iterator[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(_unpacked(data))
        found = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, IndexError):
        raise NotATable from None
    except (NotImplementedError, RuntimeError):  # another way to pack, a password
        raise NotATable from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader's own mistakes come out
            raise
        raise NotATable from None
    yield from ([_text(value) for value in row] for row in found)


def _unpacked(data: bytes) -> io.BytesIO:
    """Return the workbook with the parts that count, no longer packed: nothing can grow any more."""
    unpacked = io.BytesIO()
    left = UNPACKED_MAX
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(unpacked, "w") as plain:
        parts = packed.infolist()
        if len(parts) > PARTS_MAX:
            raise NotATable
        for name in {part.filename for part in parts if _PARTS.match(part.filename)}:
            with packed.open(name) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise _too_big()
            if name.lower().startswith("xl/worksheets/") and name.endswith(".xml"):
                _check_reach(content)
            plain.writestr(name, content)
    unpacked.seek(0)
    return unpacked


def _check_reach(sheet: bytes) -> None:
    """Refuse a sheet with a cell far out: the reader makes room for all that lies before it."""
    rightmost = lowest = 1
    for letters, digits in _REFERENCE.findall(sheet):
        rightmost = max(rightmost, len(letters) and _column(letters))
        lowest = max(lowest, int(digits[:9]))
    if rightmost > COLUMNS_MAX or lowest > ROWS_MAX + 1 or rightmost * lowest > CELLS_MAX:
        raise _too_big()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:6]:
        number = number * 26 + letter - ord("A") + 1
    return number


def _text(value: object) -> str:
    """Return a cell as somebody would type it: 12.3 for what the file keeps as 12.300000000000001."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"
    if isinstance(value, datetime | date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return "" if value is None else str(value)
