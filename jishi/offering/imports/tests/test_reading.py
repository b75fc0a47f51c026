"""Files as people save them, and files that mean harm."""

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from jishi.kernel.errors import TooLarge
from jishi.offering.imports import reading
from jishi.offering.imports.reading import NotATable, TableTooBig, sheet_of

CONTENT = "标题,售价\r\n杯子,9.90\r\n"


def workbook(cells: dict[tuple[int, int], object]) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        CONTENT.encode(),
        CONTENT.encode("utf-8-sig"),
        CONTENT.encode("gb18030"),
        CONTENT.replace(",", "\t").encode(),
        CONTENT.replace(",", ";").encode(),
        CONTENT.replace("\r\n", "\n").encode(),
    ],
)
def test_text_in_columns_however_it_was_saved(data: bytes) -> None:
    sheet = sheet_of(data)
    assert (sheet.heads, sheet.rows, sheet.lines) == (["标题", "售价"], [["杯子", "9.90"]], [2])


def test_empty_rows_are_left_out_and_lines_stay_those_of_the_file() -> None:
    sheet = sheet_of(b"a,b,,\n\n1,2\n,,,\n3\n'=4,'x\n")
    assert sheet.heads == ["a", "b"]
    assert list(zip(sheet.lines, sheet.rows, strict=True)) == [
        (3, ["1", "2"]),
        (5, ["3", ""]),
        (6, ["=4", "'x"]),
    ]


def test_a_workbook_reads_as_it_is_typed() -> None:
    data = workbook(
        {(0, 0): "标题", (0, 1): "售价", (0, 2): "编码", (2, 0): "杯子", (2, 1): 12.3, (2, 2): 6901234567890}
    )
    sheet = sheet_of(data)
    assert (sheet.rows, sheet.lines) == ([["杯子", "12.3", "6901234567890"]], [3])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"a,b\n",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 99,
        b"a\n\xff\xfe",
        b"%PDF-1.4\n1 0 obj\nendobj\n",
    ],
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(NotATable):
        sheet_of(data)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge):
        sheet_of(b"x" * (reading.BYTES_MAX + 1))
    with pytest.raises(TableTooBig):
        sheet_of(b",".join([b"a"] * 101) + b"\n1\n")
    monkeypatch.setattr(reading, "ROWS_MAX", 3)
    assert len(sheet_of(b"a\n1\n2\n3\n").rows) == 3
    with pytest.raises(TableTooBig):
        sheet_of(b"a\n1\n2\n3\n4\n")


def test_a_cell_far_out_makes_no_room_for_all_that_lies_before_it() -> None:
    with pytest.raises(TableTooBig):
        sheet_of(workbook({(0, 0): "a", (1_000_000, 16_000): "b"}))


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "UNPACKED_MAX", 1_000_000)
    file = io.BytesIO(workbook({(0, 0): "a", (1, 0): "b"}))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet9.xml", b" " * 50_000_000)
    with pytest.raises(TableTooBig):
        sheet_of(file.getvalue())
