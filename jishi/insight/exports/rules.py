"""How a list becomes a CSV file that spreadsheets read as it is meant."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jishi.insight.exports.types import Cell, Table
from jishi.kernel.money import Money
from jishi.kernel.spreadsheet import BYTE_ORDER_MARK, csv_lines, inert

CHINA = ZoneInfo("Asia/Shanghai")


def text_of(value: Cell) -> str:
    """Return a value as it stands in a cell; text that would be a formula is led by an apostrophe.

    Money is in major units with its decimals, an instant is in China's time.
    """
    if value is None:
        return ""
    if isinstance(value, Money):
        return _major(value)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return inert(value)


def csv_parts(table: Table) -> Iterator[bytes]:
    """Return a table as parts of a CSV file: the heads, then page after page."""
    yield BYTE_ORDER_MARK + lines_of([table.heads])
    yield from map(lines_of, table.pages)


def lines_of(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Return rows as lines of CSV (RFC 4180) in UTF-8."""
    return csv_lines([text_of(cell) for cell in row] for row in rows)


def _major(amount: Money) -> str:
    sign = "-" if amount.amount_minor < 0 else ""
    whole, cents = divmod(abs(amount.amount_minor), 100)
    return f"{sign}{whole}.{cents:02}"
