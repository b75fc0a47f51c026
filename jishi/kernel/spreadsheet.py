"""Files for spreadsheets: read as they are meant, and nothing in them calculates."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the code page of the machine
# What makes a spreadsheet calculate instead of show: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def inert(text: str) -> str:
    """Return a text as it stands in a cell: what would be a formula is led by an apostrophe.

    So is what already looks like that, or nobody could tell the two apart.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def spoken(cell: str) -> str:
    """Return the text that `inert` put into a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows of cells as lines of CSV (RFC 4180) in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
