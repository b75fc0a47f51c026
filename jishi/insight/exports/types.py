"""What stands in a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jishi.kernel.money import Money

Cell = str | int | Money | date | datetime | None
Row = Sequence[Cell]


class FileFormat(StrEnum):
    """What a file is: text that every program reads, or a workbook."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list from its heads to its last row, a page at a time."""

    heads: Sequence[str]
    pages: Iterator[Sequence[Row]]
